"""For machines that watch: alive, ready."""

from flask import Blueprint

bp = Blueprint("health", __name__)
