"""The staff desk; closed unless a view's role says otherwise."""

from flask import Blueprint, Flask

bp = Blueprint("admin", __name__, url_prefix="/staff")


def init_app(app: Flask) -> None:
    """Join the desk's sign-in to the app."""
