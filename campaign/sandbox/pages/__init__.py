"""The pages that a payer sees: checkout and billing."""
