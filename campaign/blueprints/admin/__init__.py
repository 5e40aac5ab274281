"""The staff pages; an endpoint is closed unless the table of permissions opens it."""

from flask import Blueprint, Flask

bp = Blueprint("admin", __name__, url_prefix="/staff")

import campaign.blueprints.admin.audit.views
import campaign.blueprints.admin.dashboard.goals
import campaign.blueprints.admin.dashboard.report
import campaign.blueprints.admin.dashboard.views
import campaign.blueprints.admin.donors.credits
import campaign.blueprints.admin.donors.merging
import campaign.blueprints.admin.donors.person
import campaign.blueprints.admin.donors.segments
import campaign.blueprints.admin.donors.views
import campaign.blueprints.admin.donors.writing
import campaign.blueprints.admin.events.acts
import campaign.blueprints.admin.events.views
import campaign.blueprints.admin.field.views
import campaign.blueprints.admin.fiscal_years
import campaign.blueprints.admin.frame
import campaign.blueprints.admin.grants.applications
import campaign.blueprints.admin.grants.call
import campaign.blueprints.admin.grants.decisions
import campaign.blueprints.admin.inbox.views
import campaign.blueprints.admin.ledger.views
import campaign.blueprints.admin.links.views
import campaign.blueprints.admin.mail.views
import campaign.blueprints.admin.moderation.blocks
import campaign.blueprints.admin.moderation.views
import campaign.blueprints.admin.news.autosave
import campaign.blueprints.admin.news.emails
import campaign.blueprints.admin.news.preview
import campaign.blueprints.admin.news.publishing
import campaign.blueprints.admin.news.readers
import campaign.blueprints.admin.news.views
import campaign.blueprints.admin.organisation.logos
import campaign.blueprints.admin.organisation.setup
import campaign.blueprints.admin.organisation.views
import campaign.blueprints.admin.overview
import campaign.blueprints.admin.pictures.consents
import campaign.blueprints.admin.pictures.views
import campaign.blueprints.admin.pledges.views
import campaign.blueprints.admin.privacy.erasing
import campaign.blueprints.admin.privacy.views
import campaign.blueprints.admin.receipts.views
import campaign.blueprints.admin.reconciliation.views
import campaign.blueprints.admin.shield.views
import campaign.blueprints.admin.texts.preview
import campaign.blueprints.admin.texts.publishing
import campaign.blueprints.admin.texts.versions
import campaign.blueprints.admin.texts.views
from campaign.blueprints.admin import guard
from campaign.blueprints.admin.campaigns import (
    languages,
    lifecycle,
    plan,
    plan_costs,
    removal,
    settings,
    successor,
    target_acts,
)
from campaign.blueprints.admin.funds import allocations, disbursements
from campaign.blueprints.admin.gifts import corrections, donations, refunds
from campaign.blueprints.admin.staff import account, invitations, link, people, second_step, sessions, sign_in, weekly


def init_app(app: Flask) -> None:
    """Register the sign-in and the guard of the staff pages."""
    sign_in.init_app(app)
    guard.init_app(app)
