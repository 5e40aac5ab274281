"""Staff pages for the texts of the public site."""
