"""The webhook endpoint at the provider: made, corrected, replaced and judged through the official library."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from campaign import create_app
from campaign.domain.provider_events import HANDLED_EVENTS, event_types, is_handled, split_event_type
from campaign.gateways.stripe_client import API_VERSION, StripeClient
from campaign.gateways.stripe_endpoints import StripeEndpoints
from campaign.sandbox.core.settings import OLD_API_VERSION, SUBSCRIBED_EVENTS
from campaign.services.inbox.endpoint import (
    NothingToRetire,
    check_endpoint,
    own_addresses,
    retire_older,
    set_up_endpoint,
)
from tests.sandbox.running import RunningSandbox, running_sandbox
from tests.support.databases import config_for

ADDRESSES = ("http://127.0.0.1:8310/webhooks/stripe",)
MOVED = ("http://127.0.0.1:8311/webhooks/stripe",)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[RunningSandbox]:
    """An account without any endpoint."""
    with running_sandbox(tmp_path / "sandbox") as running:
        for endpoint in StripeEndpoints(client_of(running)).all():
            StripeEndpoints(client_of(running)).remove(endpoint.id)
        yield running


@pytest.fixture
def endpoints(sandbox: RunningSandbox) -> StripeEndpoints:
    return StripeEndpoints(client_of(sandbox))


def client_of(sandbox: RunningSandbox) -> StripeClient:
    return StripeClient(sandbox.api_key, api_base=sandbox.api_base)


def old_version(sandbox: RunningSandbox) -> str:
    """An endpoint for our address in a version that we do not read; its id."""
    made = sandbox.client().v1.webhook_endpoints.create(
        {"url": ADDRESSES[0], "enabled_events": ["*"], "api_version": OLD_API_VERSION}  # type: ignore[typeddict-item]  # the library knows today's versions only
    )
    return made.id


def test_the_types_are_those_that_the_product_handles() -> None:
    handled = {(kind, act) for kind, acts in HANDLED_EVENTS.items() for act in acts}
    assert {split_event_type(name) for name in event_types()} == handled
    assert all(is_handled(name) for name in event_types())
    assert not any(is_handled(name) for name in ("invoice.created", "payout.canceled", "charge", ""))


def test_the_sandbox_sends_what_the_product_acts_upon() -> None:
    assert event_types() <= set(SUBSCRIBED_EVENTS)


def test_the_event_that_would_hold_up_every_invoice_is_not_subscribed() -> None:
    assert "invoice.created" not in event_types()


def test_an_account_without_an_endpoint_gets_one_that_is_right(endpoints: StripeEndpoints) -> None:
    assert check_endpoint(endpoints, ADDRESSES).faults == ("missing",)
    done = set_up_endpoint(endpoints, ADDRESSES)
    assert done.made
    assert done.made.secret.startswith("whsec_")
    assert done.made.secret not in repr(done)
    check = check_endpoint(endpoints, ADDRESSES)
    assert check.faults == ()
    assert check.endpoint
    assert (check.endpoint.types, check.endpoint.api_version) == (event_types(), API_VERSION)


def test_what_is_right_is_left_alone(endpoints: StripeEndpoints) -> None:
    set_up_endpoint(endpoints, ADDRESSES)
    assert set_up_endpoint(endpoints, ADDRESSES).act == "nothing"
    assert len(endpoints.all()) == 1


def test_a_dry_run_changes_nothing(endpoints: StripeEndpoints) -> None:
    assert set_up_endpoint(endpoints, ADDRESSES, is_dry_run=True).act == "make"
    assert endpoints.all() == ()


def test_an_endpoint_that_is_off_or_lacks_types_is_corrected(
    sandbox: RunningSandbox, endpoints: StripeEndpoints
) -> None:
    set_up_endpoint(endpoints, ADDRESSES)
    [made] = endpoints.all()
    sandbox.client().v1.webhook_endpoints.update(made.id, {"disabled": True, "enabled_events": ["charge.updated"]})
    check = check_endpoint(endpoints, ADDRESSES)
    assert check.faults == ("disabled", "types")
    assert "checkout.session.completed" in check.lacking
    assert set_up_endpoint(endpoints, ADDRESSES).act == "correct"
    assert check_endpoint(endpoints, ADDRESSES).faults == ()


def test_types_that_nobody_reads_are_taken_away(sandbox: RunningSandbox, endpoints: StripeEndpoints) -> None:
    set_up_endpoint(endpoints, ADDRESSES)
    [made] = endpoints.all()
    sandbox.client().v1.webhook_endpoints.update(made.id, {"enabled_events": ["*"]})
    assert check_endpoint(endpoints, ADDRESSES).faults == ()
    assert set_up_endpoint(endpoints, ADDRESSES).act == "correct"
    assert endpoints.all()[0].types == event_types()


def test_our_endpoint_is_known_again_when_the_site_has_moved(endpoints: StripeEndpoints) -> None:
    set_up_endpoint(endpoints, ADDRESSES)
    assert check_endpoint(endpoints, MOVED).faults == ("url",)
    set_up_endpoint(endpoints, MOVED)
    assert [registered.url for registered in endpoints.all()] == [MOVED[0]]


def test_another_integrations_endpoint_is_not_ours(sandbox: RunningSandbox, endpoints: StripeEndpoints) -> None:
    theirs = sandbox.client().v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9999/other", "enabled_events": ["charge.refunded"]}
    )
    set_up_endpoint(endpoints, ADDRESSES)
    assert theirs.id in {registered.id for registered in endpoints.all()}
    assert sandbox.client().v1.webhook_endpoints.retrieve(theirs.id).enabled_events == ["charge.refunded"]


def test_another_version_gets_a_new_endpoint_beside_it_that_retires_it(
    sandbox: RunningSandbox, endpoints: StripeEndpoints
) -> None:
    old = old_version(sandbox)
    assert check_endpoint(endpoints, ADDRESSES).faults == ("version",)
    done = set_up_endpoint(endpoints, ADDRESSES)
    assert done.act == "beside"
    assert done.made
    check = check_endpoint(endpoints, ADDRESSES)
    assert check.faults == ()
    assert [registered.id for registered in check.older] == [old]
    assert set_up_endpoint(endpoints, ADDRESSES).act == "nothing"  # pressing again makes no third
    retire_older(endpoints, ADDRESSES)
    assert [registered.id for registered in endpoints.all()] == [done.made.endpoint.id]


def test_nothing_is_retired_while_the_only_endpoint_is_wrong(
    sandbox: RunningSandbox, endpoints: StripeEndpoints
) -> None:
    old_version(sandbox)
    with pytest.raises(NothingToRetire):
        retire_older(endpoints, ADDRESSES)
    assert len(endpoints.all()) == 1


def test_a_secret_is_rotated_with_the_old_endpoint_still_sending(endpoints: StripeEndpoints) -> None:
    first = set_up_endpoint(endpoints, ADDRESSES)
    second = set_up_endpoint(endpoints, ADDRESSES, rotates=True)
    assert first.made
    assert second.made
    assert first.made.secret != second.made.secret
    assert retire_older(endpoints, ADDRESSES)[0].id == first.made.endpoint.id


@pytest.mark.parametrize("mode", ["test", "live"])
def test_only_the_public_address_is_right_outside_the_sandbox(mode: str) -> None:
    assert own_addresses("https://give.example", port=8000, mode=mode) == ("https://give.example/webhooks/stripe",)


@pytest.mark.database("sqlite")
class TestTheCommand:
    """`flask stripe setup`, as an operator meets it."""

    @pytest.fixture
    def installed(self, sandbox: RunningSandbox, database_url: str, tmp_path: Path) -> Flask:
        config = replace(
            config_for(database_url, instance=tmp_path),
            public_url="http://127.0.0.1:8310",
            stripe_secret_key=sandbox.api_key,
            stripe_webhook_secrets=(sandbox.webhook_secret,),
            stripe_api_base=sandbox.api_base,
        )
        return create_app(config)

    def test_it_shows_the_secret_once(self, installed: Flask) -> None:
        runner = installed.test_cli_runner()
        assert "Would make an endpoint" in runner.invoke(args=["stripe", "setup", "--dry-run"]).output
        assert "STRIPE_WEBHOOK_SECRET=whsec_" in runner.invoke(args=["stripe", "setup"]).output
        again = runner.invoke(args=["stripe", "setup"]).output
        assert "is right" in again
        assert "whsec_" not in again

    def test_it_rotates_in_two_steps(self, installed: Flask) -> None:
        runner = installed.test_cli_runner()
        runner.invoke(args=["stripe", "setup"])
        assert ",<the old one>" in runner.invoke(args=["stripe", "setup", "--rotate"]).output
        assert "older one beside it" in runner.invoke(args=["stripe", "setup"]).output
        assert "Removed we_" in runner.invoke(args=["stripe", "setup", "--retire"]).output
        refused = runner.invoke(args=["stripe", "setup", "--retire"])
        assert refused.exit_code == 1
        assert "nothing was removed" in refused.output

    def test_it_takes_another_address(self, installed: Flask) -> None:
        runner = installed.test_cli_runner()
        printed = runner.invoke(args=["stripe", "setup", "--url", "http://127.0.0.1:9000/", "--dry-run"]).output
        assert "http://127.0.0.1:9000/webhooks/stripe" in printed

    def test_without_a_key_it_says_so(self, app: Flask) -> None:
        refused = app.test_cli_runner().invoke(args=["stripe", "setup"])
        assert refused.exit_code == 1
        assert "STRIPE_SECRET_KEY is not set" in refused.output
