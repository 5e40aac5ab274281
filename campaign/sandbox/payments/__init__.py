"""Payments: intents, charges, refunds, disputes, customers."""
