"""What everybody may read: the campaign, where the money goes, updates, receipts' check."""

from flask import Blueprint

bp = Blueprint("public", __name__)

from campaign.blueprints.public import (
    applications,
    campaign_views,
    donor_mails,
    event_sign_up,
    files,
    frame,
    money_views,
    news_by_email,
    pictures,
    standing_views,
    verify,
)
