"""The HTTP interface: which operation answers which request."""
