"""Backups: the whole state of an installation in one verified archive, and its way back into an empty place."""
