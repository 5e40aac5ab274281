"""Alarms for staff: signs, the rules that judge them, their texts, and the emails about them."""
