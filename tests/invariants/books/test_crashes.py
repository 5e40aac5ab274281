"""A crash at any statement, before any commit and after it: all or nothing, and the next try ends as if nothing had been."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from campaign.database import reading
from campaign.domain.errors import Conflict
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.models.campaign import Campaign
from campaign.services.funds.allocations import Move, approve, propose
from campaign.services.funds.disbursements import NewDisbursement, record_disbursement
from campaign.services.gifts import settlement
from campaign.services.gifts.refunds import RefundOrder, request_refund, send_next_refund
from campaign.services.ledger.check import check_books
from tests.invariants.books.crashing import Crash, SimulatedCrash, crashing
from tests.invariants.books.provider import Provider
from tests.services.engine import Engine
from tests.support.builders import a_fund, a_member_of_staff, general_fund_of
from tests.support.fakes import SettableClock

pytestmark = pytest.mark.faults

AFTER_A_LEASE = timedelta(minutes=5, seconds=1)
STORY = (
    "SELECT state, version, refunded_minor, settled_minor FROM donation WHERE public_id = :gift",
    """SELECT e.kind, p.line, p.account, p.currency, p.amount_minor
       FROM journal_entry e JOIN posting p ON p.entry_id = e.id
       WHERE e.subject IN ('donation:' || :gift, :subject) ORDER BY 1, 2, 3, 5""",
    """SELECT r.state, r.amount_minor FROM receipt r JOIN donation d ON d.id = r.donation_id
       WHERE d.public_id = :gift ORDER BY r.id""",
    """SELECT m.kind, m.state FROM message m JOIN donation d ON d.id = m.donation_id
       WHERE d.public_id = :gift ORDER BY m.id""",
    """SELECT h.kind FROM donation_event h JOIN donation d ON d.id = h.donation_id
       WHERE d.public_id = :gift ORDER BY h.id""",
    """SELECT r.state, r.amount_minor FROM refund r JOIN donation d ON d.id = r.donation_id
       WHERE d.public_id = :gift ORDER BY r.id""",
    "SELECT state, amount_minor FROM allocation WHERE public_id = :name",
    "SELECT amount_minor FROM disbursement WHERE public_id = :name",
    "SELECT action FROM audit_event WHERE subject IN ('donation:' || :gift, :subject) ORDER BY id",
    "SELECT DISTINCT state FROM provider_event",
)
"""All that is known of one gift or one decision, without names and times."""


@dataclass
class Scene:
    """Services, money to move, and people; each act is about a gift or a decision of its own."""

    engine: Engine
    provider: Provider
    campaign_id: int
    general: str
    event: str
    proposer: int
    approver: int
    names: Iterator[int] = field(default_factory=lambda: count(1))

    def a_name(self) -> str:
        return f"name{next(self.names):012}"

    def paid(self) -> tuple[str, str]:
        """A gift that the provider knows as paid and credited, and we do not yet."""
        gift = self.engine.open()
        checkout = self.engine.checkout_of(gift)
        self.provider.is_paid_by(checkout)
        self.provider.credits(checkout, gross=Money(25_00, "USD"), fee_minor=1_03)
        return gift, checkout

    def booked(self) -> tuple[str, str]:
        gift, checkout = self.paid()
        self.engine.tell("checkout.session.completed", checkout)
        self.settle()
        return gift, checkout

    def settle(self) -> None:
        while settlement.settle_next_event(self.engine.context):
            pass

    def order(self, gift: str, name: str) -> RefundOrder:
        return RefundOrder(
            donation_public_id=gift, amount=Money(10_00, "USD"), reason="asked for", actor_id=None, public_id=name
        )

    def send_refunds(self) -> None:
        while send_next_refund(self.engine.context):
            pass

    def propose(self, name: str, minor: int = 5) -> None:
        move = Move(
            campaign_id=self.campaign_id,
            kind=EntryKind.ALLOCATION,
            source=self.general,
            target=self.event,
            amount=Money(minor, "USD"),
        )
        propose(move, public_id=name, reason="planned", actor_id=self.proposer, clock=self.engine.clock)

    def disburse(self, name: str) -> None:
        payment = NewDisbursement(
            campaign_id=self.campaign_id,
            fund=self.event,
            amount=Money(1, "USD"),
            paid_on=self.engine.clock.now().date(),
            payee="A supplier",
            evidence="Invoice 7",
        )
        record_disbursement(payment, public_id=name, actor_id=self.approver, clock=self.engine.clock)

    def story(self, *, gift: str = "", name: str = "", subject: str = "") -> list[Any]:
        with reading() as session:
            assert not check_books(session)
            values = {"gift": gift, "name": name, "subject": f"{subject}:{name}"}
            return [[tuple(row) for row in session.execute(text(query), _used(query, values)).all()] for query in STORY]


def _used(query: str, values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if f":{name}" in query}


@dataclass(frozen=True)
class Act:
    """Something that may be interrupted, and what is to be seen of it afterwards."""

    do: Callable[[], object]
    story: Callable[[], list[Any]]
    is_one_transaction: bool = True


def press(scene: Scene) -> Act:
    request = scene.engine.request()

    def gift() -> str:
        query = text("SELECT COALESCE(MAX(public_id), '') FROM donation WHERE form_id = :form")
        with reading() as session:
            return str(session.execute(query, {"form": request.form_id}).scalar_one())

    return Act(lambda: scene.engine.open(request), lambda: scene.story(gift=gift()), is_one_transaction=False)


def settle_a_payment(scene: Scene) -> Act:
    gift, checkout = scene.paid()
    scene.engine.tell("checkout.session.completed", checkout)
    return Act(scene.settle, lambda: scene.story(gift=gift))


def settle_a_part_refund(scene: Scene) -> Act:
    gift, checkout = scene.booked()
    scene.provider.sends_back_from_dashboard(checkout, Money(7_00, "USD"))
    [refund] = scene.provider.facts[checkout].refunds
    scene.provider.refund_leaves(checkout, refund, gross=refund.amount)
    scene.engine.tell("charge.refunded", f"ch_{checkout}")
    return Act(scene.settle, lambda: scene.story(gift=gift))


def ask_for_a_refund(scene: Scene) -> Act:
    gift, name = scene.booked()[0], scene.a_name()
    order = scene.order(gift, name)
    return Act(lambda: request_refund(order, clock=scene.engine.clock), lambda: scene.story(gift=gift))


def send_a_refund(scene: Scene) -> Act:
    scene.send_refunds()
    gift, name = scene.booked()[0], scene.a_name()
    request_refund(scene.order(gift, name), clock=scene.engine.clock)
    return Act(scene.send_refunds, lambda: scene.story(gift=gift))


def propose_an_allocation(scene: Scene) -> Act:
    name = scene.a_name()
    return Act(lambda: scene.propose(name), lambda: scene.story(name=name, subject="allocation"))


def approve_an_allocation(scene: Scene) -> Act:
    name = scene.a_name()
    scene.propose(name)

    def decide() -> None:
        try:
            approve(name, actor_id=scene.approver, clock=scene.engine.clock)
        except Conflict:
            return  # the crash came after the commit: it is decided, and the approver is told so

    return Act(decide, lambda: scene.story(name=name, subject="allocation"))


def disburse(scene: Scene) -> Act:
    name = scene.a_name()
    return Act(lambda: scene.disburse(name), lambda: scene.story(name=name, subject="disbursement"))


@pytest.fixture
def scene(app: Flask, clock: SettableClock) -> Scene:
    provider = Provider(clock=clock)
    engine = Engine.started(app, provider, app.extensions["context"].mailer, clock)
    with reading() as session:
        campaign = session.execute(select(Campaign)).scalar_one()
        session.expunge(campaign)
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    made = Scene(
        engine=engine,
        provider=provider,
        campaign_id=campaign.id,
        general=general_fund_of(campaign).public_id,
        event=event.public_id,
        proposer=a_member_of_staff(role="campaign").id,
        approver=a_member_of_staff(role="approver").id,
    )
    made.booked()
    name = made.a_name()
    made.propose(name, 10_00)
    approve(name, actor_id=made.approver, clock=clock)
    return made


@pytest.mark.parametrize(
    "prepare",
    [
        press,
        settle_a_payment,
        settle_a_part_refund,
        ask_for_a_refund,
        send_a_refund,
        propose_an_allocation,
        approve_an_allocation,
        disburse,
    ],
)
def test_a_crash_leaves_all_or_nothing_and_the_next_try_ends_well(
    scene: Scene, prepare: Callable[[Scene], Act]
) -> None:
    undisturbed = prepare(scene)
    undisturbed.do()
    expected = undisturbed.story()
    for when in ("statement", "commit", "committed"):
        numbers = count(1)
        while _survives(scene, prepare, Crash(when, next(numbers)), expected):
            pass
        assert next(numbers) > 2, f"no {when} was interrupted"


def _survives(scene: Scene, prepare: Callable[[Scene], Act], crash: Crash, expected: list[Any]) -> bool:
    """Crash there and try again; False when the act ended before it came so far."""
    act = prepare(scene)
    before = act.story()
    try:
        with crashing(crash):
            act.do()
    except SimulatedCrash:
        if act.is_one_transaction:
            # The journal, the receipts, the mail and the history show nothing of the act, or all of it.
            assert act.story()[1:5] in (before[1:5], expected[1:5])
        scene.engine.clock.at += AFTER_A_LEASE
        act.do()
        assert act.story() == expected
        return True
    assert act.story() == expected
    return False
