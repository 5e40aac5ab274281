"""Emails to a segment of donors: who may get one, the sending in batches, and the moment before one leaves."""
