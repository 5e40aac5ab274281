"""Giving: the form, the way to the payment page and back, and the provider's webhooks."""

from flask import Blueprint

bp = Blueprint("donations", __name__)
webhook_bp = Blueprint("webhooks", __name__)

from campaign.blueprints.donations import give, pledge, pledge_links, receipt_link, thanks, webhooks
