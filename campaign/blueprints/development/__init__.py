"""For developers only, never in production: kept mail, the components' own page."""

from flask import Blueprint

bp = Blueprint("development", __name__, url_prefix="/dev")

from campaign.blueprints.development import components, mail
