"""For developers only, never in production: stored emails, the page of components."""

from flask import Blueprint

bp = Blueprint("development", __name__, url_prefix="/dev")

from campaign.blueprints.development import components, mail
