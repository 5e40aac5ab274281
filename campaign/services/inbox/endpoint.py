"""The provider's webhook endpoint: its faults, and their correction.

The event types are those of `domain.provider_events`, which the product handles.
"""

from dataclasses import dataclass

from campaign.domain.errors import DomainError
from campaign.domain.provider_events import event_types
from campaign.gateways.webhook_endpoints import Endpoint, MadeEndpoint, WebhookEndpoints

PATH = "/webhooks/stripe"
ALL_TYPES = "*"


class NothingToRetire(DomainError):
    """There is no second endpoint of ours to remove."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointStatus:
    """The state of our endpoint. `faults` are of: missing, disabled, types, version, url; empty when all is well."""

    endpoint: Endpoint | None
    faults: tuple[str, ...]
    lacking: tuple[str, ...] = ()
    needless: tuple[str, ...] = ()
    older: tuple[Endpoint, ...] = ()  # others of ours, made before it: their secrets are still needed


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What was done, or would be: nothing, correct, make or beside (a new one beside the old)."""

    act: str
    status: EndpointStatus
    made: MadeEndpoint | None = None


def own_addresses(public_url: str, *, port: int, mode: str) -> tuple[str, ...]:
    """Return the addresses at which events reach this installation; the first is the one to set.

    The sandbox uses loopback.
    """
    public = public_url + PATH
    return (public, f"http://127.0.0.1:{port}{PATH}") if mode == "sandbox" else (public,)


def check_endpoint(endpoints: WebhookEndpoints, addresses: tuple[str, ...]) -> EndpointStatus:
    """Return the state of our endpoint at the provider.

    Raises:
        PaymentsUnavailable, PaymentsNotConfigured: it cannot be queried.
    """
    ours = sorted(
        (one for one in endpoints.all() if one.url in addresses or one.is_marked),
        key=lambda one: _fitness(one, addresses, endpoints.api_version),
        reverse=True,
    )  # the newest first among equals, for the sort keeps their order
    if not ours:
        return EndpointStatus(endpoint=None, faults=("missing",))
    best, expected = ours[0], event_types()
    lacking = () if ALL_TYPES in best.types else tuple(sorted(expected - best.types))
    return EndpointStatus(
        endpoint=best,
        faults=_faults(best, addresses, endpoints.api_version, is_lacking=bool(lacking)),
        lacking=lacking,
        needless=tuple(sorted(best.types - expected)),
        older=tuple(ours[1:]),
    )


def set_up_endpoint(
    endpoints: WebhookEndpoints, addresses: tuple[str, ...], *, is_dry_run: bool = False, rotates: bool = False
) -> SetUp:
    """Make or correct our endpoint. One of another version stays beside the new one until it is retired."""
    status = check_endpoint(endpoints, addresses)
    act = _act(status, rotates=rotates)
    if is_dry_run or act == "nothing":
        return SetUp(act=act, status=status)
    if act == "correct" and status.endpoint is not None:
        url = status.endpoint.url if status.endpoint.url in addresses else addresses[0]
        endpoints.correct(status.endpoint.id, url, event_types())
        return SetUp(act=act, status=status)
    return SetUp(act=act, status=status, made=endpoints.make(addresses[0], event_types()))


def retire_older(endpoints: WebhookEndpoints, addresses: tuple[str, ...]) -> tuple[Endpoint, ...]:
    """Remove the endpoints of ours that a newer one has replaced.

    Raises:
        NothingToRetire: there is none.
    """
    status = check_endpoint(endpoints, addresses)
    if not status.older or status.faults:
        raise NothingToRetire
    for endpoint in status.older:
        endpoints.remove(endpoint.id)
    return status.older


def _act(status: EndpointStatus, *, rotates: bool) -> str:
    if status.endpoint is None:
        return "make"
    if rotates or "version" in status.faults:
        return "beside"
    return "correct" if status.faults or status.needless else "nothing"


def _fitness(endpoint: Endpoint, addresses: tuple[str, ...], version: str | None) -> tuple[bool, bool, bool]:
    return endpoint.api_version == version, endpoint.url in addresses, endpoint.is_enabled


def _faults(
    endpoint: Endpoint, addresses: tuple[str, ...], version: str | None, *, is_lacking: bool
) -> tuple[str, ...]:
    wrong = {
        "disabled": not endpoint.is_enabled,
        "types": is_lacking,
        "version": endpoint.api_version != version,
        "url": endpoint.url not in addresses,
    }
    return tuple(name for name, holds in wrong.items() if holds)
