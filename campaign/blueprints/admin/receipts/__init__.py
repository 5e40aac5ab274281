"""Receipts: the list, files, held receipts."""
