"""A donor's own pages `/<language>/my/`: sign-in by email, gifts, receipts, sessions."""

from flask import Blueprint

bp = Blueprint("my", __name__)

from campaign.blueprints.my import data_views, home, session_views, sign_in, statements
