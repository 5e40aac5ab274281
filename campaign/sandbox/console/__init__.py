"""The developer's console: what happened, and buttons that make things happen."""
