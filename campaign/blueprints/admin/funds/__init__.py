"""Allocations and disbursements."""
