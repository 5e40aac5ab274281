"""For machines that watch: alive, ready."""

from flask import Blueprint

bp = Blueprint("health", __name__)

from campaign.blueprints.health import views
