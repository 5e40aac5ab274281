"""What happens by itself when the time comes: in the order of time, then of planning."""

from collections.abc import Callable
from typing import Final

from campaign.sandbox import balance, charges, delayed, disputes, fraud_warnings, means, payouts, refunds, sessions
from campaign.sandbox.box import Box
from campaign.sandbox.cards import Card


def _expire_session(box: Box, session_id: str) -> None:
    session = sessions.retrieve(box, session_id)
    if session["status"] == "open":
        sessions.close(box, session)


def _dispute_charge(box: Box, charge_id: str) -> None:
    charge = charges.retrieve(box, charge_id)
    given = means.of_object(box, charge)
    if given.dispute and not charge["refunded"]:
        disputes.open_on(box, charge, reason=given.dispute, inquiry=isinstance(given, Card) and given.inquiry)


_JOBS: Final[dict[str, Callable[[Box, str], object]]] = {
    "expire_session": _expire_session,
    "settle_charge": charges.settle,
    "dispute_charge": _dispute_charge,
    "judge_dispute": disputes.judge,
    "dispute_due": disputes.fall_due,
    "warn_of_fraud": fraud_warnings.warn,
    "finish_bank_payment": delayed.finish,
    "release_funds": balance.release,
    "pay_out": payouts.run,
    "land_payout": payouts.land,
    "reconcile_payout": payouts.reconcile,
    "fail_payout": payouts.fail,
    "trace_refund": refunds.trace,
    "finish_refund": refunds.finish,
    "fail_refund": refunds.fail,
}


def run_due(box: Box) -> int:
    """Do everything that is due by the stand-in's clock; how many jobs that were."""
    done = 0
    while True:
        with box.store.transaction():
            rows = box.store.rows(
                "SELECT * FROM jobs WHERE due <= ? ORDER BY due, id LIMIT 1",
                (box.clock.precise(),),
            )
            if not rows:
                return done
            box.store.run("DELETE FROM jobs WHERE id = ?", (rows[0]["id"],))
            with box.clock.at(rows[0]["due"]):
                _JOBS[rows[0]["name"]](box, rows[0]["object_id"])
        done += 1
