"""Gifts: the list, one gift with its timeline, corrections and refunds."""
