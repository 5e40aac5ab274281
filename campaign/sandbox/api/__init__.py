"""The HTTP interface: the operation that answers each request."""
