"""Calls for grants: their questions, the applications that answer them, reviews, decisions and letters."""
