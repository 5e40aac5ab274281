"""The ledger: journal, trial balance, fund statement."""
