"""The donor presses «give»: a gift is written down, then a payment page is opened for it. Nothing is done twice."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.abuse import Demand
from campaign.domain.donation import DonationAlreadyPaid, DonationClosed, DonationState, Fact, next_state
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.fees import FeeModel, cover_for
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.gateways.clock import Clock
from campaign.gateways.payments import (
    CheckoutPage,
    PaymentGateway,
    PaymentRefused,
    PaymentsNotConfigured,
    PaymentsUnavailable,
)
from campaign.models.campaign import Campaign, CampaignCurrency
from campaign.models.donation import Donation, DonationEvent
from campaign.models.fund import Fund
from campaign.services.laid_aside import PAGE_LIFE, lay_aside
from campaign.services.payment_page import WantedPage, page_params

LEAST_LIFE = timedelta(minutes=31)
ATTEMPTS_MAX = 5
"""How many payment pages one gift may ask for before the donor is sent back to a fresh form."""
Admission = Callable[[Session, datetime], Demand]
"""Counts and judges one attempt to start a payment page, in the transaction that writes its gift down."""


class CampaignEnded(DomainError):
    """The campaign takes no gifts any more, or not yet."""


class FundUnknown(DomainError):
    """The campaign has no such purpose to give for."""


class CurrencyNotTaken(DomainError):
    """The campaign takes no gifts in this currency."""


class AmountOutOfBounds(DomainError):
    """The gift is smaller or larger than the campaign takes in its currency."""


class NotAdmitted(DomainError):
    """Too much like card testing to start a payment page for it; `demand` is what to ask of the visitor."""

    def __init__(self, demand: Demand) -> None:
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
    frequency: str = "once"
    shown_form: str | None = None
    """How the names of all gifts of the same shown form begin: there the donor went back and changed something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutStarted:
    """Where to send the donor."""

    public_id: str
    url: str
    has_laid_aside: bool = False
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


def start_checkout(
    request: GiftRequest, *, payments: PaymentGateway, clock: Clock, public_url: str, admit: Admission | None = None
) -> CheckoutStarted:
    """Write the gift down, open its payment page, and tell where it is. The same form always leads to the same gift.

    The row is committed before the provider is asked, and no transaction is open meanwhile: a crash in between leaves a
    row whose next try, with the same key and the same bytes, finds the page that was made. `admit` judges whether a gift
    may be begun; one that is there already was judged when it was. Raises NotAdmitted, DonationAlreadyPaid and
    DonationClosed for a used form, PaymentsUnavailable and PaymentsNotConfigured when nobody takes cards now.
    """
    if payments.mode == "none":
        raise PaymentsNotConfigured
    gift = _written_down(request, admit, payments=payments, clock=clock, public_url=public_url)
    _refuse_closed(gift, now=clock.now())
    if gift.url is not None:
        return CheckoutStarted(public_id=gift.public_id, url=gift.url)
    page = _opened(gift, payments=payments)
    with transaction() as session:
        _keep_page(session, gift, page, clock=clock)
        has_laid_aside = request.shown_form is not None and lay_aside(
            session, shown_form=request.shown_form, but=gift.id, clock=clock
        )
    return CheckoutStarted(public_id=gift.public_id, url=page.url, has_laid_aside=has_laid_aside)


def _written_down(
    request: GiftRequest, admit: Admission | None, *, payments: PaymentGateway, clock: Clock, public_url: str
) -> _Gift:
    """The gift of this form: the one that stands, or a new row."""
    with reading() as session:
        known = _gift_of_form(session, request.form_id)
    if known is not None:
        return known
    demand = Demand.NOTHING
    try:
        with transaction() as session:
            demand = admit(session, clock.now()) if admit else demand
            if demand is Demand.NOTHING:
                _insert_gift(session, request, payments=payments, clock=clock, public_url=public_url)
    except IntegrityError:
        pass  # a second press was quicker: its row is the gift, and it was counted
    with reading() as session:
        known = _gift_of_form(session, request.form_id)
    if known is None:
        raise NotAdmitted(demand)
    return known


def _gift_of_form(session: Session, form_id: str) -> _Gift | None:
    row = session.execute(
        select(
            Donation.id,
            Donation.public_id,
            Donation.state,
            Donation.attempt,
            Donation.checkout_params,
            Donation.checkout_url,
            Donation.expires_at,
        ).where(Donation.form_id == form_id)
    ).one_or_none()
    if row is None:
        return None
    return _Gift(
        id=row[0],
        public_id=row[1],
        state=DonationState(row[2]),
        attempt=row[3],
        params=dict(row[4]),
        url=row[5],
        expires_at=row[6],
    )


