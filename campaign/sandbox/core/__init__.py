"""The foundation of the sandbox: its store, clock, settings and errors."""
