"""Beginning an application: somebody enters an address, and the link to their draft is mailed there.

Whoever enters an address gets the same answer, whether it has an application already or not.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import insert_once, transaction
from campaign.days import local_day
from campaign.domain.email_address import email_key
from campaign.domain.grant_application import LINK_KIND, ApplicationState
from campaign.domain.grant_call import CallState
from campaign.domain.identity import new_public_id
from campaign.domain.language import in_language_of
from campaign.gateways.clock import Clock
from campaign.models.application import GrantApplication
from campaign.models.campaign import Campaign
from campaign.models.fund import Fund
from campaign.models.outbox import Message
from campaign.services.grants.call import grant_fund, read_call
from campaign.services.grants.links import NONCE, make_link
from campaign.services.queues.outbox import OutgoingMail, enqueue
from campaign.services.shield.mail_limits import mail_limits, slot_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOrder:
    """Who wants to write an application for which grant, in which language."""

    campaign_id: int
    grant: str  # its public id
    email: str
    language: str
    address: str | None  # of the visitor


def mail_link(order: LinkOrder, *, clock: Clock, secret: str) -> None:
    """Mail the link to an application, which begins with it; a few times an hour, and without a word about it.

    When the call takes no applications, the link leaves only for an application that has begun.

    Raises:
        NotFound: The campaign has no such grant.
    """
    at = clock.now()
    limits = mail_limits("application", email=order.email, address=order.address, secret=secret)
    with transaction() as session:
        fund = grant_fund(session, order.campaign_id, order.grant)
        if limits.are_reached(session, at=at):
            return
        key = f"{LINK_KIND}:{fund.id}:{limits.mailbox_key}:{slot_of(at)}"
        if session.execute(select(Message.id).where(Message.dedupe_key == key)).first() is not None:
            return
        is_open = read_call(session, fund).state_on(local_day(at)) is CallState.OPEN
        row = _application(session, order, fund, is_open=is_open, at=at)
        if row is None:
            return
        mail = mail_about(session, row, LINK_KIND, key=key, language=order.language, at=at)
        if enqueue(session, mail, at=at):
            limits.count(session, at=at)


def mail_about(
    session: Session,
    row: GrantApplication,
    kind: str,
    *,
    key: str,
    language: str,
    at: datetime,
    **more: object,
) -> OutgoingMail:
    """Return an email to an applicant, with a link to their application."""
    campaign, fund = session.get_one(Campaign, row.campaign_id), session.get_one(Fund, row.fund_id)
    return OutgoingMail(
        kind=kind,
        language=language,
        recipient=row.email,
        facts={
            NONCE: make_link(session, row, at=at),
            "donor_name": row.name,
            "grant_title": in_language_of(fund.title, language),
            "campaign_title": in_language_of(campaign.title, language),
            "help_email": campaign.contact_email,
            "is_test": False,
            **more,
        },
        key=key,
        campaign_id=row.campaign_id,
    )


def _application(
    session: Session, order: LinkOrder, fund: Fund, *, is_open: bool, at: datetime
) -> GrantApplication | None:
    """Return the one application of this mailbox; a new one only while the call takes them."""
    mailbox = email_key(order.email)
    if is_open:
        row = {
            "public_id": new_public_id(),
            "campaign_id": fund.campaign_id,
            "fund_id": fund.id,
            "email": order.email,
            "email_key": mailbox,
            "language": order.language,
            "state": ApplicationState.DRAFT,
            "revision": 1,
            "name": "",
            "place": "",
            "answers": {},
            "shows_name": False,
            "shows_place": False,
            "consent_version": "",
            "started_at": at,
            "changed_at": at,
            "reason": "",
            "letter": "",
        }
        insert_once(session, GrantApplication, row)
    known = GrantApplication.fund_id == fund.id, GrantApplication.email_key == mailbox
    return session.execute(select(GrantApplication).where(*known)).scalar_one_or_none()
