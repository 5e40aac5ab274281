"""Staff accounts: roles, passwords, second factors and sessions."""
