"""Money in funds: balances, allocations to purposes, and disbursements to payees."""
