"""The outside services, each behind a small protocol."""
