"""A gift from the form to its settlement, and what may follow: refunds, disputes, corrections."""
