"""Health checks for monitors."""

from flask import Blueprint

bp = Blueprint("health", __name__)

from campaign.blueprints.health import views
