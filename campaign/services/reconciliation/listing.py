"""The provider's side for finance: the unexplained amount in each currency, its cases, and every payout."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationState
from campaign.domain.errors import NotFound
from campaign.domain.money import Money
from campaign.domain.payouts import PayoutState
from campaign.models.donation import Donation
from campaign.models.payout import Payout, ProviderTransaction, Reconciliation
from campaign.services.reconciliation import ledger_at_provider
from campaign.services.reconciliation.comparison import last_whole_repair
from campaign.services.reconciliation.ledger_at_provider import UnknownLine
from campaign.services.reconciliation.provider_transactions import PAYOUT_CATEGORIES
from campaign.services.reconciliation.suspense import FEE_CATEGORIES

MAX_CASES = 200
FAILED_LATELY = timedelta(days=14)
"""How long a payout that came back needs attention."""
GIFT_CATEGORIES = frozenset({"charge", "charge_failure", "refund", "refund_failure", "dispute", "dispute_reversal"})
"""Movements behind which there may be a gift of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One currency of our balance at the provider: its total before payouts."""

    provider: Money
    books: Money
    under_way: Money  # debits whose bank takes days
    cases: int

    @property
    def unexplained(self) -> Money:
        """Return what the provider has and our ledger lacks."""
        return self.provider - self.books - self.under_way


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMovement:
    """One of the provider's balance transactions, with its gift where that is known."""

    transaction_id: str
    type: str
    category: str
    description: str | None
    made_at: datetime
    amount: Money
    fee: Money
    net: Money
    matched_by: str | None
    is_foreign: bool
    source_id: str | None
    payout_id: str | None
    gift: str | None
    gift_state: str | None
    gift_campaign_id: int | None
    booked: Money

    @property
    def missing(self) -> Money:
        """Return the part of it that our ledger lacks."""
        return self.net - self.booked

    @property
    def problem(self) -> str:
        """Return the kind of case; its words, and its repair, belong to the staff pages."""
        if self.matched_by is not None:
            return ""
        if self.booked.minor:
            return "differs"
        if self.category in PAYOUT_CATEGORIES:
            return "payout"
        if self.category in FEE_CATEGORIES:
            return "fee"
        if self.category in GIFT_CATEGORIES and not self.is_foreign:
            return "under_way" if self.gift_state == DonationState.PROCESSING else "missed"
        return "foreign" if self.category in GIFT_CATEGORIES else "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutView:
    """A payout as lists and its own page show it. `difference` is known once it is itemized, and should be zero."""

    payout_id: str
    amount: Money
    state: str
    is_automatic: bool
    made_at: datetime
    arrives_on: date
    failure: str | None
    difference: Money | None
    is_itemized: bool
    is_reconciled: bool
    is_booked_by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The last comparison of our rows with the provider's, and its result."""

    started_at: datetime
    finished_at: datetime | None
    error: str | None
    repaired: int
    still_open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationPage:
    """The whole page."""

    figures: Sequence[Figure]
    cases: Sequence[ListedMovement]
    unknown: Sequence[UnknownLine]
    last_run: LastRun | None


def reconciliation_page() -> ReconciliationPage:
    """Return the state of the reconciliation; a fixed number of queries."""
    with reading() as session:
        last, until = _last_run(session), last_whole_repair(session)
        cases = _movements(session, _is_case(), limit=MAX_CASES)
        unknown = ledger_at_provider.unknown_lines(session, until=until, limit=MAX_CASES) if until else []
        return ReconciliationPage(
            figures=_figures(session, cases, until=until), cases=cases, unknown=unknown, last_run=last
        )


def movement(transaction_id: str) -> ListedMovement:
    """Return one movement.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        movements = _movements(session, ProviderTransaction.provider_id == transaction_id, limit=1)
    if not movements:
        raise NotFound(transaction_id)
    return movements[0]


def payouts(*, before: str = "", limit: int = 50) -> list[PayoutView]:
    """Return payouts, newest first; `before` names the last one of the previous page: several may be made in one second."""
    query = select(Payout).order_by(Payout.made_at.desc(), Payout.id.desc()).limit(limit)
    with reading() as session:
        last = session.execute(select(Payout.made_at, Payout.id).where(Payout.provider_id == before)).one_or_none()
        if last is not None:
            of_its_second = (Payout.made_at == last[0]) & (Payout.id < last[1])
            query = query.where((Payout.made_at < last[0]) | of_its_second)
        return [_view(row) for row in session.execute(query).scalars()]


def payout(payout_id: str) -> tuple[PayoutView, list[ListedMovement]]:
    """Return one payout and every movement that left with it, its own one last.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        row = session.execute(select(Payout).where(Payout.provider_id == payout_id)).scalar_one_or_none()
        if row is None:
            raise NotFound(payout_id)
        return _view(row), _movements(session, ProviderTransaction.payout_id == row.id, limit=None)


