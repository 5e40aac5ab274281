"""Checkout sessions: what they ask for, how they are paid, and what a paid one leaves behind."""
