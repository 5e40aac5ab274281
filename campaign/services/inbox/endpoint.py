"""The provider's webhook endpoint: what is wrong with it, and how it is made right.

The event types are those of `domain.provider_events`, which the product handles.
"""

from dataclasses import dataclass

from campaign.domain.errors import DomainError
from campaign.domain.provider_events import event_types
from campaign.gateways.webhook_endpoints import Endpoint, MadeEndpoint, WebhookEndpoints

PATH = "/webhooks/stripe"
ALL_TYPES = "*"


class NothingToRetire(DomainError):
    """There is no second endpoint of ours that could be removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSeen:
    """How our endpoint stands. `faults` are of: missing, disabled, types, version, url; empty when all is well."""

    endpoint: Endpoint | None
    faults: tuple[str, ...]
    lacking: tuple[str, ...] = ()
    needless: tuple[str, ...] = ()
    older: tuple[Endpoint, ...] = ()  # others of ours, made before it: their secrets are still needed


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What was done, or would be: nothing, correct, make or beside (a new one beside the old)."""

    act: str
    seen: EndpointSeen
    made: MadeEndpoint | None = None


def own_addresses(public_url: str, *, port: int, mode: str) -> tuple[str, ...]:
    """Where events reach this installation; the first is the one to set. The sandbox comes by loopback."""
    public = public_url + PATH
    return (public, f"http://127.0.0.1:{port}{PATH}") if mode == "sandbox" else (public,)


def look_at_endpoint(endpoints: WebhookEndpoints, addresses: tuple[str, ...]) -> EndpointSeen:
    """Ask the provider how our endpoint stands. Raises PaymentsUnavailable, PaymentsNotConfigured."""
    ours = sorted(
        (found for found in endpoints.all() if found.url in addresses or found.is_marked),
        key=lambda found: _fitness(found, addresses, endpoints.api_version),
        reverse=True,
    )  # the newest first among equals, for the sort keeps their order
    if not ours:
        return EndpointSeen(endpoint=None, faults=("missing",))
    best, wanted = ours[0], event_types()
    lacking = () if ALL_TYPES in best.types else tuple(sorted(wanted - best.types))
    return EndpointSeen(
        endpoint=best,
        faults=_faults(best, addresses, endpoints.api_version, is_lacking=bool(lacking)),
        lacking=lacking,
        needless=tuple(sorted(best.types - wanted)),
        older=tuple(ours[1:]),
    )


def set_up_endpoint(
    endpoints: WebhookEndpoints, addresses: tuple[str, ...], *, is_dry_run: bool = False, rotates: bool = False
) -> SetUp:
    """Make or correct our endpoint. One of another version stays beside the new one until it is retired."""
    seen = look_at_endpoint(endpoints, addresses)
    act = _act(seen, rotates=rotates)
    if is_dry_run or act == "nothing":
        return SetUp(act=act, seen=seen)
    if act == "correct" and seen.endpoint is not None:
        url = seen.endpoint.url if seen.endpoint.url in addresses else addresses[0]
        endpoints.correct(seen.endpoint.id, url, event_types())
        return SetUp(act=act, seen=seen)
    return SetUp(act=act, seen=seen, made=endpoints.make(addresses[0], event_types()))


def retire_older(endpoints: WebhookEndpoints, addresses: tuple[str, ...]) -> tuple[Endpoint, ...]:
    """Remove the endpoints of ours that a newer one has replaced; NothingToRetire."""
    seen = look_at_endpoint(endpoints, addresses)
    if not seen.older or seen.faults:
        raise NothingToRetire
    for endpoint in seen.older:
        endpoints.remove(endpoint.id)
    return seen.older


def _act(seen: EndpointSeen, *, rotates: bool) -> str:
    if seen.endpoint is None:
        return "make"
    if rotates or "version" in seen.faults:
        return "beside"
    return "correct" if seen.faults or seen.needless else "nothing"


def _fitness(found: Endpoint, addresses: tuple[str, ...], version: str | None) -> tuple[bool, bool, bool]:
    return found.api_version == version, found.url in addresses, found.is_enabled


def _faults(found: Endpoint, addresses: tuple[str, ...], version: str | None, *, is_lacking: bool) -> tuple[str, ...]:
    wrong = {
        "disabled": not found.is_enabled,
        "types": is_lacking,
        "version": found.api_version != version,
        "url": found.url not in addresses,
    }
    return tuple(name for name, holds in wrong.items() if holds)
