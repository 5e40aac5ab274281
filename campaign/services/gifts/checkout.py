"""The donor presses «give»: a gift is written down, then a payment page is opened for it. Nothing is done twice."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.abuse import Challenge
from campaign.domain.donation import (
    DonationAlreadyPaid,
    DonationClosed,
    DonationFrequency,
    DonationState,
    Fact,
    SupporterVisibility,
    next_state,
)
from campaign.domain.errors import DomainError
from campaign.domain.gift_source import GiftSource
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.payments import (
    CheckoutPage,
    PaymentGateway,
    PaymentRefused,
    PaymentsNotConfigured,
    PaymentsUnavailable,
)
from campaign.models.donation import Donation, DonationEvent
from campaign.services.campaigns.blocks import is_blocked_in
from campaign.services.gifts.checkout_params import CheckoutOrder, page_params
from campaign.services.gifts.checkout_terms import cover_of, terms_of
from campaign.services.gifts.page_closing import close_superseded, supersede_others
from campaign.services.gifts.superseded_pages import PAGE_LIFE, lock_form, mark_superseded
from campaign.services.search_index import refresh, search_columns

LEAST_LIFE = timedelta(minutes=31)
MAX_ATTEMPTS = 5
"""How many payment pages one gift may ask for before the donor is sent back to a fresh form."""
Admission = Callable[[Session, datetime], Challenge]
"""Counts and judges one attempt to start a payment page, in the transaction that writes its gift down."""


class NotAdmitted(DomainError):
    """Too much like card testing to start a payment page for it; `demand` is what to ask of the visitor."""

    def __init__(self, demand: Challenge) -> None:
        super().__init__(demand.name)
        self.demand = demand


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftRequest:
    """What a donor filled in, validated."""

    campaign_slug: str
    form_id: str
    language: str
    gift: Money
    covers_fee: bool
    fund_code: str | None  # None: where it is needed most
    email: str | None
    public_name: str | None
    message: str | None
    is_anonymous: bool
    frequency: str = DonationFrequency.ONCE
    receipt_name: str | None = None  # None: the payer's, as the payment page is told
    source: GiftSource = field(default_factory=GiftSource)
    shown_form_id: str | None = None
    """The form that the donor saw: all its gifts are one donor's, who went back and changed something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutStarted:
    """Where to send the donor."""

    public_id: str
    url: str
    has_superseded: bool = False
    """An earlier page of the same form is not needed any more: a worker closes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gift:
    """A donation's row as far as opening its payment page needs it."""

    id: int
    public_id: str
    state: DonationState
    attempt: int
    params: dict[str, Any]  # what Stripe is asked, of any shape
    url: str | None
    expires_at: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> "_Gift":  # the columns of _AS_GIFT
        return cls(
            id=row.id,
            public_id=row.public_id,
            state=DonationState(row.state),
            attempt=row.attempt,
            params=dict(row.checkout_params),
            url=row.checkout_url,
            expires_at=row.expires_at,
        )


def start_checkout(request: GiftRequest, *, context: Context, admit: Admission | None = None) -> CheckoutStarted:
    """Write the gift down, open its payment page, and tell where it is. The same form always leads to the same gift.

    The row is committed before the provider is asked, and no transaction is open meanwhile: a crash in between leaves a
    row whose next try, with the same key and the same bytes, finds the page that was made. `admit` judges whether a gift
    may be begun; one that is there already was judged when it was. The pages that the same shown form led to before are
    closed first.

    Raises NotAdmitted, DonationAlreadyPaid and DonationClosed for a used form, PaymentsUnavailable and
    PaymentsNotConfigured when nobody takes cards now.
    """
    if context.payments.mode == "none":
        raise PaymentsNotConfigured
    gift = _written_down(request, admit, context=context)
    _refuse_closed(gift, at=context.clock.now())
    if gift.url is not None:
        return CheckoutStarted(public_id=gift.public_id, url=gift.url)
    has_closed = close_superseded(request.shown_form_id, context=context)
    page = _opened(gift, payments=context.payments)
    with transaction() as session:
        if request.shown_form_id is not None:
            lock_form(session, request.shown_form_id, clock=context.clock)
        _keep_page(session, gift, page, clock=context.clock)
        has_superseded = request.shown_form_id is not None and mark_superseded(
            session, shown_form_id=request.shown_form_id, but=gift.id, clock=context.clock
        )
    return CheckoutStarted(public_id=gift.public_id, url=page.url, has_superseded=has_superseded or has_closed)


