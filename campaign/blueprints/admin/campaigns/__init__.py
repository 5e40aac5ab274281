"""Campaigns at the desk: their list, their states, their settings, their funds, events and grants."""
