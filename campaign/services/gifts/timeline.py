"""One gift, whole: what it is, and everything that happened to it in one line of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.disputes import UNDECIDED
from campaign.domain.donation import DonationFrequency, DonationOrigin, SupporterVisibility, name_on_receipt
from campaign.domain.errors import NotFound
from campaign.domain.gift_source import GiftSource
from campaign.domain.money import Money
from campaign.domain.refunding import UNDER_WAY_STATES, RefundPosition
from campaign.domain.timeline import TimelineEntry
from campaign.models.donation import Donation, DonationEvent, Refund
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge
from campaign.models.staff import Staff
from campaign.services.funds.uses import FundUse, uses_of
from campaign.services.gifts.disputes_and_warnings import Claims, claims_of
from campaign.services.gifts.gift_sources import source_of
from campaign.services.ledger.entries import LedgerRow, entries_of
from campaign.services.receipts import listing
from campaign.services.receipts.listing import ReceiptView
from campaign.services.search_index import address_in


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRow:
    """Money sent back, or about to be."""

    public_id: str
    amount: Money
    reason: str
    state: str
    requested_at: datetime
    who: str | None  # nobody of ours: it was made in the provider's dashboard
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftDetails:
    """A gift as its page shows it. Amounts in the donor's currency, but `settled` and `fee`."""

    public_id: str
    state: str
    created_at: datetime
    paid_at: datetime | None
    paid_on: date | None
    is_monthly: bool
    language: str
    gift: Money
    cover: Money
    refunded: Money
    charged_back: Money
    refunding: RefundPosition
    settled: Money | None
    fee: Money | None
    rate: str | None
    pledge_public_id: str | None  # the monthly gift that it is a month of
    donor_public_id: str | None
    fund_code: str
    fund_title: dict[str, str]
    payer_name: str | None
    name_on_receipt: str | None
    email: str | None
    is_anonymous: bool
    public_name: str | None
    message: str | None
    is_on_wall: bool
    method: str | None
    method_brand: str | None
    method_last4: str | None
    payment_id: str | None
    checkout_id: str | None
    livemode: bool
    source: GiftSource
    refunds: Sequence[RefundRow]
    uses: Sequence[FundUse]  # of its purpose
    claims: Claims
    receipts: Sequence[ReceiptView]
    entries: Sequence[LedgerRow]
    timeline: Sequence[TimelineEntry]

    @property
    def charge(self) -> Money:
        return self.gift + self.cover

    @property
    def left(self) -> Money | None:
        """What may still be sent back; None where nothing may."""
        return None if self.refunding.blocker else self.refunding.remaining

    @property
    def is_disputed(self) -> bool:
        """Somebody should look after a dispute of it."""
        return bool(self.claims.states & set(UNDECIDED))

    @property
    def net(self) -> Money | None:
        """What reached our balance with the provider."""
        return self.settled - self.fee if self.settled and self.fee else None


def gift_details(campaign_id: int, public_id: str, *, sees_donors: bool = False) -> GiftDetails:
    """All that is known of a gift; NotFound otherwise. A fixed number of queries.

    Who gave, and what else is not public, only with `sees_donors`.
    """
    receipts = listing.receipts_of(public_id)
    with reading() as session:
        selected = session.execute(
            select(Donation, Donor.email, Fund.code, Fund.title, Pledge.public_id, Donor.public_id)
            .outerjoin(Donor, Donor.id == Donation.donor_id)
            .join(Fund, Fund.id == Donation.fund_id)
            .outerjoin(Pledge, Pledge.id == Donation.pledge_id)
            .where(Donation.campaign_id == campaign_id, Donation.public_id == public_id)
        ).one_or_none()
        if selected is None:
            raise NotFound(f"donation:{public_id}")
        gift = selected[0]
        refunds, claims = _refunds(session, gift.id, sees_donors=sees_donors), claims_of(session, gift)
        posted = entries_of(session, campaign_id, f"donation:{public_id}")
        timeline = [*_history(session, gift), *_reports(session, gift), *_mails(session, gift.id), *_papers(receipts)]
        is_public = not gift.is_anonymous
        return GiftDetails(
            public_id=gift.public_id,
            state=gift.state,
            created_at=gift.created_at,
            paid_at=gift.paid_at,
            paid_on=gift.paid_on,
            is_monthly=gift.frequency == DonationFrequency.MONTHLY,
            language=gift.language,
            gift=Money(gift.gift_minor, gift.currency),
            cover=Money(gift.cover_minor, gift.currency),
            refunded=Money(gift.refunded_minor, gift.currency),
            charged_back=Money(gift.charged_back_minor, gift.currency),
            refunding=_refund_position(gift, refunds, claims),
            settled=_money(gift.settled_minor, gift.settled_currency),
            fee=_money(gift.fee_minor, gift.settled_currency),
            rate=gift.rate,
            pledge_public_id=selected[4],
            donor_public_id=selected[5],
            fund_code=selected[2],
            fund_title=selected[3],
            payer_name=gift.payer_name if sees_donors else None,
            name_on_receipt=name_on_receipt(gift.receipt_name, gift.payer_name) if sees_donors else None,
            email=(selected[1] or address_in(gift.checkout_params)) if sees_donors else None,
            is_anonymous=gift.is_anonymous,
            public_name=gift.public_name if is_public else None,
            message=gift.message if is_public or sees_donors else None,
            is_on_wall=gift.wall == SupporterVisibility.SHOWN,
            method=gift.method,
            method_brand=gift.method_brand,
            method_last4=gift.method_last4,
            payment_id=gift.payment_id,
            checkout_id=gift.checkout_id,
            livemode=gift.livemode,
            source=source_of(gift),
            refunds=refunds,
            uses=uses_of(session, gift.fund_id) if gift.paid_on else [],
            claims=claims,
            receipts=receipts,
            entries=posted,
            timeline=sorted(timeline, key=lambda entry: entry.at),
        )


