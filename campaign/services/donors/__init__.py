"""Donors of a campaign: the list with its filters, and one donor with all that concerns them."""
