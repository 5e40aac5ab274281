"""The developer's console: what happened, and buttons that trigger events."""