def _insert_gift(
    session: Session, request: GiftRequest, *, payments: PaymentGateway, clock: Clock, public_url: str
) -> None:
    now = clock.now()
    campaign = session.execute(select(Campaign).where(Campaign.slug == request.campaign_slug)).scalar_one_or_none()
    if campaign is None:
        raise NotFound(request.campaign_slug)
    if not campaign.starts_on <= now.date() <= campaign.ends_on:
        raise CampaignEnded(campaign.slug)
    fund = _purpose(session, campaign.id, request.fund_code)
    cover = _cover(session, campaign.id, request)
    public_id = new_public_id()
    expires_at = (now + PAGE_LIFE).replace(microsecond=0)
    wanted = WantedPage(
        public_id=public_id,
        gift=request.gift,
        cover=cover,
        is_monthly=request.frequency == "monthly",
        title=campaign.title,
        purpose=fund.title,
        language=request.language,
        email=request.email,
        public_url=public_url,
        expires_at=expires_at,
    )
    donation_id = session.execute(
        insert(Donation).returning(Donation.id),
        {
            "public_id": public_id,
            "campaign_id": campaign.id,
            "fund_id": fund.id,
            "form_id": request.form_id,
            "language": request.language,
            "frequency": request.frequency,
            "currency": request.gift.currency,
            "gift_minor": request.gift.minor,
            "cover_minor": cover.minor,
            "fee_bearer": campaign.fee_bearer,
            "is_anonymous": request.is_anonymous,
            "public_name": request.public_name,
            "message": request.message,
            "livemode": payments.mode == "live",
            "checkout_params": page_params(wanted),
            "expires_at": expires_at,
            "created_at": now,
        },
    ).scalar_one()
    _tell(session, donation_id, "created", at=now, detail={"language": request.language})


def _purpose(session: Session, campaign_id: int, code: str | None) -> Fund:
    """The fund that the donor chose among the general one and the themes."""
    query = select(Fund).where(Fund.campaign_id == campaign_id, Fund.kind.in_(("general", "theme")))
    query = query.where(Fund.kind == "general") if code is None else query.where(Fund.code == code)
    fund = session.execute(query).scalar_one_or_none()
    if fund is None:
        raise FundUnknown(code)
    return fund


def _cover(session: Session, campaign_id: int, request: GiftRequest) -> Money:
    gift = request.gift
    terms = session.get(CampaignCurrency, (campaign_id, gift.currency))
    if terms is None:
        raise CurrencyNotTaken(gift.currency)
    if not terms.minimum_minor <= gift.minor <= terms.maximum_minor:
        raise AmountOutOfBounds(gift)
    if not request.covers_fee:
        return Money(0, gift.currency)
    return cover_for(gift, FeeModel(terms.fee_basis_points, terms.fee_fixed_minor))


def _opened(gift: _Gift, *, payments: PaymentGateway) -> CheckoutPage:
    """The payment page; asked again without the address when Stripe finds it invalid, which also needs another key."""
    if gift.attempt > ATTEMPTS_MAX:
        raise DonationClosed(gift.public_id)
    try:
        return payments.open_checkout(gift.params, key=f"don-{gift.public_id}-{gift.attempt}")
    except PaymentRefused as refusal:
        if refusal.parameter != "customer_email" or "customer_email" not in gift.params:
            raise
        params = {name: value for name, value in gift.params.items() if name != "customer_email"}
        return _opened(_asked_anew(gift, params), payments=payments)
    except PaymentsUnavailable as failure:
        if failure.is_answer:
            _asked_anew(gift, gift.params)  # Stripe replays a stored failure for a day: the next try needs another key
        raise


def _asked_anew(gift: _Gift, params: dict[str, Any]) -> _Gift:
    """The same gift with the next attempt's key. A second unpaid page is harmless; only one is accepted as paid."""
    with transaction() as session:
        session.execute(
            update(Donation)
            .where(Donation.id == gift.id, Donation.attempt == gift.attempt)
            .values(attempt=gift.attempt + 1, checkout_params=params)
        )
    return replace(gift, attempt=gift.attempt + 1, params=params)


def _keep_page(session: Session, gift: _Gift, page: CheckoutPage, *, clock: Clock) -> None:
    """Remember the page, unless somebody else did, or the money has come already."""
    state = session.execute(select(Donation.state).where(Donation.id == gift.id).with_for_update()).scalar_one()
    kept = session.execute(
        update(Donation)
        .where(Donation.id == gift.id, Donation.checkout_url.is_(None))
        .values(
            checkout_id=page.checkout_id,
            checkout_url=page.url,
            state=next_state(DonationState(state), Fact.OPENED).value,
        )
        .returning(Donation.id)
    ).all()
    if kept:
        _tell(session, gift.id, "opened", at=clock.now(), detail={"checkout": page.checkout_id})


def _tell(session: Session, donation_id: int, kind: str, *, at: object, detail: dict[str, object]) -> None:
    session.execute(insert(DonationEvent), {"donation_id": donation_id, "at": at, "kind": kind, "detail": detail})


def _refuse_closed(gift: _Gift, *, now: datetime) -> None:
    """A gift that is paid or over cannot be paid again; nor one whose page has run out, or would at once."""
    if gift.state in {DonationState.PAID, DonationState.PROCESSING}:
        raise DonationAlreadyPaid
    needed = timedelta(0) if gift.url else LEAST_LIFE
    if gift.state in {DonationState.EXPIRED, DonationState.FAILED} or gift.expires_at < now + needed:
        raise DonationClosed
