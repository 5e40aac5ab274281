"""The commands of `flask --app wsgi`."""

from flask import Flask


def add_commands(app: Flask) -> None:
    """Register every command."""
