"""Comparison with the provider: open cases, payouts."""
