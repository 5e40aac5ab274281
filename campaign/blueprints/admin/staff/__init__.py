"""Staff: accounts and roles, sign-in, sessions, passwords."""
