"""The staff desk; closed unless the table of permissions opens it."""

from flask import Blueprint, Flask

bp = Blueprint("admin", __name__, url_prefix="/staff")

from campaign.blueprints.admin import (
    allocations,
    corrections,
    disbursements,
    donations,
    frame,
    guard,
    inbox,
    ledger,
    machinery,
    mails,
    overview,
    people,
    pledges,
    receipts,
    reconciliation,
    refunds,
    sessions,
    shield,
    sign_in,
)


def init_app(app: Flask) -> None:
    """Join the desk's sign-in and its guard to the app."""
    sign_in.init_app(app)
    guard.init_app(app)
