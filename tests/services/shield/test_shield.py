"""The shield over real rows: limits per visitor, the breaker up and away, and what is stored of it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.abuse import MAX_FAILURES_OF_A_PAGE, Cause, Challenge
from campaign.domain.donation import DonationState
from campaign.domain.identity import new_public_id
from campaign.domain.proof_of_work import is_code
from campaign.gateways.context import Context
from campaign.models.abuse import AttemptCount, GiftStart, ShieldPeriod
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.outbox import Message
from campaign.services import audit
from campaign.services.audit import AuditFilter
from campaign.services.gifts.exhausted_pages import close_next_exhausted_page
from campaign.services.queues.outbox import enqueue
from campaign.services.shield import codes
from campaign.services.shield import judging as shield
from campaign.services.shield.state import (
    ShieldIsSoAlready,
    ShieldReasonMissing,
    activate_manually,
    active_shield,
    deactivate_manually,
)
from campaign.services.shield.view import shield_view
from tests.support.builders import a_campaign, a_donation, a_member_of_staff, a_paid_gift, add_history
from tests.support.fakes import FakePayments, SettableClock

SECRET = "a secret of tests"


class Donors:
    """People who start gifts on one campaign, and what becomes of their payments."""

    def __init__(self, campaign: Campaign, clock: SettableClock) -> None:
        self.campaign, self.clock = campaign, clock
        self.count = 0

    def start(
        self, *, address: str = "203.0.113.9", email: str | None = None, proof: Challenge = Challenge.NOTHING
    ) -> tuple[Challenge, Donation | None]:
        """One attempt by a fresh form: the challenge, and the gift if there was none."""
        self.count += 1
        form = f"{new_public_id()}-x"
        who = shield.visitor(
            address=address,
            email=email or f"donor{self.count}@home.example",
            form=form.partition("-")[0],
            campaign=self.campaign.slug,
            secret=SECRET,
        )
        challenge = self.attempt(who, form, proof=proof)
        if challenge is not Challenge.NOTHING:
            return challenge, None
        gift = a_donation(campaign=self.campaign, state=DonationState.OPEN, form_id=form, created_at=self.clock.now())
        return challenge, gift

    def attempt(self, who: shield.CheckedVisitor, form_id: str, *, proof: Challenge = Challenge.NOTHING) -> Challenge:
        """The challenge for this visitor, counted."""
        with transaction() as session:
            return shield.check_attempt(session, who, form_id=form_id, proof=proof, at=self.clock.now())

    def fail(self, gift: Donation | None, *, times: int = 1) -> None:
        assert gift is not None
        for _ in range(times):
            with transaction() as session:
                shield.count_failure(session, gift.id, at=self.clock.now())

    def try_stolen_cards(self, how_many: int, *, networks: int = 1, proof: Challenge = Challenge.NOTHING) -> int:
        """One refused card each; how many of them got a payment page at all."""
        started = 0
        for number in range(how_many):
            _challenge, gift = self.start(address=f"198.{18 + number % networks}.{number % 250}.1", proof=proof)
            if gift is not None:
                self.fail(gift)
                started += 1
        return started


@pytest.fixture
def donors(app: Flask, clock: SettableClock) -> Donors:
    return Donors(a_campaign(), clock)


def test_an_address_whose_cards_are_refused_gets_a_proof_of_work_and_then_a_pause(donors: Donors) -> None:
    challenges = []
    for _ in range(24):
        challenge, gift = donors.start(proof=Challenge.WORK)
        challenges.append(challenge)
        if gift is not None:
            donors.fail(gift)
        donors.clock.advance(minutes=2)  # slowly, so that the breaker is not what stops it
    assert challenges[:6] == [Challenge.NOTHING] * 6
    assert challenges.index(Challenge.PAUSE) == 20
    assert donors.start(address="203.0.113.10")[0] is Challenge.WORK  # its neighbours are never shut out


def test_without_the_work_the_seventh_refused_card_of_an_address_is_its_last(donors: Donors) -> None:
    for _ in range(6):
        donors.fail(donors.start()[1])
    assert donors.start()[0] is Challenge.WORK
    assert donors.start(address="203.0.113.77")[0] is Challenge.NOTHING  # its neighbour
    donors.clock.advance(minutes=66)
    assert donors.start()[0] is Challenge.NOTHING


def test_gifts_that_were_paid_behind_a_shared_address_excuse_refused_cards(donors: Donors) -> None:
    for _ in range(8):
        form = f"{new_public_id()}-x"
        who = shield.visitor(address="203.0.113.9", email=None, form=form, campaign="quilt", secret=SECRET)
        assert donors.attempt(who, form) is Challenge.NOTHING
        a_paid_gift(campaign=donors.campaign, form_id=form)
    for _ in range(9):
        donors.fail(donors.start()[1])
    assert donors.start()[0] is Challenge.NOTHING
    donors.fail(donors.start()[1])
    assert donors.start()[0] is Challenge.WORK


@pytest.mark.database("sqlite")
def test_300_honest_donors_behind_one_mobile_address_in_an_hour_pass(donors: Donors, session: Session) -> None:
    for number in range(300):  # none of them has paid yet
        donors.clock.advance(seconds=12)
        who = shield.visitor(
            address="100.64.0.7", email=f"{number}@home.example", form=f"{number}", campaign="quilt", secret=SECRET
        )
        challenge = donors.attempt(who, f"{number}-x")
        assert challenge is Challenge.NOTHING, number
    assert active_shield() is None
    assert session.execute(select(func.sum(AttemptCount.turned_away))).scalar() == 0


def test_an_email_that_starts_many_gifts_is_challenged_wherever_it_comes_from(donors: Donors) -> None:
    challenges = [donors.start(address=f"198.51.{n}.1", email="Same+Tag@example.org")[0] for n in range(7)]
    assert challenges == [Challenge.NOTHING] * 6 + [Challenge.WORK]


def test_one_form_starts_ten_gifts_and_then_a_fresh_one_is_needed(donors: Donors) -> None:
    who = shield.visitor(address=None, email=None, form="form", campaign="quilt", secret=SECRET)
    challenges = [donors.attempt(who, f"form-{n}", proof=Challenge.CODE) for n in range(11)]
    assert challenges == [Challenge.NOTHING] * 10 + [Challenge.FRESH_FORM]


def test_many_at_the_same_moment_are_counted_one_by_one(app: Flask, donors: Donors) -> None:
    """Of twenty presses of one form in eight threads ten go through, and none waits for ever."""
    addresses = [f"198.51.100.{number % 3}" for number in range(20)]

    def press(number: int) -> Challenge:
        with app.app_context():
            who = shield.visitor(
                address=addresses[number], email="a@example.org", form="form", campaign="quilt", secret=SECRET
            )
            return donors.attempt(who, f"form-{number}", proof=Challenge.CODE)

    with ThreadPoolExecutor(8) as threads:
        challenges = Counter(threads.map(press, range(20)))
    assert challenges == {Challenge.NOTHING: 10, Challenge.FRESH_FORM: 10}


def test_twenty_refused_cards_from_many_networks_activate_the_shield_and_mail_staff_once(
    donors: Donors, session: Session
) -> None:
    people = [a_member_of_staff(role=role).email for role in ("finance", "admin", "viewer")]
    only = session.execute(select(Campaign)).scalar_one()
    a_member_of_staff(role="finance", email="of.one.campaign@quilt.example", campaign=only)
    assert donors.try_stolen_cards(40, networks=20) == 20
    up = active_shield()
    assert up is not None
    assert up.since == donors.clock.now()
    assert donors.start(address="192.0.2.1")[0] is Challenge.WORK
    assert donors.start(address="192.0.2.1", proof=Challenge.WORK)[0] is Challenge.NOTHING
    mails = session.execute(select(Message.recipient).where(Message.kind == "shield_up").order_by(Message.id)).scalars()
    assert list(mails) == people[:2]
    period = session.execute(select(ShieldPeriod)).scalar_one()
    assert (period.cause, period.failed, period.started) == (Cause.FAILURES, 20, 20)
    assert [act.action for act in audit.trail(AuditFilter(action="shield"))] == ["shield:up"]


def test_the_shield_goes_away_after_half_an_hour_of_quiet(donors: Donors) -> None:
    donors.try_stolen_cards(20, networks=20)
    donors.clock.advance(minutes=29)
    shield.watch(clock=donors.clock)
    assert active_shield() is not None
    donors.clock.advance(minutes=7)
    shield.watch(clock=donors.clock)
    assert active_shield() is None
    acts = [(act.action, act.actor) for act in audit.trail(AuditFilter(action="shield"))]
    assert acts == [("shield:away", None), ("shield:up", None)]
    shield.watch(clock=donors.clock)
    assert active_shield() is None  # what put it up does not do so twice


def test_robots_that_go_on_trying_keep_the_shield_active(donors: Donors) -> None:
    donors.try_stolen_cards(20, networks=20)
    for _ in range(6):
        donors.clock.advance(minutes=10)
        assert donors.try_stolen_cards(12, networks=12) == 0
        shield.watch(clock=donors.clock)
        assert active_shield() is not None


def test_staff_deactivate_it_with_a_reason_and_earlier_counts_do_not_activate_it_again(donors: Donors) -> None:
    donors.try_stolen_cards(20, networks=20)
    finance = a_member_of_staff(role="finance")
    finance_id, name = finance.id, finance.name
    with pytest.raises(ShieldReasonMissing):
        deactivate_manually(actor_id=finance_id, reason="  ", clock=donors.clock)
    deactivate_manually(actor_id=finance_id, reason="A bank was down", clock=donors.clock)
    with pytest.raises(ShieldIsSoAlready):
        deactivate_manually(actor_id=finance_id, reason="Again", clock=donors.clock)
    donors.clock.advance(minutes=6)
    donors.fail(donors.start(address="192.0.2.1")[1])
    shield.watch(clock=donors.clock)
    assert active_shield() is None
    view = shield_view(clock=donors.clock)
    assert [(one.ended_by, one.end_reason) for one in view.history] == [(name, "A bank was down")]


def test_what_staff_activate_stays_until_staff_deactivate_it(donors: Donors) -> None:
    finance_id = a_member_of_staff(role="finance").id
    activate_manually(actor_id=finance_id, reason="We were warned", clock=donors.clock)
    with pytest.raises(ShieldIsSoAlready):
        activate_manually(actor_id=finance_id, reason="Again", clock=donors.clock)
    donors.clock.advance(hours=5)
    shield.watch(clock=donors.clock)
    current = shield_view(clock=donors.clock).current
    assert current is not None
    assert (current.cause, current.reason) == (Cause.STAFF, "We were warned")


def test_a_delayed_payment_or_a_renewal_that_fails_is_no_refused_card(donors: Donors, session: Session) -> None:
    _challenge, gift = donors.start()
    assert gift is not None
    with transaction() as writing:
        writing.get_one(Donation, gift.id).state = DonationState.FAILED.value
        add_history(writing, gift.id, "failed")
    donors.fail(gift)
    donors.fail(a_donation(campaign=donors.campaign, state=DonationState.OPEN))
    assert session.execute(select(func.sum(AttemptCount.failed))).scalar() == 0


def test_a_page_on_which_many_cards_were_refused_is_closed(
    donors: Donors, payments: FakePayments, session: Session
) -> None:
    _challenge, gift = donors.start()
    assert gift is not None
    page = payments.open_checkout(
        {
            "client_reference_id": gift.public_id,
            "line_items": [{"price_data": {"unit_amount": 25_00, "currency": "usd"}}],
        },
        key="key",
    )
    with transaction() as writing:
        writing.get_one(Donation, gift.id).checkout_id = page.checkout_id

    def close() -> bool:
        return close_next_exhausted_page(Context(payments=payments, clock=donors.clock, public_url="http://localhost"))

    donors.fail(gift, times=MAX_FAILURES_OF_A_PAGE - 1)
    assert not close()
    donors.fail(gift)
    assert close()
    assert not close()
    assert session.execute(select(Donation.state).where(Donation.id == gift.id)).scalar() == "expired"


def test_counts_are_forgotten_and_hold_no_address_and_no_e_mail(donors: Donors, session: Session) -> None:
    donors.start(address="203.0.113.9", email="aida@example.org")
    stored = str([vars(row) for row in session.execute(select(AttemptCount)).scalars()])
    stored += str([vars(row) for row in session.execute(select(GiftStart)).scalars()])
    assert "203.0" not in stored
    assert "aida" not in stored
    session.rollback()
    donors.clock.at += timedelta(days=3)
    shield.watch(clock=donors.clock)
    assert set(session.execute(select(AttemptCount.kind)).scalars()) == {"campaign"}
    session.rollback()
    donors.clock.at += timedelta(days=30)
    shield.watch(clock=donors.clock)
    assert session.execute(select(func.count()).select_from(AttemptCount)).scalar() == 0
    assert session.execute(select(func.count(GiftStart.id))).scalar() == 0


def test_tries_at_once_are_no_more_than_tries_one_after_the_other(
    app: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = codes.CodeFor(form="f" * 16, email="aida@example.org", address=None, campaign="wcl", language="en")
    judged: list[str] = []

    def slowly(typed: str, *about: str, **more: Any) -> bool:
        judged.append(typed)
        sleep(0.02)
        return is_code(typed, *about, **more)

    def guess(number: int) -> bool:
        with app.app_context():
            return codes.is_right_code(f"wrong{number}", request, clock=clock, secret=SECRET)

    monkeypatch.setattr(codes, "is_code", slowly)
    with ThreadPoolExecutor(8) as threads:
        assert not any(threads.map(guess, range(16)))
    assert len(judged) == codes.MAX_TRIES


def test_codes_requested_at_once_are_no_more_than_a_mailbox_gets(
    app: Flask, clock: SettableClock, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_campaign(slug="quilt")

    def slowly(*about: Any, **more: Any) -> bool:
        sleep(0.02)
        return enqueue(*about, **more)

    def ask(number: int) -> None:
        request = codes.CodeFor(
            form=f"form{number}", email="aida@example.org", address=None, campaign="quilt", language="en"
        )
        with app.app_context():
            codes.mail_code(request, clock=clock, secret=SECRET)

    monkeypatch.setattr(codes, "enqueue", slowly)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(12)))
    assert session.execute(select(func.count()).select_from(Message)).scalar() == codes.MAX_CODES_OF_A_MAILBOX
