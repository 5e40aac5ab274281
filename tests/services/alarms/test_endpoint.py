"""Each fault of the provider's endpoint rings its own alarm, and the provider is queried a few times an hour."""

from dataclasses import replace

import pytest

from campaign.domain.provider_events import event_types
from campaign.gateways.payments import PaymentsUnavailable
from campaign.gateways.webhook_endpoints import Endpoint, NoEndpoints
from campaign.services.alarms import watching
from campaign.services.alarms.words import describe_alarm
from tests.services.engine import Engine

ADDRESSES = ("https://give.example/webhooks/stripe",)


class Endpoints(NoEndpoints):
    """An account with one endpoint, or one that does not answer."""

    api_version = "2026-10-28.endive"  # type: ignore[assignment]  # the one without a key has none

    def __init__(self, endpoint: Endpoint | None, *, is_down: bool = False) -> None:
        self.endpoint, self.is_down, self.requests = endpoint, is_down, 0

    def all(self) -> tuple[Endpoint, ...]:
        self.requests += 1
        if self.is_down:
            raise PaymentsUnavailable("Stripe does not answer")
        return (self.endpoint,) if self.endpoint else ()


RIGHT = Endpoint(
    id="we_1", url=ADDRESSES[0], api_version="2026-10-28.endive", types=event_types(), is_enabled=True, is_marked=True
)


class TestTheEndpoint:
    """What the look at the provider's endpoint brings."""

    @pytest.mark.parametrize(
        ("endpoint", "rung"),
        [
            (RIGHT, []),
            (None, ["endpoint_missing"]),
            (replace(RIGHT, is_enabled=False), ["endpoint_disabled"]),
            (replace(RIGHT, types=frozenset({"charge.updated"})), ["endpoint_types"]),
            (replace(RIGHT, api_version="2025-03-31.basil"), ["endpoint_version"]),
            (replace(RIGHT, url="https://old.example/webhooks/stripe"), ["endpoint_url"]),
        ],
    )
    def test_each_fault_rings_its_own_alarm(self, engine: Engine, endpoint: Endpoint | None, rung: list[str]) -> None:
        watching.note_endpoint(ADDRESSES, context=replace(engine.context, endpoints=Endpoints(endpoint)))
        alarms = watching.ringing_now(takes_cards=True, clock=engine.clock)
        assert [alarm.key for alarm in alarms] == rung
        with engine.app.test_request_context():
            assert all(describe_alarm(alarm).sentence for alarm in alarms)

    def test_the_provider_is_queried_a_few_times_an_hour(self, engine: Engine) -> None:
        endpoints = Endpoints(RIGHT)
        for _ in range(12):
            watching.note_endpoint(ADDRESSES, context=replace(engine.context, endpoints=endpoints))
            engine.clock.advance(minutes=5)
        assert endpoints.requests == 4

    def test_a_provider_that_is_down_keeps_what_was_known(self, engine: Engine) -> None:
        watching.note_endpoint(
            ADDRESSES, context=replace(engine.context, endpoints=Endpoints(replace(RIGHT, is_enabled=False)))
        )
        engine.clock.advance(hours=1)
        watching.note_endpoint(ADDRESSES, context=replace(engine.context, endpoints=Endpoints(None, is_down=True)))
        alarms = watching.ringing_now(takes_cards=True, clock=engine.clock)
        assert [alarm.key for alarm in alarms] == ["endpoint_disabled"]
        engine.clock.advance(hours=7)
        watching.note_endpoint(ADDRESSES, context=replace(engine.context, endpoints=Endpoints(None, is_down=True)))
        rung = [alarm.key for alarm in watching.ringing_now(takes_cards=True, clock=engine.clock)]
        assert rung == ["endpoint_disabled", "endpoint_unseen"]

    def test_without_a_key_nobody_is_queried(self, engine: Engine) -> None:
        watching.note_endpoint(ADDRESSES, context=replace(engine.context, endpoints=NoEndpoints()))
        assert watching.ringing_now(takes_cards=False, clock=engine.clock) == []