def concerns(session: Session, *, at: datetime) -> dict[str, int]:
    """Return the cases at the provider that need a person, with their number; one query."""
    wrong = or_(Payout.difference_minor != 0, Payout.is_automatic.is_(False) & Payout.campaign_id.is_(None))
    failed = (Payout.state == PayoutState.FAILED) & (Payout.made_at > at - FAILED_LATELY)
    payouts_where = select(func.count()).select_from(Payout)
    cases = select(func.count()).select_from(ProviderTransaction).where(_is_case(), ~_is_under_way())
    row = session.execute(
        select(
            cases.scalar_subquery(),
            payouts_where.where(failed).scalar_subquery(),
            payouts_where.where(wrong).scalar_subquery(),
        )
    ).one()
    return dict(zip(("unexplained", "payout_failed", "payout_open"), row, strict=True))


def _is_case() -> ColumnElement[bool]:
    return ProviderTransaction.matched_by.is_(None)


def _is_under_way() -> ColumnElement[bool]:
    """Return whether a debit's gift waits for its bank."""
    gift = select(Donation.id).where(
        Donation.payment_id == ProviderTransaction.payment_id, Donation.state == DonationState.PROCESSING
    )
    return gift.correlate(ProviderTransaction).exists()


def _figures(session: Session, cases: Sequence[ListedMovement], *, until: datetime | None) -> list[Figure]:
    is_own = ProviderTransaction.category.not_in(PAYOUT_CATEGORIES)

    def sums(*conditions: ColumnElement[bool]) -> dict[str, int]:
        total = select(ProviderTransaction.currency, func.sum(ProviderTransaction.net_minor)).where(*conditions)
        rows = session.execute(total.group_by(ProviderTransaction.currency))
        return {code: int(minor) for code, minor in rows}

    provider, under_way = sums(is_own), sums(is_own, _is_case(), _is_under_way())
    books = ledger_at_provider.balances(session, until=until)
    counts = Counter(case.net.currency for case in cases if case.problem != "under_way")
    return [
        Figure(
            provider=Money(provider.get(code, 0), code),
            books=Money(books.get(code, 0), code),
            under_way=Money(under_way.get(code, 0), code),
            cases=counts[code],
        )
        for code in sorted(provider.keys() | books.keys())
    ]


def _movements(session: Session, which: ColumnElement[bool], *, limit: int | None) -> list[ListedMovement]:
    """Return movements, newest first, a payout's own movement last."""
    rows = session.execute(
        select(ProviderTransaction, Payout.provider_id, Donation.public_id, Donation.state, Donation.campaign_id)
        .outerjoin(Payout, Payout.id == ProviderTransaction.payout_id)
        .outerjoin(Donation, Donation.payment_id == ProviderTransaction.payment_id)
        .where(which)
        .order_by(
            ProviderTransaction.category == "payout", ProviderTransaction.made_at.desc(), ProviderTransaction.id.desc()
        )
        .limit(limit)
    ).all()
    standing = ledger_at_provider.booked(session, [row[0].provider_id for row in rows])
    sums: dict[str, int] = defaultdict(int, {name: sum(parts.values()) for name, parts in standing.items()})
    return [
        ListedMovement(
            transaction_id=row.provider_id,
            type=row.type,
            category=row.category,
            description=row.description,
            made_at=row.made_at,
            amount=Money(row.amount_minor, row.currency),
            fee=Money(row.fee_minor, row.currency),
            net=Money(row.net_minor, row.currency),
            matched_by=row.matched_by,
            is_foreign=row.is_foreign,
            source_id=row.source_id,
            payout_id=payout_id,
            gift=gift,
            gift_state=state,
            gift_campaign_id=campaign_id,
            booked=Money(sums[row.provider_id], row.currency),
        )
        for row, payout_id, gift, state, campaign_id in rows
    ]


def _view(row: Payout) -> PayoutView:
    return PayoutView(
        payout_id=row.provider_id,
        amount=Money(row.amount_minor, row.currency),
        state=row.state,
        is_automatic=row.is_automatic,
        made_at=row.made_at,
        arrives_on=row.arrives_on,
        failure=row.failure,
        difference=None if row.difference_minor is None else Money(row.difference_minor, row.currency),
        is_itemized=row.itemized_at is not None,
        is_reconciled=row.reconciled_at is not None,
        is_booked_by_hand=row.campaign_id is not None,
    )


def _last_run(session: Session) -> LastRun | None:
    row = session.execute(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(1)).scalar_one_or_none()
    if row is None:
        return None
    counts: dict[str, int] = {name: _sum_of(row.counts.get(name)) for name in ("repaired", "open")}
    return LastRun(
        started_at=row.started_at,
        finished_at=row.finished_at,
        error=row.error,
        repaired=counts["repaired"],
        still_open=counts["open"],
    )


def _sum_of(counts: object) -> int:
    return sum(int(count) for count in counts.values()) if isinstance(counts, dict) else 0
