"""Files for people and programs: the ledger, lists of gifts and receipts, payouts, public figures."""
