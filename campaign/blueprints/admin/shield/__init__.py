"""The shield against card testing."""
