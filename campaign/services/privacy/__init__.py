"""Personal data: what is stored and for how long, consents, a donor's own data, and erasure."""
