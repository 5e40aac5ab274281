"""What every resource works with: objects, ids, time, events and planned jobs."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from campaign.sandbox.core.clock import OffsetClock
from campaign.sandbox.core.errors import no_such
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.core.settings import API_VERSION, Settings
from campaign.sandbox.core.store import Store

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_DAY_SECONDS = 86_400


class Box:
    """One account of the stand-in: its rows, its clock and its rules."""

    def __init__(self, settings: Settings) -> None:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.store = Store(settings.state_dir / "sandbox.sqlite", survives_power_cut=settings.survives_power_cut)
        self.clock = OffsetClock(int(self.store.meta("clock_offset_seconds", "0") or 0))
        self.api_key = self._setting("api_key", f"sk_test_sandbox_{secrets.token_hex(16)}")
        self.webhook_secret = self._setting("webhook_secret", f"whsec_{secrets.token_hex(24)}")
        self.page_secret = self._setting("page_secret", secrets.token_hex(32))
        self.seed = settings.seed or self._setting("seed", secrets.token_hex(16))
        # The API call in progress; Stripe names it in the events that it causes.
        self.request: Json = {"id": None, "idempotency_key": None}
        # Set by the sandbox: the box knows nothing of deliveries.
        self.on_event: Callable[[Json], None] = lambda _event: None
        # The current test clock, if any.
        self.test_clock: str | None = None
        self.started = int(self._setting("started", str(self.clock.now())))
        self._write_ahead()

    def _setting(self, name: str, fresh: str) -> str:
        with self.store.transaction():
            value = self.store.meta(name)
            if value is None:
                self.store.set_meta(name, fresh)
            return value or fresh

    def now(self) -> int:
        """Return the stand-in's time in whole seconds since 1970."""
        return self.clock.now()

    def days(self) -> int:
        """Return the whole days since the first start: the day of the exchange rates."""
        return max(0, (self.now() - self.started) // _DAY_SECONDS)

    def advance(self, seconds: int) -> None:
        """Move the clock forward for good; of two at the same time, one waits for the other."""
        with self.store.transaction():
            self.clock.offset_seconds += seconds
            self.store.set_meta("clock_offset_seconds", str(self.clock.offset_seconds))
            self._write_ahead()

    def _write_ahead(self) -> None:
        """Write in one step how far the clock is ahead of the machine's, for other processes."""
        draft = self.settings.state_dir / "ahead_seconds.new"
        draft.write_text(str(self.clock.offset_seconds), encoding="ascii")
        draft.replace(self.settings.state_dir / "ahead_seconds")

    def rewind(self, seconds: int) -> None:
        """Move the first start back, so that a demonstration can have a past; only before anything has happened."""
        if self.store.all("checkout.session"):
            raise ValueError("time goes forward only once something has happened")
        self.advance(-seconds)
        self.started = self.now()
        self.store.set_meta("started", str(self.started))

    def new_id(self, prefix: str, length: int = 24) -> str:
        """Return a fresh id; the same seed and the same history give the same ids."""
        with self.store.transaction():
            number = int(self.store.meta("id_number", "0") or 0) + 1
            self.store.set_meta("id_number", str(number))
        digest = hmac.new(self.seed.encode(), f"{prefix}{number}".encode(), hashlib.sha512).digest()
        return prefix + "".join(_ALPHABET[byte % 62] for byte in digest[:length])

    def get(self, kind: str, object_id: str, *, param: str = "id") -> Json:
        """Return the object of this kind.

        Raises:
            Refused: there is none; Stripe's `resource_missing`.
        """
        match = self.store.find(object_id)
        if match is None or match["object"] != kind:
            raise no_such(kind.replace(".", " "), object_id, param=param)
        return match

    def save(self, body: Json, hidden: Json | None = None) -> Json:
        """Save an object and return it."""
        self.store.put(body, hidden)
        return body

    def remember(self, object_id: str, **facts: object) -> None:
        """Store facts about an object that the API does not show, besides those stored already."""
        match = self.store.find(object_id)
        if match is not None:
            self.store.put(match, {**self.store.hidden(object_id), **facts})

    def later(self, name: str, object_id: str, *, due: float) -> None:
        """Plan a named job for an object once the clock has reached `due`.

        With a test clock the delay is the same in real time: a bank settles while that clock stands still.
        """
        if self.test_clock:
            due += self.clock.unpinned() - self.clock.precise()
        self.store.run("INSERT INTO jobs (due, name, object_id) VALUES (?, ?, ?)", (due, name, object_id))

    def later_in_its_time(self, name: str, object_id: str, *, due: float) -> None:
        """Plan a named job once the time of the customer, which may be that of a test clock, has reached `due`."""
        self.store.run(
            "INSERT INTO jobs (due, name, object_id, clock) VALUES (?, ?, ?, ?)",
            (due, name, object_id, self.test_clock),
        )

    @contextmanager
    def on_test_clock(self, clock_id: str, moment: float) -> Iterator[None]:
        """Run everything inside at `moment` of this test clock."""
        self.test_clock = clock_id
        try:
            with self.clock.at(moment):
                yield
        finally:
            self.test_clock = None

    def tell(self, event_type: str, subject: Json, previous: Json | None = None) -> Json:
        """Record an event with a copy of its object, and plan its deliveries."""
        data: Json = {"object": subject}
        if previous is not None:
            data["previous_attributes"] = previous
        event: Json = {
            "id": self.new_id("evt_1"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": json.loads(json.dumps(data)),
            "livemode": False,
            "pending_webhooks": 0,
            "request": dict(self.request),
            "type": event_type,
        }
        self.save(event)
        self.on_event(event)
        return event
