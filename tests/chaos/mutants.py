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
    from campaign.services import webhook_inbox

    def forget(event: Any, _state: str, _error: str, *, clock: Any) -> None:
        with transaction() as session:
            webhook_inbox.mark_done(session, event.id, "processed", at=clock.now())

    patch.object(webhook_inbox, "put_back", forget).start()


def _adds_refunds_up() -> None:
    """The total is added to at every event, instead of being computed from the refunds."""
    from campaign.services import applying

    right: Any = applying._apply_refund

    def adding(session: Any, gift: Any, refund: Any, **more: Any) -> Any:
        is_new = right(session, gift, refund, **more)
        gift.changes["refunded_minor"] = gift.now("refunded_minor") + refund.amount.minor
        return is_new

    patch.object(applying, "_apply_refund", adding).start()


def _believes_the_older_answer() -> None:
    """An answer is applied although another was applied since it was asked for, as if it were the newest."""
    from campaign.services import settlement

    patch.object(settlement, "_is_unmoved", lambda _gift, _seen: True).start()


def _takes_the_fee_for_income() -> None:
    """The fee's sign is wrong, in both of its lines, so that the entry still balances."""
    from dataclasses import replace

    from campaign.gateways import stripe_facts

    right = stripe_facts.settled

    def wrong(transaction: Any, **how: Any) -> Any:
        found = right(transaction, **how)
        return found and replace(found, fee=-found.fee)

    patch.object(stripe_facts, "settled", wrong).start()


def _tells_twice() -> None:
    """Mails have no key, so that the same thing is told as often as it is heard."""
    from dataclasses import replace
    from uuid import uuid4

    from campaign.services import gift_papers

    right: Any = vars(gift_papers)["enqueue"]

    def keyless(session: Any, letter: Any, **more: Any) -> Any:
        for _ in range(2):
            right(session, replace(letter, key=uuid4().hex), **more)

    patch.object(gift_papers, "enqueue", keyless).start()


def _takes_an_event_out_when_it_begins() -> None:
    """The event is gone from the inbox before its work is done: whoever is killed in between loses it."""
    from campaign.database import transaction
    from campaign.services import webhook_inbox

    right = webhook_inbox.take_next

    def taking(*, clock: Any) -> Any:
        event = right(clock=clock)
        if event is not None:
            with transaction() as session:
                webhook_inbox.mark_done(session, event.id, "processed", at=clock.now())
        return event

    patch.object(webhook_inbox, "take_next", taking).start()


MUTANTS: dict[str, Callable[[], None]] = {
    "forgets_what_it_could_not_do": _forgets_what_it_could_not_do,
    "adds_refunds_up": _adds_refunds_up,
    "believes_the_older_answer": _believes_the_older_answer,
    "takes_the_fee_for_income": _takes_the_fee_for_income,
    "tells_twice": _tells_twice,
    "takes_an_event_out_when_it_begins": _takes_an_event_out_when_it_begins,
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
    """The web server of `make run`; no mutant lives in it, for it only writes down what is told."""
    os.execv(  # noqa: S606  # nothing of it comes from outside
        sys.executable,
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error"),
            *("--host", "127.0.0.1", "--port", port, "--workers", processes, "--respawn-failed-workers"),
            *("--workers-kill-timeout", "4", "--blocking-threads", "8", "wsgi:app"),
        ],
    )


if __name__ == "__main__":
    main()
