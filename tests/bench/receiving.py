"""The webhook's answer: signature checked and event stored durably, beside a bare Flask view that stores the same row."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import median

from tests.bench.client import closed_loop, post
from tests.bench.installation import WEBHOOK_SECRET, Installation, copy_of
from tests.bench.processes import Server, free_port, granian
from tests.bench.results import Row, at_least, flat

CONNECTIONS = 8
ROUNDS, ROUNDS_QUICK = 5, 2
ROUND_SECONDS, ROUND_SECONDS_QUICK = 1.5, 0.8
PREPARED_PER_SECOND = 8000
"""More deliveries than a server takes: they are made and signed before the clock runs."""
PADDING = "x" * 1500
"""An event of Stripe's is about two kilobytes long."""
_numbers = count(1)


def receiving(folder: Path, installations: dict[int, Installation], *, quick: bool) -> list[Row]:
    """Rows at each size, ours and the bare view in turn, each on a copy of the same database."""
    rows: list[Row] = []
    costs: dict[int, float] = {}
    for gifts, template in installations.items():
        ours, limit = _beside_the_bare_view(folder / str(gifts), template, quick=quick)
        what = f"webhook's answer, {gifts:,} gifts"
        rows.append(at_least(f"{what}, by the clock", ours[0], limit[0], aim=0.6, unit="/s"))
        rows.append(at_least(f"{what}, by server CPU", ours[1], limit[1], aim=0.6, unit="/CPU s"))
        costs[gifts] = limit[1] / ours[1]
    fewest, most = min(costs), max(costs)
    rows.append(
        flat(f"webhook: cost at {most:,} gifts vs fewest", costs[most], costs[fewest], within=1.25, unit="× bare")
    )
    return rows


def _beside_the_bare_view(
    folder: Path, template: Installation, *, quick: bool
) -> tuple[tuple[float, float], tuple[float, float]]:
    made, hand = copy_of(template, folder / "ours"), copy_of(template, folder / "by hand")
    port, bare_port = free_port(), free_port()
    with (
        granian(
            "wsgi:app", folder=made.folder, environment=made.environment(port=port, provider_port=1), port=port
        ) as server,
        granian(
            "tests.bench.bare_inbox:app",
            folder=hand.folder,
            environment={"DATABASE": str(hand.folder / "kurak.sqlite")},
            port=bare_port,
        ) as bare,
    ):
        return turns(server, bare, quick=quick)


def turns(server: Server, bare: Server, *, quick: bool) -> tuple[tuple[float, float], tuple[float, float]]:
    """Answers by the clock and by the server's CPU, of ours and of the bare view: the middle of several turns."""
    rounds, seconds = (ROUNDS_QUICK, ROUND_SECONDS_QUICK) if quick else (ROUNDS, ROUND_SECONDS)
    ours: list[tuple[float, float]] = []
    limit: list[tuple[float, float]] = []
    for number in range(rounds + 1):
        for target, rates in ((server, ours), (bare, limit)):
            rate = _rate(target, seconds=seconds)
            if number:
                rates.append(rate)
    return _middle(ours), _middle(limit)


def _rate(server: Server, *, seconds: float) -> tuple[float, float]:
    """Answers by the clock, and by the second of the server's own CPU."""
    deliveries = list(_deliveries(int(PREPARED_PER_SECOND * seconds)))
    before = server.cpu_seconds()
    measured = closed_loop(server.port, deliveries.pop, connections=CONNECTIONS, seconds=seconds).require(200)
    return measured.per_second, sum(measured.statuses.values()) / (server.cpu_seconds() - before)


def _middle(rates: list[tuple[float, float]]) -> tuple[float, float]:
    return median(rate[0] for rate in rates), median(rate[1] for rate in rates)


def _deliveries(how_many: int) -> Iterator[bytes]:
    at = int(time.time())
    for number in (next(_numbers) for _ in range(how_many)):
        body = json.dumps(
            {
                "id": f"evt_delivery{number}",
                "object": "event",
                "api_version": "2026-10-28.endive",
                "created": at,
                "data": {
                    "object": {"id": f"cs_test_delivery{number}", "object": "checkout.session", "padding": PADDING}
                },
                "livemode": False,
                "type": "checkout.session.completed",
            }
        ).encode("ascii")
        yield post(
            "/webhooks/stripe",
            body,
            headers=f"Content-Type: application/json\r\nStripe-Signature: {_signed(body, at)}\r\n",
        )


def _signed(body: bytes, at: int) -> str:
    """As Stripe signs: the moment and the body, under the endpoint's secret."""
    digest = hmac.new(WEBHOOK_SECRET.encode("ascii"), f"{at}.".encode("ascii") + body, hashlib.sha256)
    return f"t={at},v1={digest.hexdigest()}"
