"""Public figures as JSON."""

from flask import Blueprint

bp = Blueprint("api", __name__, url_prefix="/api/v1")

from campaign.blueprints.api import views
