"""A donor's own pages: sign-in without a password, their gifts, and what they may do themselves."""
