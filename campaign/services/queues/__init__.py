"""Rows that are work: events received, emails to send, and the leases that let one worker at a time have one."""
