"""Payments without events are found by comparing and repaired to the last unit of the provider's truth."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.journal import Account
from campaign.extensions import db
from campaign.gateways.payments import PaymentsUnavailable
from campaign.gateways.provider_account import TransactionFacts
from campaign.models.alarm import Observation
from campaign.models.payout import Lease
from campaign.services.alarms import watching
from campaign.services.queues.lease import LASTS, ActiveLease, LeaseTaken, alone
from campaign.services.reconciliation import comparison, ledger_at_provider, provider_transactions, reconciling
from campaign.services.reconciliation.reconciling import Mails
from tests.reconciling.stage import A_DAY, ReconciliationScenario
from tests.sandbox.gifts import open_gift


def test_what_agrees_is_reported_as_agreeing(stage: ReconciliationScenario) -> None:
    stage.gift(campaign=stage.site.campaign())
    stage.pass_time(6)
    stage.hear()
    assert reconciling.compare(stage.context).is_clean
    assert reconciling.repair(stage.context, mails=Mails.NONE).counts() == {"repaired": {}, "open": {}}


def test_what_agrees_agrees_however_small_a_batch_is(
    stage: ReconciliationScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = stage.site.campaign()
    for gift in [stage.gift(campaign=campaign) for _ in range(3)]:
        stage.refund(gift, 5_00)
    stage.pass_time(60)
    stage.hear()
    monkeypatch.setattr(ledger_at_provider, "CHUNK_SIZE", 2)
    assert reconciling.compare(stage.context).still_open == []


def test_looking_changes_nothing(stage: ReconciliationScenario) -> None:
    gift = stage.gift(campaign=stage.site.campaign())
    stage.pass_time(6)
    kinds = {one.kind for one, _reason in reconciling.compare(stage.context).still_open}
    assert kinds == {"payment_unknown", "event_missed", "unexplained"}
    assert (stage.donation(gift).state, stage.transactions(), stage.inbox()) == ("open", [], [])


def test_a_week_without_events_is_repaired_to_the_last_unit(stage: ReconciliationScenario) -> None:
    quilt, hall = stage.site.campaign(), stage.site.campaign(slug="hall", is_featured=False)
    stage.site.sandbox.fail_next_payout()
    gifts = [
        stage.gift(campaign=quilt, minor=90_00),
        stage.gift(campaign=hall, minor=60_00, currency="EUR"),
        stage.gift(campaign=quilt, minor=5_000_00, currency="KGS"),
        stage.gift(campaign=hall, minor=40_00, method="pm_sepaDebit_success_at"),
        stage.gift(campaign=quilt, minor=35_00, method="pm_card_createDispute"),
    ]
    stage.pass_time(10)
    stage.refund(gifts[0], 20_00)
    stage.refund(gifts[2], 1_000_00)
    stage.pass_night()
    foreign = open_gift(stage.site.sandbox.client(), 50_00, metadata={}, payment_intent_data={})
    stage.site.sandbox.pay(foreign["id"], method="pm_card_bypassPending")
    stage.pass_time(7 * A_DAY)

    report = reconciling.repair(stage.context, mails=Mails.NONE)

    [(left, _reason)] = report.still_open
    assert (left.kind, left.is_foreign) == ("unexplained", True)
    stage.agrees_with_the_truth(gifts)
    debited_at = stage.donation(gifts[3]).paid_at
    assert debited_at is not None
    assert debited_at < stage.site.clock.now() - timedelta(days=7), "it counts when it came, not when it was found"
    unmatched = [row for row in stage.transactions() if row.matched_by is None]
    assert [row.amount_minor for row in unmatched] == [50_00]
    in_bank = sum(payout.amount_minor for payout in stage.payouts() if payout.state == "arrived")
    assert stage.on(Account.BANK) == {"USD": in_bank - unmatched[0].net_minor}
    assert stage.on(Account.PAYOUTS) == {}
    assert {payout.state for payout in stage.payouts()} == {"failed", "arrived"}


def test_months_without_events_are_matched_by_their_money(stage: ReconciliationScenario) -> None:
    first = stage.gift(campaign=stage.site.campaign(), frequency="monthly", method="pm_card_visa")
    stage.pass_time(10)
    for _ in range(2):
        stage.pass_time(32 * A_DAY)
    reconciling.repair(stage.context, mails=Mails.NONE)
    assert [row for row in stage.transactions() if row.matched_by is None] == []
    assert stage.donation(first).state == "paid"
    assert stage.entries("gift_settled") == 3
    truth = [row["net"] for row in stage.site.sandbox.truth() if row["paid"]]
    in_books = stage.on(Account.PROVIDER).get("USD", 0) + stage.on(Account.BANK)["USD"]
    assert (in_books, stage.on(Account.PAYOUTS)) == (sum(truth), {})


def test_a_second_repair_finds_nothing_to_do(stage: ReconciliationScenario) -> None:
    gift = stage.gift(campaign=stage.site.campaign())
    stage.pass_time(10)
    stage.refund(gift, 5_00)
    stage.pass_time(3 * A_DAY)
    reconciling.repair(stage.context, mails=Mails.NONE)
    before = stage.everything()
    assert reconciling.repair(stage.context, mails=Mails.NONE).counts() == {"repaired": {}, "open": {}}
    assert stage.everything() == before
    stage.hear()
    assert stage.everything() == before


def test_missed_events_are_stored_as_if_they_had_been_delivered(stage: ReconciliationScenario) -> None:
    stage.gift(campaign=stage.site.campaign())
    stage.pass_time(6)
    reconciling.repair(stage.context, mails=Mails.NONE)
    rows = stage.inbox()
    assert {row.state for row in rows} == {"new"}
    assert "checkout.session.completed" in {row.type for row in rows}
    stage.hear()
    assert {row.state for row in stage.inbox()} == {"processed"}


def test_a_page_that_closed_unnoticed_is_closed_here_too(stage: ReconciliationScenario) -> None:
    gift = stage.begin(campaign=stage.site.campaign())
    stage.pass_time(2 * A_DAY)
    assert [one.kind for one in reconciling.repair(stage.context, mails=Mails.NONE).repaired] == [
        "session_overdue",
        "event_missed",
    ]
    assert stage.donation(gift).state == "expired"


@pytest.mark.parametrize(("mails", "state"), [(Mails.NONE, "held"), (Mails.RECENT, "queued"), (Mails.ALL, "queued")])
def test_donors_are_mailed_only_where_that_is_requested(
    stage: ReconciliationScenario, mails: Mails, state: str
) -> None:
    stage.gift(campaign=stage.site.campaign())
    stage.pass_time(3600)
    reconciling.repair(stage.context, mails=mails)
    stage.hear()
    assert stage.mails() == [("receipt", state)]


@pytest.mark.parametrize(("mails", "state"), [(Mails.NONE, "held"), (Mails.ALL, "queued")])
def test_donors_of_monthly_gifts_too(stage: ReconciliationScenario, mails: Mails, state: str) -> None:
    """No event reported a paid month and one that could not be charged, and the worker mails nothing afterwards."""
    stage.gift(campaign=stage.site.campaign(), frequency="monthly", method="pm_card_chargeCustomerFail")
    stage.pass_time(32 * A_DAY)
    reconciling.repair(stage.context, mails=mails)
    stage.hear()
    assert sorted(stage.mails()) == [("pledge_unpaid", state), ("receipt", state)]


def test_a_month_that_failed_without_event_is_mailed_to_nobody_by_a_silent_repair(
    stage: ReconciliationScenario,
) -> None:
    """No money moved, so only its event reports it: the repair takes that in and leaves the worker nothing to mail."""
    stage.gift(campaign=stage.site.campaign(), frequency="monthly", method="pm_card_chargeCustomerFail")
    stage.pass_time(10)
    stage.hear()
    stage.pass_time(32 * A_DAY)
    reconciling.repair(stage.context, mails=Mails.NONE)
    stage.hear()
    assert [state for kind, state in stage.mails() if kind == "pledge_unpaid"] == ["held"]


def test_mails_about_old_payments_are_put_on_hold_by_the_hourly_repair(stage: ReconciliationScenario) -> None:
    stage.gift(campaign=stage.site.campaign())
    stage.pass_time(int((reconciling.LATE + timedelta(hours=1)).total_seconds()))
    assert reconciling.repair_hourly(stage.context) is not None
    assert stage.mails() == [("receipt", "held")]


def test_two_repairs_do_not_run_at_once(stage: ReconciliationScenario) -> None:
    stage.gift(campaign=stage.site.campaign())
    stage.pass_time(6)
    with alone("reconcile", clock=stage.site.clock):
        assert reconciling.repair_hourly(stage.context) is None
        with pytest.raises(LeaseTaken):
            reconciling.repair(stage.context, mails=Mails.NONE)
    assert reconciling.repair_hourly(stage.context) is not None


def test_an_hour_needs_one_repair(stage: ReconciliationScenario) -> None:
    stage.site.campaign()
    assert reconciling.repair_hourly(stage.context) is not None
    assert reconciling.repair_hourly(stage.context) is None
    stage.pass_time(3600)
    assert reconciling.repair_hourly(stage.context) is not None


def test_a_holder_that_died_lets_its_lease_pass(stage: ReconciliationScenario) -> None:
    at = stage.site.clock.now()
    with transaction() as session:
        session.add(Lease(name="reconcile", holder="died", until=at + LASTS))
    assert reconciling.repair_hourly(stage.context) is None
    stage.pass_time(int(LASTS.total_seconds()) + 1)
    assert reconciling.repair_hourly(stage.context) is not None


def test_a_holder_that_was_too_slow_stops(stage: ReconciliationScenario) -> None:
    with alone("reconcile", clock=stage.site.clock) as slow:
        stage.pass_time(int(LASTS.total_seconds()) + 1)
        with alone("reconcile", clock=stage.site.clock), pytest.raises(LeaseTaken):
            slow.renew()


def test_a_comparison_that_failed_or_was_not_begun_rings(stage: ReconciliationScenario) -> None:
    clock = stage.context.clock

    def rings() -> list[str]:
        ringing = watching.ringing_now(takes_cards=True, clock=clock)
        return [f"{alarm.key} {alarm.facts['problem']}" for alarm in ringing if alarm.key == "comparison_overdue"]

    reconciling.repair_hourly(stage.context)
    assert rings() == []
    with transaction() as session:
        stored = {"good_at": (clock.now() - timedelta(hours=3, minutes=1)).isoformat()}
        session.execute(update(Observation).where(Observation.name == "comparison").values(facts=stored))
    assert rings() == ["comparison_overdue -"]
    stage.site.sandbox.fault("error_before", path="/v1/refunds", times=20)
    with pytest.raises(PaymentsUnavailable):
        reconciling.repair(stage.context, mails=Mails.RECENT)
    [failed] = rings()
    assert failed.startswith("comparison_overdue PaymentsUnavailable")
    stage.site.heal()
    reconciling.repair(stage.context, mails=Mails.RECENT)
    assert rings() == []


@pytest.mark.faults
def test_a_repair_that_was_cut_off_is_finished_by_the_next(stage: ReconciliationScenario) -> None:
    campaign = stage.site.campaign()
    gifts = [stage.gift(campaign=campaign) for _ in range(3)]
    stage.pass_time(3 * A_DAY)
    for kind in ("balance_transactions", "refunds", "payouts"):
        stage.site.sandbox.fault("error_before", path=f"/v1/{kind}", times=20)
        with pytest.raises(PaymentsUnavailable):
            reconciling.repair(stage.context, mails=Mails.NONE)
        stage.site.heal()
    assert reconciling.repair(stage.context, mails=Mails.NONE).is_clean
    stage.agrees_with_the_truth(gifts)


class Killed(BaseException):
    """As sudden as a power cut."""


@pytest.mark.faults
@pytest.mark.parametrize("after_steps", [1, 4, 8, 12])
def test_a_repair_that_was_killed_is_finished_by_the_next(
    stage: ReconciliationScenario, monkeypatch: pytest.MonkeyPatch, after_steps: int
) -> None:
    campaign = stage.site.campaign()
    gifts = [stage.gift(campaign=campaign) for _ in range(2)]
    stage.pass_time(10)
    stage.refund(gifts[0], 5_00)
    stage.pass_time(3 * A_DAY)
    steps, renew = count(1), ActiveLease.renew

    def killed_at_last(lease: ActiveLease) -> None:
        renew(lease)
        if next(steps) == after_steps:
            raise Killed

    monkeypatch.setattr(ActiveLease, "renew", killed_at_last)
    with pytest.raises(Killed):
        reconciling.repair(stage.context, mails=Mails.NONE)
    assert reconciling.repair(stage.context, mails=Mails.NONE).is_clean
    stage.agrees_with_the_truth(gifts)
    assert all(payout.reconciled_at for payout in stage.payouts())


def test_a_repair_cut_off_in_the_middle_of_a_list_leaves_no_hole(
    stage: ReconciliationScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest movements are listed and stored first: their presence says nothing about the older ones."""
    campaign = stage.site.campaign()
    gifts = [stage.gift(campaign=campaign)]
    stage.pass_time(6 * A_DAY)
    gifts.append(stage.gift(campaign=campaign))
    stage.pass_time(60)
    note, noted = provider_transactions.store, count(1)

    def cut_off(session: Session, facts: Iterable[TransactionFacts], *, payout_id: int | None = None) -> int:
        if next(noted) == 2:
            raise Killed
        return note(session, facts, payout_id=payout_id)

    monkeypatch.setattr(comparison, "CHUNK", 1)
    monkeypatch.setattr(provider_transactions, "store", cut_off)
    with pytest.raises(Killed):
        reconciling.repair(stage.context, mails=Mails.NONE)
    assert len(stage.transactions()) == 1
    assert reconciling.repair(stage.context, mails=Mails.NONE).is_clean
    charges = {row.payment_id for row in stage.transactions() if row.category == "charge"}
    assert charges == {stage.payment_of(gift) for gift in gifts}


def test_of_two_repairs_at_the_same_instant_one_is_done(stage: ReconciliationScenario) -> None:
    gift = stage.gift(campaign=stage.site.campaign())
    stage.pass_time(3600)
    together = Barrier(2)

    def one_of_two() -> bool:
        with stage.site.app.app_context():
            together.wait()
            return reconciling.repair_hourly(stage.context) is not None

    with ThreadPoolExecutor(2) as machines:
        done = [machines.submit(one_of_two) for _ in range(2)]
    assert sorted(run.result() for run in done) == [False, True]
    db.session.rollback()
    stage.agrees_with_the_truth([gift])
    assert stage.mails() == [("receipt", "queued")]
