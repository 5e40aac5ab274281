"""Monthly gifts."""
