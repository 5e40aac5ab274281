"""The pages for payers: checkout and billing."""
