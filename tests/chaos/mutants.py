"""Runs a program of the product, perhaps with a bug put in on purpose: a judge that finds none of them is no judge.

`python -m tests.chaos.mutants MUTANT web PORT PROCESSES` or `… MUTANT worker`; an empty name changes nothing.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]


def _forgets_what_it_could_not_do() -> None:
    """As most code bases do: the event is answered, its handling fails, and that was that."""
    from campaign.database import transaction
    from campaign.domain.provider_events import EventState
    from campaign.services.queues import inbox

    def forget(event: Any, _reason: str, _error: str, *, clock: Any) -> None:
        with transaction() as session:
            inbox.complete(session, event, EventState.PROCESSED, at=clock.now())

    patch.object(inbox, "reschedule", forget).start()


def _takes_unpaid_for_paid() -> None:
    """A page that is complete counts as paid, although the bank has days to say no."""
    from campaign.domain.donation import Fact
    from campaign.gateways import stripe_facts

    right: Any = stripe_facts._fact

    def hasty(session: Any, intent: Any) -> Any:
        return Fact.PAID if session["status"] == "complete" else right(session, intent)

    patch.object(stripe_facts, "_fact", hasty).start()


def _knows_its_own_refunds_alone() -> None:
    """What is refunded in the provider's dashboard carries no number of ours, and is passed over."""
    from campaign.domain import settling

    right: Any = vars(settling)["settle_refunds"]

    def selfish(gift: Any, reported: Any, known: Any, **more: Any) -> Any:
        return right(gift, [facts for facts in reported if facts.request_id], known, **more)

    patch.object(settling, "settle_refunds", selfish).start()


def _takes_the_fee_for_income() -> None:
    """The fee's sign is wrong, in all of its lines, so that the entry still balances."""
    from dataclasses import replace

    from campaign.gateways import stripe_facts

    right: Any = stripe_facts._moved

    def wrong(transaction: Any, *, sign: int) -> Any:
        changed = right(transaction, sign=sign)
        return replace(changed, fee=-changed.fee)

    patch.object(stripe_facts, "_moved", wrong).start()


def _tells_twice() -> None:
    """Mails have no key, so that each delivery of an event sends one more."""
    from dataclasses import replace
    from uuid import uuid4

    from campaign.services.gifts import gift_receipts

    right: Any = vars(gift_receipts)["enqueue"]

    def keyless(session: Any, mail: Any, **more: Any) -> Any:
        right(session, replace(mail, key=uuid4().hex), **more)
        return right(session, replace(mail, key=uuid4().hex), **more)

    patch.object(gift_receipts, "enqueue", keyless).start()


def _books_a_dispute_at_every_event() -> None:
    """The money of a dispute leaves with each event about it, not once by its balance transaction."""
    from dataclasses import replace
    from uuid import uuid4

    from campaign.domain import postings

    right: Any = postings.dispute_opened

    def again(**about: Any) -> Any:
        return replace(right(**about), source=f"event:{uuid4().hex}")

    patch.object(postings, "dispute_opened", again).start()


MUTANTS: dict[str, Callable[[], None]] = {
    "forgets_what_it_could_not_do": _forgets_what_it_could_not_do,
    "takes_unpaid_for_paid": _takes_unpaid_for_paid,
    "knows_its_own_refunds_alone": _knows_its_own_refunds_alone,
    "takes_the_fee_for_income": _takes_the_fee_for_income,
    "tells_twice": _tells_twice,
    "books_a_dispute_at_every_event": _books_a_dispute_at_every_event,
}


def main() -> None:
    mutant, program, *options = sys.argv[1:]
    if mutant:
        MUTANTS[mutant]()
    if program == "web":
        _serve(*options)
    from flask.cli import main as flask

    sys.argv = ["flask", "--app", str(ROOT / "wsgi"), "jobs", "run"]
    flask()


def _serve(port: str, processes: str) -> None:
    """The web server of `make run`; no mutant lives in it, for it only stores events."""
    os.execv(  # noqa: S606  # nothing of it comes from outside
        sys.executable,
        [
            *(sys.executable, "-m", "web_server", "--interface", "wsgi", "--no-ws", "--log-level", "error"),
            *("--host", "127.0.0.1", "--port", port, "--workers", processes, "--respawn-failed-workers"),
            *("--workers-kill-timeout", "4", "--blocking-threads", "8", "wsgi:app"),
        ],
    )


if __name__ == "__main__":
    main()
