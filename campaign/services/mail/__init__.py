"""Emails in the outbox: sent, held, searched and sent again."""
