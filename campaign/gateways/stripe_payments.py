"""Stripe, spoken by its official library; the only file that imports it."""
