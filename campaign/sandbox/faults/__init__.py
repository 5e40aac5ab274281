"""Faults that tests and developers switch on: failing calls, late and repeated events."""
