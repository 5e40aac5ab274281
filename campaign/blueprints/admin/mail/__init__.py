"""Emails: the list, and sending one again."""
