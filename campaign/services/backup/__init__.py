"""Backups: the whole state of an installation in one verified archive, and its restore into an empty place."""
