"""A past for the demo campaign: gifts paid at the sandbox, allocations and payments, all through the real services."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from campaign.database import reading
from campaign.days import local_day, start_of_day
from campaign.domain.donation import DonationState
from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.sandbox_console import SandboxConsole
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.staff import Staff
from campaign.services.demo.content import DemoPlan
from campaign.services.demo.guests import sign_up_for_first_event
from campaign.services.funds import allocations, disbursements
from campaign.services.gifts.checkout import GiftRequest, start_checkout
from campaign.services.gifts.settlement import settle
from campaign.services.ledger import sums

AMOUNTS = {"USD": (10_00, 25_00, 50_00, 100_00), "EUR": (10_00, 25_00, 50_00), "KGS": (500_00, 1000_00, 3000_00)}
DECLINED = "pm_card_chargeDeclined"


@dataclass(slots=True)
class HistoryClock:
    """Shows a moment of the past while its gifts are made."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoContext:
    """What the history needs."""

    plan: DemoPlan
    console: SandboxConsole
    context: Context


def play_history(stage: DemoContext, *, gifts: int, seed: int) -> int:
    """Make `gifts` gifts over the days since the campaign began, then allocate and spend some; return how many were paid.

    The sandbox is set back to the first day and moved forward gift by gift, so that every row has its own day. The same
    seed gives the same history, apart from ids that are random by nature.

    Raises:
        NotFound: the campaign was never loaded.
        TimeGoesForward: the sandbox has gifts already.
    """
    dice = random.Random(seed)  # noqa: S311  # a demonstration, not a secret
    at = stage.context.clock.now()
    begin = _first_morning(stage.plan.slug)
    span = int((at - begin).total_seconds()) - 3600
    moments = sorted(dice.randrange(span) for _ in range(gifts))
    stage.console.rewind(int((at - begin).total_seconds()))
    clock, passed = HistoryClock(begin), 0
    for number, moment in enumerate(moments, start=1):
        stage.console.advance(moment - passed)
        clock.at, passed = begin + timedelta(seconds=moment), moment
        _give(stage, number, dice=dice, clock=clock)
    stage.console.advance(int((at - begin).total_seconds()) - passed)
    paid = _settle_all(stage, clock=stage.context.clock)
    _allocate_and_spend(stage.plan.slug, clock=stage.context.clock)
    sign_up_for_first_event(stage.plan.slug, clock=stage.context.clock)
    return paid


def _first_morning(slug: str) -> datetime:
    """Return eight o'clock on the campaign's first day, as it was loaded; the plan counts days from today."""
    with reading() as session:
        starts_on = session.execute(select(Campaign.starts_on).where(Campaign.slug == slug)).scalar_one_or_none()
    if starts_on is None:
        raise NotFound(f"campaign:{slug}")
    return start_of_day(starts_on) + timedelta(hours=8)


def _give(stage: DemoContext, number: int, *, dice: random.Random, clock: HistoryClock) -> None:
    """Make one gift: paid, or now and then declined or abandoned."""
    supporters = stage.plan.supporters
    language = dice.choice(("en", "ru", "ru", "ky"))
    code = dice.choices(("USD", "EUR", "KGS"), weights=(6, 2, 4))[0]
    name = supporters.name[language].format(number=number)
    is_named = dice.random() < 0.6 and dice.random() >= 0.35
    fund = dice.choice((None, None, *stage.plan.themes))
    started = start_checkout(
        GiftRequest(
            campaign_slug=stage.plan.slug,
            form_id=new_public_id(),
            language=language,
            gift=Money(dice.choice(AMOUNTS[code]), code),
            covers_fee=dice.random() < 0.4,
            fund_code=fund,
            email=f"demo{number}@donor.example",
            public_name=name if is_named else None,
            message=dice.choice(supporters.messages)[language] if dice.random() < 0.4 else None,
            is_anonymous=not is_named,
        ),
        context=replace(stage.context, clock=clock),
    )
    luck = dice.random()
    if luck < 0.08:
        return  # the donor left the page
    checkout_id, donation_id = _row(started.public_id)
    method = DECLINED if luck < 0.12 else "pm_card_visa"
    stage.console.pay(checkout_id, payment_method=method, email=f"demo{number}@donor.example", name=name)
    settle(donation_id, context=replace(stage.context, clock=clock))


def _row(public_id: str) -> tuple[str, int]:
    with reading() as session:
        row = session.execute(select(Donation.checkout_id, Donation.id).where(Donation.public_id == public_id)).one()
    return row[0] or "", row[1]


def _settle_all(stage: DemoContext, *, clock: Clock) -> int:
    """Settle every gift again: fees and expiries have arrived meanwhile."""
    with reading() as session:
        ids = list(session.execute(select(Donation.id).where(Donation.checkout_id.is_not(None))).scalars())
    for donation_id in ids:
        settle(donation_id, context=replace(stage.context, clock=clock))
    with reading() as session:
        return len(session.execute(select(Donation.id).where(Donation.state == DonationState.PAID)).all())


def _allocate_and_spend(slug: str, *, clock: Clock) -> None:
    """Allocate a third of each theme's dollars to its first targets, approved by a second person; pay out half of that."""
    with reading() as session:
        campaign_id = session.execute(select(Campaign.id).where(Campaign.slug == slug)).scalar_one()
        funds = {
            fund.code: fund for fund in session.execute(select(Fund).where(Fund.campaign_id == campaign_id)).scalars()
        }
        desk = {role.name: staff.id for staff in session.execute(select(Staff)).scalars() for role in staff.roles[:1]}
        balances = sums.balances(session, campaign_id=campaign_id)
        session.expunge_all()
    if not {"finance", "approver"} <= desk.keys():
        return
    for theme, target in (("THEME-EVENTS", "EVENT-1"), ("THEME-GRANTS", "GRANT-1"), ("THEME-SPACE", "SPACE-1")):
        amount = Money(balances.get(funds[theme].id, {}).get("USD", 0) // 300 * 100, "USD")
        if amount.minor <= 0:
            continue
        move = allocations.Move(
            campaign_id=campaign_id,
            kind=EntryKind.ALLOCATION,
            source=funds[theme].public_id,
            target=funds[target].public_id,
            amount=amount,
        )
        public_id = allocations.propose(
            move, public_id=new_public_id(), reason="Demo: the first step", actor_id=desk["finance"], clock=clock
        )
        allocations.approve(public_id, actor_id=desk["approver"], clock=clock)
        spent = disbursements.NewDisbursement(
            campaign_id=campaign_id,
            fund=funds[f"{target}@{theme}"].public_id,
            amount=Money(amount.minor // 200 * 100, "USD"),
            paid_on=local_day(clock.now()),
            payee="Demo supplier",
            evidence="Demo invoice 1",
        )
        if spent.amount.minor > 0:
            disbursements.record_disbursement(spent, public_id=new_public_id(), actor_id=desk["finance"], clock=clock)
