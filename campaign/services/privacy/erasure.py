"""Erasure: a donor's name, address, message, emails and consents go; numbers, sums and postings stay.

Receipts must be stored for years. Until then nobody is shown them; then the retention job deletes their names and PDFs. The
database allows this change of a sealed receipt alone, and only with the record of the erasure (migration 0055).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import empty_log, reading, transaction
from campaign.days import local_day
from campaign.domain.blocks import nameless_block
from campaign.domain.donation import DonationState
from campaign.domain.donor_consent import DonorErased
from campaign.domain.erasure import PledgeStillRunning
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.domain.pledge import PledgeState
from campaign.domain.retention import RetentionName
from campaign.extensions import Model
from campaign.gateways.clock import Clock
from campaign.models.application import GrantApplication
from campaign.models.donation import Donation
from campaign.models.donor import Donor, DonorConsent, DonorSegment
from campaign.models.erasure import Erasure, ReceiptErasure
from campaign.models.moderation import ModerationBlock
from campaign.models.news import Subscriber
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.privacy.customer_deletion import DeletionView, deletions_of, request_deletions
from campaign.services.privacy.donor_rows import DonorRows, donor_rows, person_rows
from campaign.services.privacy.erasure_terms import ErasureTerms, current_terms
from campaign.services.privacy.receipt_erasure import erase_due_receipts
from campaign.services.privacy.row_erasure import empty_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureOrder:
    """Whose data go, and who decided it; `public_id` and `at` are those of the first time, where it is done again."""

    donor_public_id: str
    actor_id: int | None
    public_id: str = ""
    at: datetime | None = None

    @property
    def is_repeated(self) -> bool:
        return bool(self.public_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePreview:
    """What would go, what would stay and until when, and what has to be done first."""

    gifts: int
    emails: int
    consents: int
    subscriptions: int
    receipts: int
    receipts_until: date | None  # when the last of them goes; None where none waits
    sums: Sequence[Money]
    running_pledges: Sequence[str]
    provider_customers: Sequence[DeletionView]
    merged: int  # other donors of whom staff said that they are the same person
    segments: int
    blocks: int  # of their address: these stay, and name it no more
    applications: int  # for a grant: these are not part of it
    application_days: int
    erased_on: date | None
    """When it was done already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureDone:
    """The record of an erasure, as a file outside the database has it too."""

    public_id: str
    donor_public_id: str
    email_digest: str
    at: datetime


def preview(public_id: str, *, clock: Clock) -> ErasurePreview:
    """Return what an erasure would do; nothing is changed.

    Raises:
        NotFound: there is no such donor.
    """
    with reading() as session:
        rows = person_rows(session, public_id)
        done = session.execute(select(Erasure.at).where(Erasure.donor_id == rows.donor_id)).scalar()
        terms = current_terms()
        due = _due_days(session, rows, terms).values()
        today = local_day(clock.now())
        return ErasurePreview(
            gifts=len(rows.gift_ids),
            emails=_count(session, rows, Message),
            consents=_count(session, rows, DonorConsent),
            subscriptions=_count(session, rows, Subscriber),
            receipts=len(due),
            receipts_until=max((day for day in due if day > today), default=None),
            sums=_sums(session, rows),
            merged=len(rows.merged),
            segments=_count(session, rows, DonorSegment),
            blocks=_count(session, rows, ModerationBlock),
            applications=_count(session, rows, GrantApplication),
            application_days=terms.days_of(RetentionName.APPLICATIONS),
            running_pledges=_running(session, rows),
            provider_customers=deletions_of(session, rows.pledge_ids),
            erased_on=local_day(done) if done else None,
        )


