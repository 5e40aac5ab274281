"""Money that is wrong rings by itself, case by case, and is over when it is put right."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, text, update

from campaign import jobs
from campaign.database import transaction
from campaign.i18n import in_language
from campaign.jobs import steps
from campaign.models.donation import Dispute
from campaign.models.payout import Payout, ProviderTransaction
from campaign.services.alarms import scheduled_checks, watching
from campaign.services.alarms.rules import Ringing
from campaign.services.alarms.scheduled_checks import ScheduledCheck
from campaign.services.alarms.words import describe_alarm
from campaign.services.gifts.refunds import request_refund
from campaign.services.ledger.check import Problem
from tests.services.engine import Engine
from tests.services.gifts.test_refunds import order
from tests.support.builders import NOW, a_member_of_staff

WORKERS = {"worker_silent", "mail_worker_silent", "paid_waits", "events_wait", "mail_waits"}


def ringing(engine: Engine) -> list[Ringing]:
    """The alarms about money that ring now; no worker is at work here."""
    alarms = watching.ringing_now(takes_cards=True, clock=engine.clock)
    return [alarm for alarm in alarms if alarm.key not in WORKERS]


def names(engine: Engine) -> list[str]:
    return [alarm.name for alarm in ringing(engine)]


def sentence_of_alarm(engine: Engine, language: str = "en") -> str:
    [alarm] = ringing(engine)
    with engine.app.test_request_context(), in_language(language):
        return describe_alarm(alarm).sentence


def disputed(engine: Engine) -> tuple[str, str]:
    public_id = engine.give()
    dispute_id = engine.payments.dispute(engine.checkout_of(public_id))
    engine.tell("charge.dispute.created", dispute_id)
    engine.work()
    with transaction() as session:
        session.execute(update(Dispute).values(due_at=NOW + timedelta(days=7)))
    return public_id, dispute_id


def test_every_dispute_that_waits_for_evidence_rings_by_itself_with_its_deadline(engine: Engine) -> None:
    a_member_of_staff(role="finance")
    gift, first = disputed(engine)
    assert names(engine) == [f"disputed:{first}"]
    assert (
        sentence_of_alarm(engine)
        == f"$25.00 of the gift {gift} is disputed. Evidence can be given until December\xa08,\xa02026, 09:00\xa0UTC."
    )
    assert watching.watch(takes_cards=True, clock=engine.clock).raised == (f"disputed:{first}",)
    _gift, second = disputed(engine)
    assert watching.watch(takes_cards=True, clock=engine.clock).raised == (f"disputed:{second}",)
    engine.payments.call_dispute(first, "under_review")
    engine.tell("charge.dispute.updated", first)
    engine.work()
    assert watching.watch(takes_cards=True, clock=engine.clock).over == (f"disputed:{first}",)
    assert names(engine) == [f"disputed:{second}"]


def test_a_refund_that_failed_rings_until_it_is_requested_again(engine: Engine) -> None:
    gift = engine.give()
    request_id = request_refund(order(gift, 10_00), clock=engine.clock)
    engine.work()
    checkout = engine.checkout_of(gift)
    [refund] = engine.payments.facts[checkout].refunds
    engine.payments._tell(checkout, refunds=(replace(refund, state="failed"),))
    engine.tell("refund.failed", f"re_{request_id}")
    engine.work()
    assert names(engine) == [f"refund_failed:{request_id}"]
    assert sentence_of_alarm(engine).startswith(f"$10.00 of the gift {gift} could not be sent back")
    request_refund(order(gift, 10_00), clock=engine.clock)
    assert names(engine) == []


def a_payout(name: str, *, state: str, days: int) -> dict[str, object]:
    made_at = NOW + timedelta(days=days)
    return {
        "provider_id": name,
        "currency": "USD",
        "amount_minor": 70_00,
        "state": state,
        "is_automatic": True,
        "made_at": made_at,
        "arrives_on": made_at.date(),
        "failure": "account closed" if state == "failed" else None,
    }


def test_a_payout_that_came_back_rings_until_one_arrives(engine: Engine) -> None:
    with transaction() as session:
        session.execute(insert(Payout), a_payout("po_1", state="failed", days=-1))
    assert names(engine) == ["payout_failed:po_1"]
    assert sentence_of_alarm(engine) == "The bank sent back a payout of $70.00. The provider’s reason: account closed."
    with transaction() as session:
        session.execute(insert(Payout), a_payout("po_2", state="arrived", days=0))
    assert names(engine) == []


def test_a_fund_below_zero_rings_in_its_currency(engine: Engine) -> None:
    gift = engine.give(minor=25_00, fee_minor=1_03)
    request_id = request_refund(order(gift, 25_00), clock=engine.clock)
    engine.work()
    engine.payments.settle_refund(request_id)
    engine.tell("refund.updated", f"re_{request_id}")
    engine.work()
    assert names(engine) == ["fund_below_zero:GEN:USD"]
    assert sentence_of_alarm(engine, "ru").startswith("Баланс фонда GEN: −1,03\xa0$")


def test_unexplained_money_rings_after_two_hours(engine: Engine) -> None:
    row = {"provider_id": "txn_1", "type": "adjustment", "category": "other", "currency": "USD", "amount_minor": 5}
    row |= {"fee_minor": 0, "net_minor": 5, "made_at": NOW, "available_at": NOW, "is_foreign": False}
    with transaction() as session:
        session.execute(insert(ProviderTransaction), row)
    assert names(engine) == []
    engine.clock.advance(hours=2, seconds=1)
    assert names(engine) == ["unexplained"]
    with transaction() as session:
        session.execute(update(ProviderTransaction).values(matched_by="fee"))
        session.execute(text("DELETE FROM provider_transaction"))
    assert names(engine) == []


class TestTheChecks:
    """The job checks books and receipts when they are due, and stores what it finds."""

    def test_books_that_do_not_add_up_ring_until_a_check_finds_nothing(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine.give()
        steps.check_books()
        assert names(engine) == []
        broken = [Problem(1, "every entry adds up to zero", ("one",))]
        results = iter([broken, broken, []])
        monkeypatch.setattr(
            scheduled_checks,
            "SCHEDULED",
            (ScheduledCheck("books", timedelta(hours=1), lambda _session: next(results)),),
        )
        for minutes, rings in (
            (59, []),
            (1, ["books_broken"]),
            (59, ["books_broken"]),
            (1, ["books_broken"]),
            (60, []),
        ):
            engine.clock.advance(minutes=minutes)
            steps.check_books()
            assert names(engine) == rings

    def test_a_check_that_fails_rings_and_leaves_what_was_known(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        steps.check_books()
        good_at = engine.clock.now()

        def fail(_session: object) -> list[Problem]:
            raise OSError

        monkeypatch.setattr(scheduled_checks, "SCHEDULED", (ScheduledCheck("books", timedelta(hours=1), fail),))
        engine.clock.advance(hours=1)
        scheduled_checks.run_due_checks(clock=engine.clock)
        assert names(engine) == ["books_unchecked"]
        assert sentence_of_alarm(engine) == "The check of the books did not run for hours, or failed: OSError."
        view = watching.alarm_view(takes_cards=True, clock=engine.clock)
        assert view.books_checked_at == good_at

    def test_the_clock_runs_them(self, engine: Engine) -> None:
        assert "check" in {type(task).__name__ for task in jobs.mail_huey._registry.periodic_tasks}
        jobs.check.call_local()
        view = watching.alarm_view(takes_cards=True, clock=engine.clock)
        assert view.books_checked_at == engine.clock.now()

    def test_the_command_stores_its_result(self, engine: Engine) -> None:
        engine.app.test_cli_runner().invoke(args=["ledger", "check"])
        view = watching.alarm_view(takes_cards=True, clock=engine.clock)
        assert view.books_checked_at == engine.clock.now()
