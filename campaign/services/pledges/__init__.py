"""Monthly gifts: requested, copied from the provider, announced and shown."""
