"""Donors: the list, and the page of one."""
