"""The queue of names and messages on the supporters list."""
