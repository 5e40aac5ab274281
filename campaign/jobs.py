"""Background work: rows are the truth, the queue only wakes. Each job calls one service and can be run twice."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Join the queue to the app."""
