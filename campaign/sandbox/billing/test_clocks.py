"""Test clocks: a time of their own for some customers, which stands still until it is advanced."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from campaign.sandbox.billing import subscription_items
from campaign.sandbox.billing.periods import next_end
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import EXPAND, Group, Text, Whole, list_params

KIND: Final = "test_helpers.test_clock"
CREATE = Group({**EXPAND, "frozen_time": Whole(), "name": Text(300)}, required=("frozen_time",))
ADVANCE = Group({**EXPAND, "frozen_time": Whole()}, required=("frozen_time",))
LIST = list_params()
_LIFETIME_SECONDS: Final = 30 * 86_400


def create(box: Box, params: Json) -> Json:
    """Make a clock that shows the given time."""
    clock = box.save(
        {
            "id": box.new_id("clock_1"),
            "object": KIND,
            "created": box.now(),
            "deletes_after": box.now() + _LIFETIME_SECONDS,
            "frozen_time": params["frozen_time"],
            "livemode": False,
            "name": params.get("name"),
            "status": "ready",
            "status_details": {},
        }
    )
    box.tell(f"{KIND}.created", clock)
    return clock


@contextmanager
def time_of(box: Box, customer_id: str | None) -> Iterator[None]:
    """Run everything inside at the time of this customer."""
    customer = box.store.find(customer_id or "") or {}
    clock_id = customer.get("test_clock")
    if clock_id is None or box.test_clock:
        yield
        return
    with box.on_test_clock(clock_id, retrieve(box, clock_id)["frozen_time"]):
        yield


def advance(box: Box, params: Json, clock_id: str) -> Json:
    """Start to move a clock forward; what falls due on the way happens next, then the clock is ready again."""
    clock, target = retrieve(box, clock_id), params["frozen_time"]
    if clock["status"] != "ready":
        raise Refused("This test clock is still advancing.", status=429, code="test_clock_not_ready")
    if target <= clock["frozen_time"]:
        raise Refused("The new frozen time must be later than the current one.", param="frozen_time")
    if target > _furthest(box, clock):
        raise Refused(
            "You cannot advance a test clock more than two intervals from its current frozen time, by the shortest"
            " subscription that is on it.",
            param="frozen_time",
        )
    clock.update(status="advancing", status_details={"advancing": {"target_frozen_time": target}})
    box.save(clock)
    box.tell(f"{KIND}.advancing", clock)
    box.later("advance_clock", clock_id, due=box.clock.precise())
    return clock


def _furthest(box: Box, clock: Json) -> int:
    at = clock["frozen_time"]
    intervals = [subscription_items.recurring(one) for one in box.store.all("subscription", test_clock=clock["id"])]
    ends = [next_end(at, next_end(at, at, recurring), recurring) for recurring in intervals]
    return min(ends, default=at + 2 * 366 * 86_400)


def arrive(box: Box, clock_id: str) -> None:
    """Show the new time, now that everything due until then is done."""
    clock = retrieve(box, clock_id)
    clock["frozen_time"] = clock["status_details"]["advancing"]["target_frozen_time"]
    clock.update(status="ready", status_details={})
    box.save(clock)
    box.tell(f"{KIND}.ready", clock)


def retrieve(box: Box, clock_id: str) -> Json:
    """Return the clock."""
    return box.get(KIND, clock_id)


def delete(box: Box, clock_id: str) -> Json:
    """Delete a clock together with its customers."""
    retrieve(box, clock_id)
    for kind in ("subscription", "customer"):
        for one in box.store.all(kind, test_clock=clock_id):
            box.store.remove(one["id"])
    box.store.run("DELETE FROM jobs WHERE clock = ?", (clock_id,))
    box.store.remove(clock_id)
    return {"id": clock_id, "object": KIND, "deleted": True}


def list_all(box: Box, params: Json) -> Json:
    """List clocks, newest first."""
    return page_of(box, KIND, params, url="/v1/test_helpers/test_clocks")
