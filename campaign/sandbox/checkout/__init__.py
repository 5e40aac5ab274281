"""Checkout sessions: their parameters, how they are paid, and what a paid session creates."""