def erase(order: ErasureOrder, *, clock: Clock) -> list[ErasureDone]:
    """Erase a donor's personal data, and those of the donors that were merged with them: they are one person.

    Raises:
        NotFound: there is no such donor.
        DonorErased: it was done already.
        PledgeStillRunning: see there; not where an erasure is repeated after a restored backup.
    """
    with transaction() as session:
        merged = donor_rows(session, order.donor_public_id, is_locking=True).merged
        orders = [order, *(replace(order, donor_public_id=name) for name in merged)]
        done = [erase_in(session, one, terms=current_terms(), at=clock.now()) for one in orders]
    empty_log()
    return done


def erase_in(session: Session, order: ErasureOrder, *, terms: ErasureTerms, at: datetime) -> ErasureDone:
    """Erase within the caller's transaction; raises as `erase` does."""
    rows = donor_rows(session, order.donor_public_id, is_locking=True)
    donor = session.get_one(Donor, rows.donor_id)
    if donor.erased_at is not None:
        raise DonorErased(order.donor_public_id)
    if not order.is_repeated and (running := _running(session, rows)):
        raise PledgeStillRunning(", ".join(running))
    session.execute(select(Donation.id).where(Donation.id.in_(rows.gift_ids)).order_by(Donation.id).with_for_update())
    digest, erased_at = terms.digest(donor.email_key or ""), order.at or at
    block = nameless_block(donor.email, secret=terms.secret) if donor.email else None
    counts = empty_rows(session, rows, block=block, at=at)
    record = Erasure(
        public_id=order.public_id or new_public_id(),
        donor_id=donor.id,
        email_digest=digest,
        at=erased_at,
        actor_id=order.actor_id,
        counts=counts,
    )
    session.add(record)
    donor.email = donor.email_key = None
    donor.erased_at = erased_at
    session.flush()
    for receipt_id, due_on in _due_days(session, rows, terms).items():
        session.add(ReceiptErasure(receipt_id=receipt_id, erasure_id=record.id, due_on=due_on))
    session.flush()
    request_deletions(session, record.id, rows.pledge_ids, at=at)
    erase_due_receipts(session, at=at, erasure_id=record.id)
    for campaign_id in sorted(_campaigns(session, rows)):
        count_public_change(session, campaign_id)
    subject = f"donor:{order.donor_public_id}"
    detail: dict[str, object] = {**counts, **({"again": True} if order.is_repeated else {})}
    audit.record(session, actor_id=order.actor_id, action="donor:erase", subject=subject, at=at, detail=detail)
    return ErasureDone(
        public_id=record.public_id, donor_public_id=order.donor_public_id, email_digest=digest, at=erased_at
    )


def _count(session: Session, rows: DonorRows, table: type[Model]) -> int:
    return session.execute(select(func.count()).select_from(table).where(rows.conditions[table])).scalar_one()


def _due_days(session: Session, rows: DonorRows, terms: ErasureTerms) -> dict[int, date]:
    """Return the last day of each receipt, by its id."""
    issued = select(Receipt.id, Receipt.issued_at).where(rows.conditions[Receipt]).order_by(Receipt.id)
    after = timedelta(days=terms.days_of(RetentionName.RECEIPTS))
    return {receipt_id: local_day(issued_at) + after for receipt_id, issued_at in session.execute(issued)}


def _sums(session: Session, rows: DonorRows) -> list[Money]:
    charge = func.sum(Donation.gift_minor + Donation.cover_minor)
    paid = (Donation.id.in_(rows.gift_ids), Donation.state == DonationState.PAID)
    query = select(Donation.currency, charge).where(*paid).group_by(Donation.currency).order_by(Donation.currency)
    return [Money(int(minor), code) for code, minor in session.execute(query)]


def _running(session: Session, rows: DonorRows) -> list[str]:
    runs = (Pledge.id.in_(rows.pledge_ids), Pledge.state != PledgeState.STOPPED)
    return list(session.execute(select(Pledge.public_id).where(*runs).order_by(Pledge.id)).scalars())


def _campaigns(session: Session, rows: DonorRows) -> set[int]:
    return set(session.execute(select(Donation.campaign_id).where(Donation.id.in_(rows.gift_ids))).scalars())