def _refund_position(gift: Donation, refunds: Sequence[RefundRow], claims: Claims) -> RefundPosition:
    """As `refunds.refundable` reads it, but without its lock: looking must not wait for a settlement."""
    return RefundPosition(
        state=gift.state,
        charge=Money(gift.gift_minor + gift.cover_minor, gift.currency),
        under_way_minor=sum(refund.amount.minor for refund in refunds if refund.state in UNDER_WAY_STATES),
        dispute_states=claims.states,
    )


def _money(minor: int | None, currency: str | None) -> Money | None:
    return Money(minor, currency) if minor is not None and currency else None


def _refunds(session: Session, donation_id: int, *, sees_donors: bool) -> list[RefundRow]:
    """What was sent back; the reason is a free text of staff, in which the donor may be named."""
    rows = session.execute(
        select(Refund, Staff.name)
        .outerjoin(Staff, Staff.id == Refund.requested_by)
        .where(Refund.donation_id == donation_id)
        .order_by(Refund.id)
    )
    return [
        RefundRow(
            public_id=row.public_id,
            amount=Money(row.amount_minor, row.currency),
            reason=row.reason if sees_donors else "",
            state=row.state,
            requested_at=row.requested_at,
            who=name,
            error=row.error,
        )
        for row, name in rows
    ]


def _history(session: Session, gift: Donation) -> Iterator[TimelineEntry]:
    is_later_month = gift.origin == DonationOrigin.INVOICE
    yield TimelineEntry(at=gift.created_at, kind="donation:renewed" if is_later_month else "donation:created")
    rows = session.execute(
        select(DonationEvent, Staff.name)
        .outerjoin(Staff, Staff.id == DonationEvent.actor_id)
        .where(DonationEvent.donation_id == gift.id)
        .order_by(DonationEvent.id)
    )
    for row, name in rows:
        if row.kind in {"created", "renewed"}:
            continue
        minor = row.detail.get("minor")
        amount = Money(minor, gift.currency) if isinstance(minor, int) else None
        yield TimelineEntry(
            at=row.at, kind=f"donation:{row.kind}", note=str(row.detail.get("error", "")), who=name, amount=amount
        )


def _reports(session: Session, gift: Donation) -> Iterator[TimelineEntry]:
    rows = session.execute(
        select(ProviderEvent.received_at, ProviderEvent.type)
        .where(ProviderEvent.donation_id == gift.id)
        .order_by(ProviderEvent.id)
    )
    for received_at, kind in rows:
        yield TimelineEntry(at=received_at, kind="provider:event", note=kind)


def _mails(session: Session, donation_id: int) -> Iterator[TimelineEntry]:
    query = select(Message).where(Message.donation_id == donation_id).order_by(Message.id)
    for mail in session.execute(query).scalars():
        yield TimelineEntry(
            at=mail.sent_at or mail.created_at,
            kind=f"mail:{mail.state}",
            note=mail.kind,
            failure=mail.failure,
            hold_reason=mail.hold_reason,
        )


def _papers(receipts: Sequence[ReceiptView]) -> Iterator[TimelineEntry]:
    for receipt in receipts:
        yield TimelineEntry(at=receipt.issued_at, kind="receipt:issued", note=receipt.number, amount=receipt.amount)
        if receipt.ended_at:
            yield TimelineEntry(at=receipt.ended_at, kind=f"receipt:{receipt.state}", note=receipt.number)
