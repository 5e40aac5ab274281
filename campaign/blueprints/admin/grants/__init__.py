"""Grants at the desk: the questions of a call, applications, reviews, decisions and letters."""
