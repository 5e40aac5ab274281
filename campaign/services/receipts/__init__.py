"""Receipts: numbered and issued once, printed, listed and checked against what was issued."""
