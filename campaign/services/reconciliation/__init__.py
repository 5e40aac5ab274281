"""Reconciliation of the ledger with the provider: payouts, movements, what is missing or unmatched, and its repair."""
