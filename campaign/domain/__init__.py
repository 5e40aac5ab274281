"""The rules of fund-raising in plain Python: no framework, no database, no clock, no network."""
