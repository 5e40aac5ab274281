"""The list of mails at the staff desk: of one campaign, with what belongs to no campaign, narrowed by state and words."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.domain.folding import search_words
from campaign.domain.grant_application import LETTER_KIND, RECEIVED_KIND
from campaign.domain.mail import ADDRESS_FAILURES, MailState
from campaign.domain.news import NEWS_KIND
from campaign.domain.receipt import ReceiptState
from campaign.domain.segment_mailing import SEGMENT_MAIL_KIND
from campaign.models.donation import Donation
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.services import search_index
from campaign.services.mail.listed_mail import ListedMail
from campaign.services.queues.outbox import is_address_refused
from campaign.services.shield.codes import PROOFS

PAGE_ROWS = 50
UNSENDABLE = PROOFS | {NEWS_KIND, SEGMENT_MAIL_KIND, RECEIVED_KIND, LETTER_KIND, "staff_invitation", "staff_notice"}
"""Kinds that are never sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFilter:
    """Which mails; empty fields ask for all. `before` is the public id of the last row of the page before.

    `with_shared` adds what belongs to no campaign, such as alarms.
    """

    campaign_id: int
    with_shared: bool = True
    state: str = ""
    text: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow(ListedMail):
    """An email as the desk lists it."""

    failure: str | None  # a MailFailure
    hold_reason: str | None  # a MailHoldReason
    donation_public_id: str | None
    receipt_number: str | None
    receipt_state: str | None

    @property
    def has_technical_details(self) -> bool:
        """Whether what the server or the program said helps an administrator."""
        return self.error is not None and self.failure not in ADDRESS_FAILURES

    @property
    def is_resendable(self) -> bool:
        """Whether it can be sent again: not while it waits, and not with a receipt that is no longer valid."""
        return (
            self.state != MailState.QUEUED
            and bool(self.recipient)
            and self.kind not in UNSENDABLE
            and self.receipt_state in {None, ReceiptState.ISSUED}
        )


def mails(filters: MailFilter) -> tuple[list[MailRow], bool]:
    """A page of mails, newest first, and whether there are older ones."""
    query = _rows(filters.campaign_id, with_shared=filters.with_shared).order_by(Message.id.desc()).limit(PAGE_ROWS + 1)
    if filters.state:
        query = query.where(Message.state == filters.state)
    if filters.text:
        query = query.where(about(filters.text))
    if filters.before:
        last = select(Message.id).where(Message.public_id == filters.before).scalar_subquery()
        query = query.where(Message.id < last)
    with reading() as session:
        rows = [MailRow(**row._mapping) for row in session.execute(query)]  # noqa: SLF001
    return rows[:PAGE_ROWS], len(rows) > PAGE_ROWS


def mail(campaign_id: int, public_id: str, *, with_shared: bool = True) -> MailRow:
    """One mail.

    Raises:
        NotFound: there is none, or it is another campaign's.
    """
    with reading() as session:
        row = session.execute(
            _rows(campaign_id, with_shared=with_shared).where(Message.public_id == public_id)
        ).one_or_none()
    if row is None:
        raise NotFound(f"mail:{public_id}")
    return MailRow(**row._mapping)  # noqa: SLF001


def unreachable_addresses(session: Session, campaign_id: int) -> int:
    """How many addresses of the campaign's donors cannot take mail, as far as a mail to them was given up for it."""
    query = select(func.count(func.distinct(Message.search_text))).where(
        Message.campaign_id == campaign_id,
        is_address_refused(),
        Message.kind != NEWS_KIND,
    )
    return session.execute(query).scalar_one()


def in_campaign(campaign_id: int, *, with_shared: bool = True) -> ColumnElement[bool]:
    """Mails of this campaign, and, `with_shared`, those that belong to none."""
    is_own = Message.campaign_id == campaign_id
    return or_(is_own, Message.campaign_id.is_(None)) if with_shared else is_own


def about(text: str) -> ColumnElement[bool]:
    """Mails to an address with all these words in it, and those about a gift that the words find."""
    words = search_words(text)
    is_addressed = and_(*(Message.search_text.contains(word, autoescape=True) for word in words)) if words else false()
    return or_(
        is_addressed, Message.donation_id.in_(select(Donation.id).where(search_index.about(text, sees_donors=True)))
    )


def _rows(campaign_id: int, *, with_shared: bool) -> Select[*tuple[Any, ...]]:
    own = (
        "public_id",
        "kind",
        "language",
        "recipient",
        "state",
        "attempts",
        "created_at",
        "sent_at",
        "failure",
        "hold_reason",
        "error",
    )
    return (
        select(
            *(getattr(Message, name) for name in own),
            Donation.public_id.label("donation_public_id"),
            Receipt.number.label("receipt_number"),
            Receipt.state.label("receipt_state"),
        )
        .outerjoin(Donation, Donation.id == Message.donation_id)
        .outerjoin(Receipt, Receipt.id == Message.receipt_id)
        .where(in_campaign(campaign_id, with_shared=with_shared))
    )
