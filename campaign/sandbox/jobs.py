"""Planned jobs, run when they are due: in the order of time, then of planning."""

from collections.abc import Callable
from typing import Final

from campaign.sandbox.balance import payouts, transactions
from campaign.sandbox.billing import collecting, renewing, subscriptions, test_clocks
from campaign.sandbox.catalogue import means
from campaign.sandbox.catalogue.cards import Card
from campaign.sandbox.checkout import delayed, foreign, sessions
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import charges, disputes, fraud_warnings, refunds


def _expire_session(box: Box, session_id: str) -> None:
    session = sessions.retrieve(box, session_id)
    if session["status"] == "open":
        sessions.close(box, session)


def _dispute_charge(box: Box, charge_id: str) -> None:
    charge = charges.retrieve(box, charge_id)
    given = means.of_object(box, charge)
    if given.dispute and disputes.unclaimed_minor(box, charge) > 0:  # else the payer has had it all already
        disputes.open_on(box, charge, reason=given.dispute, inquiry=isinstance(given, Card) and given.inquiry)


def _advance_clock(box: Box, clock_id: str) -> None:
    clock = box.store.find(clock_id)
    if clock is None:
        return
    target = clock["status_details"]["advancing"]["target_frozen_time"]
    while (job := _next_job(box, "clock = ? AND due <= ?", (clock_id, target))) is not None:
        with box.on_test_clock(clock_id, job["due"]):
            _JOBS[job["name"]](box, job["object_id"])
    test_clocks.arrive(box, clock_id)


def _next_job(box: Box, where: str, values: tuple[object, ...]) -> Json | None:
    rows = box.store.rows(f"SELECT * FROM jobs WHERE {where} ORDER BY due, id LIMIT 1", values)  # noqa: S608
    if not rows:
        return None
    box.store.run("DELETE FROM jobs WHERE id = ?", (rows[0]["id"],))
    return dict(rows[0])


_JOBS: Final[dict[str, Callable[[Box, str], object]]] = {
    "advance_clock": _advance_clock,
    "renew_subscription": renewing.renew,
    "expire_incomplete": renewing.expire_incomplete,
    "resume_collection": subscriptions.resume,
    "finalize_invoice": collecting.finalize_due,
    "retry_invoice": collecting.retry_due,
    "expire_session": _expire_session,
    "settle_charge": charges.settle,
    "dispute_charge": _dispute_charge,
    "judge_dispute": disputes.judge,
    "dispute_due": disputes.fall_due,
    "warn_of_fraud": fraud_warnings.warn,
    "finish_bank_payment": delayed.finish,
    "release_funds": transactions.release,
    "pay_foreign": foreign.pay,
    "pay_out": payouts.run,
    "land_payout": payouts.land,
    "reconcile_payout": payouts.reconcile,
    "fail_payout": payouts.fail,
    "trace_refund": refunds.trace,
    "finish_refund": refunds.finish,
    "fail_refund": refunds.fail,
}


def run_due(box: Box) -> int:
    """Run everything that is due by the stand-in's clock; return the number of jobs."""
    done = 0
    while True:
        with box.store.transaction():
            job = _next_job(box, "clock IS NULL AND due <= ?", (box.clock.precise(),))
            if job is None:
                return done
            with box.clock.at(job["due"]):
                _JOBS[job["name"]](box, job["object_id"])
        done += 1
