"""The set-up of an installation: five steps, each with what is done and what is missing.

Nothing is stored about the set-up itself. Every step is derived from what is there, so it can be left and continued at any
time; the staff page and `doctor` show the same list.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.config import Config
from campaign.database import reading
from campaign.domain.campaign_state import CampaignStage
from campaign.gateways.provider_account import ProviderAccount
from campaign.models.campaign import Campaign
from campaign.models.staff import Role, Staff, StaffGrant
from campaign.services.campaigns.settlement import SettlementCurrencies, settlement_currencies
from campaign.services.organisation.profile import OrganisationProfile, organisation_in

EXAMPLE_DOMAIN = re.compile(r"\.(example|test|invalid|localhost)\b")
"""Domains that no mail server delivers for."""


class StepName(StrEnum):
    """The steps, in the order in which they are best done."""

    ORGANISATION = "organisation"
    CAMPAIGN = "campaign"
    PAYMENTS = "payments"
    MAIL = "mail"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class SetupItem:
    """One thing of a step, in the reader's language; `advice` says what to do while it is missing."""

    label: str
    is_done: bool
    advice: str = ""


@dataclass(frozen=True, slots=True)
class SetupStep:
    """A step and its items."""

    name: StepName
    heading: str
    items: tuple[SetupItem, ...]

    @property
    def missing(self) -> tuple[SetupItem, ...]:
        return tuple(item for item in self.items if not item.is_done)

    @property
    def is_done(self) -> bool:
        return not self.missing


def setup_steps(config: Config, account: ProviderAccount | None) -> tuple[SetupStep, ...]:
    """Return all steps as they stand now, with texts in the reader's language; None: without asking the payment account."""
    settlement = settlement_currencies(account) if account else None
    with reading() as session:
        profile = organisation_in(session)
        return (
            SetupStep(StepName.ORGANISATION, _("Organisation"), _organisation(profile)),
            SetupStep(StepName.CAMPAIGN, _("First campaign"), _campaign(session)),
            SetupStep(StepName.PAYMENTS, _("Payments"), (*_payments(config), *_goals(session, settlement))),
            SetupStep(StepName.MAIL, _("Email"), _mail(config)),
            SetupStep(StepName.PEOPLE, _("People"), _people(session)),
        )


def _organisation(profile: OrganisationProfile) -> tuple[SetupItem, ...]:
    printed = _("Receipts print it; without it they are held back.")
    return (
        SetupItem(_("Legal name"), any(profile.legal_name.values()), printed),
        SetupItem(_("Address"), any(profile.address.values()), printed),
        SetupItem(_("Town"), any(profile.place.values()), printed),
        SetupItem(_("Registration"), any(profile.registration.values()), printed),
        SetupItem(_("Country"), profile.country is not None),
        SetupItem(_("Contact email"), bool(profile.contact_email)),
    )


def _campaign(session: Session) -> tuple[SetupItem, ...]:
    real = select(func.count()).select_from(Campaign).where(Campaign.is_demo.is_(False))
    created = session.execute(real).scalar_one() > 0
    public = session.execute(real.where(Campaign.stage != CampaignStage.DRAFT)).scalar_one() > 0
    return (
        SetupItem(_("A campaign is created"), created, _("Give it a name, a goal, days and currencies.")),
        SetupItem(
            _("A campaign is published"), public, _("Until then, the public site says that it is being prepared.")
        ),
    )


def _payments(config: Config) -> tuple[SetupItem, ...]:
    tests = _("The key in use is for tests.") if config.payment_mode != "none" else ""
    on_server = _("Whoever runs the server sets %(setting)s; the handbook says how.", setting="STRIPE_SECRET_KEY")
    secret = _("Whoever runs the server sets %(setting)s; the handbook says how.", setting="STRIPE_WEBHOOK_SECRET")
    return (
        SetupItem(_("An account at Stripe is connected"), config.payment_mode != "none", on_server),
        SetupItem(_("Stripe’s messages are accepted"), bool(config.stripe_webhook_secrets), secret),
        SetupItem(_("Real money is taken"), config.payment_mode == "live", tests),
    )


def unsettled_goals(session: Session, settlement: SettlementCurrencies) -> dict[str, str]:
    """Return slug → currency of the campaigns with a goal in a currency in which the payment account is not credited."""
    query = select(Campaign.slug, Campaign.currency).where(
        Campaign.is_demo.is_(False), Campaign.stage != CampaignStage.ARCHIVED
    )
    rows = session.execute(query.order_by(Campaign.id)).all()
    return {slug: currency for slug, currency in rows if not settlement.settles(currency)}


def _goals(session: Session, settlement: SettlementCurrencies | None) -> tuple[SetupItem, ...]:
    """Say whether gifts can count toward every goal; where it was not asked, nothing is said."""
    if settlement is None:
        return ()
    label = _("Goals are counted in a currency in which the account is credited")
    if not settlement.codes:
        later = _("This cannot be checked before the account answers; no campaign can be opened until then.")
        return (SetupItem(label, is_done=False, advice=later),)
    goals = unsettled_goals(session, settlement)
    advice = _(
        "Gifts would not count toward the goal of %(campaigns)s: the account is credited in %(possible)s alone.",
        campaigns=", ".join(f"{slug} ({currency})" for slug, currency in goals.items()),
        possible=", ".join(settlement.codes),
    )
    return (SetupItem(label, not goals, advice),)


def _mail(config: Config) -> tuple[SetupItem, ...]:
    server = _("Whoever runs the server sets %(setting)s; the handbook says how.", setting="MAIL_URL")
    sender = _("Whoever runs the server sets %(setting)s; the handbook says how.", setting="MAIL_FROM")
    return (
        SetupItem(_("A mail server is connected"), config.mail_url is not None, server),
        SetupItem(_("Emails leave from an address of your own"), not EXAMPLE_DOMAIN.search(config.mail_from), sender),
    )


def _people(session: Session) -> tuple[SetupItem, ...]:
    finance, approvers = _with_role(session, "finance"), _with_role(session, "approver")
    admins = _with_role(session, "admin")
    proposers = finance | _with_role(session, "campaign")
    return (
        SetupItem(_("An administrator"), bool(admins)),
        SetupItem(
            _("A second administrator"),
            len(admins) > 1,
            _("They confirm accounts that the first one made. Until then neither approves what the other proposed."),
        ),
        SetupItem(
            _("Somebody for the campaign"),
            bool(_with_role(session, "campaign")),
            _("Only the role “Campaign” writes texts and updates and shows pictures."),
        ),
        SetupItem(_("Somebody for finance"), bool(finance), _("Finance proposes allocations and makes refunds.")),
        SetupItem(
            _("Somebody else who approves"),
            bool(approvers) and len(proposers | approvers) > 1,
            _("Money is moved by two people: one proposes, another approves."),
        ),
    )


def _with_role(session: Session, role: str) -> set[int]:
    """Return the people who may sign in and have this role, for a campaign or for all."""
    grants = select(StaffGrant.staff_id).join(Role, Role.id == StaffGrant.role_id)
    query = grants.join(Staff, Staff.id == StaffGrant.staff_id).where(Role.name == role, Staff.active)
    return set(session.execute(query).scalars())