def _written_down(request: GiftRequest, admit: Admission | None, *, context: Context) -> _Gift:
    """The gift of this form: the one that stands, or a new row."""
    known = _gift_of_form(request.form_id)
    if known is not None:
        return known
    demand = Challenge.NOTHING
    try:
        with transaction() as session:
            demand = admit(session, context.clock.now()) if admit else demand
            if demand is Challenge.NOTHING:
                gift = _insert_gift(session, request, context=context)
                supersede_others(session, request.shown_form_id, but=gift.id, clock=context.clock)
                return gift
    except IntegrityError:
        pass  # a second press was quicker: its row is the gift, and it was counted
    known = _gift_of_form(request.form_id)
    if known is None:
        raise NotAdmitted(demand)
    return known


def _gift_of_form(form_id: str) -> _Gift | None:
    with reading() as session:
        row = session.execute(_OF_FORM, {"form": form_id}).one_or_none()
    return _Gift.of(row) if row else None


def _insert_gift(session: Session, request: GiftRequest, *, context: Context) -> _Gift:
    at = context.clock.now()
    terms = terms_of(
        session,
        campaign_slug=request.campaign_slug,
        fund_code=request.fund_code,
        currency=request.gift.currency,
        day=local_day(at),
    )
    cover = cover_of(terms, request.gift, covers_fee=request.covers_fee)
    expires_at = (at + PAGE_LIFE).replace(microsecond=0)
    order = _order_of(request, terms, cover=cover, public_url=context.public_url, expires_at=expires_at)
    row = {
        "public_id": order.public_id,
        "campaign_id": terms.campaign_id,
        "fund_id": terms.fund_id,
        **{name: getattr(request, name) for name in _AS_REQUESTED},
        "currency": request.gift.currency,
        "gift_minor": request.gift.minor,
        "cover_minor": cover.minor,
        **asdict(request.source),
        "fee_bearer": terms.fee_bearer,
        **search_columns(
            request.receipt_name,
            public_name=request.public_name,
            is_anonymous=request.is_anonymous,
            email=request.email,
        ),
        "livemode": context.payments.mode == "live",
        "checkout_params": page_params(order),
        "expires_at": expires_at,
        "created_at": at,
    }
    is_hidden = _is_name_blocked(session, request, terms.campaign_id)
    if is_hidden:
        row |= {"wall": SupporterVisibility.HIDDEN.value, "wall_reviewed_at": at}
    gift = _Gift.of(session.execute(_BEGIN, row).one())
    _tell(session, gift.id, "created", at=at, detail={"language": request.language})
    if is_hidden:
        _tell(session, gift.id, "wall_blocked", at=at, detail={})
    return gift


def _is_name_blocked(session: Session, request: GiftRequest, campaign_id: int) -> bool:
    """Return whether the campaign blocks a word of the public name or message, or the address."""
    if request.is_anonymous or not request.public_name:
        return False
    texts = (request.public_name, request.message)
    return is_blocked_in(session, campaign_id, texts, request.email)


def _order_of(
    request: GiftRequest, terms: Row[Any], *, cover: Money, public_url: str, expires_at: datetime
) -> CheckoutOrder:
    return CheckoutOrder(
        public_id=new_public_id(),
        gift=request.gift,
        cover=cover,
        is_monthly=request.frequency == DonationFrequency.MONTHLY,
        title=terms.title,
        purpose=terms.purpose,
        language=request.language,
        email=request.email,
        public_url=public_url,
        campaign_slug=request.campaign_slug,
        fund_code=request.fund_code or "",
        expires_at=expires_at,
    )


