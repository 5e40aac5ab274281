"""Faults that tests and developers order: failing calls, late and repeated events."""
