"""Events and their delivery to endpoints, signed and retried."""