def _opened(gift: _Gift, *, payments: PaymentGateway) -> CheckoutPage:
    """The payment page; asked again without the address when Stripe finds it invalid, which also needs another key."""
    if gift.attempt > MAX_ATTEMPTS:
        raise DonationClosed(gift.public_id)
    try:
        return payments.open_checkout(gift.params, key=f"don-{gift.public_id}-{gift.attempt}")
    except PaymentRefused as refusal:
        if refusal.parameter != "customer_email" or "customer_email" not in gift.params:
            raise
        params = {name: value for name, value in gift.params.items() if name != "customer_email"}
        return _opened(_with_new_attempt(gift, params), payments=payments)
    except PaymentsUnavailable as failure:
        if failure.is_answer:
            _with_new_attempt(
                gift, gift.params
            )  # Stripe replays a stored failure for a day: the next try needs another key
        raise


def _with_new_attempt(gift: _Gift, params: dict[str, Any]) -> _Gift:
    """The same gift with the next attempt's key. A second unpaid page is harmless; only one is accepted as paid."""
    with transaction() as session:
        session.execute(
            update(Donation)
            .where(Donation.id == gift.id, Donation.attempt == gift.attempt)
            .values(attempt=gift.attempt + 1, checkout_params=params)
        )
        if params != gift.params:
            refresh(session, Donation.id == gift.id)
    return replace(gift, attempt=gift.attempt + 1, params=params)


def _keep_page(session: Session, gift: _Gift, page: CheckoutPage, *, clock: Clock) -> None:
    """Remember the page, unless somebody else did, or the money has come already."""
    state = session.execute(_STATE, {"gift": gift.id}).scalar_one()
    opened = {
        "gift": gift.id,
        "page": page.checkout_id,
        "url": page.url,
        "opened": next_state(DonationState(state), Fact.OPENED).value,
    }
    if session.execute(_KEEP_PAGE, opened).scalar():
        _tell(session, gift.id, "opened", at=clock.now(), detail={"checkout": page.checkout_id})


def _tell(session: Session, donation_id: int, kind: str, *, at: datetime, detail: dict[str, object]) -> None:
    session.execute(_TELL, {"donation_id": donation_id, "at": at, "kind": kind, "detail": detail})


def _refuse_closed(gift: _Gift, *, at: datetime) -> None:
    """A gift that is paid or over cannot be paid again; nor one whose page has run out, or would at once."""
    if gift.state in {DonationState.PAID, DonationState.PROCESSING}:
        raise DonationAlreadyPaid
    needed = timedelta(0) if gift.url else LEAST_LIFE
    if gift.state in {DonationState.EXPIRED, DonationState.FAILED} or gift.expires_at < at + needed:
        raise DonationClosed


# Built once, of the tables alone: every press of the button passes here.
_GIFT = Donation.__table__
_AS_GIFT = tuple(
    _GIFT.c[name] for name in ("id", "public_id", "state", "attempt", "checkout_params", "checkout_url", "expires_at")
)
_AS_REQUESTED = (
    "form_id",
    "shown_form_id",
    "language",
    "frequency",
    "is_anonymous",
    "public_name",
    "receipt_name",
    "message",
)
_OF_FORM = select(*_AS_GIFT).where(_GIFT.c.form_id == bindparam("form"))
_BEGIN = insert(_GIFT).returning(*_AS_GIFT)
_TELL = insert(DonationEvent.__table__).inline()
_STATE = select(_GIFT.c.state).where(_GIFT.c.id == bindparam("gift")).with_for_update()
_KEEP_PAGE = (
    update(_GIFT)
    .where(_GIFT.c.id == bindparam("gift"), _GIFT.c.checkout_url.is_(None))
    .values(checkout_id=bindparam("page"), checkout_url=bindparam("url"), state=bindparam("opened"))
    .returning(_GIFT.c.id)
)
