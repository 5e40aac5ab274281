"""What everything in the sandbox stands on: its store, clock, settings and errors."""
