"""What we ask of a provider about where it sends its events; `stripe_endpoints` asks Stripe."""

from dataclasses import dataclass, field
from typing import Protocol

from campaign.gateways.payments import PaymentsNotConfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address to which the provider sends events, as the provider has it."""

    id: str
    url: str
    api_version: str | None  # None: whatever the account's default is
    types: frozenset[str]  # of events; {"*"} is all
    is_enabled: bool
    is_marked: bool  # made by this product, which marks what it makes


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeEndpoint:
    """A new endpoint with its signing secret, which the provider shows this once and which must not be logged."""

    endpoint: Endpoint
    secret: str = field(repr=False)


class WebhookEndpoints(Protocol):
    """The provider's endpoints. Each call may raise PaymentsUnavailable, also where the key lacks the permission."""

    @property
    def api_version(self) -> str | None:
        """The version in which events must be rendered; None where there is no provider."""

    def all(self) -> tuple[Endpoint, ...]:
        """Every endpoint of the account, ours and others', newest first."""

    def make(self, url: str, types: frozenset[str]) -> MadeEndpoint:
        """A new one in our version."""

    def correct(self, endpoint_id: str, url: str, types: frozenset[str]) -> None:
        """Give an endpoint this address and these types, and switch it on; its version cannot be changed."""

    def remove(self, endpoint_id: str) -> None:
        """Delete an endpoint."""


class NoEndpoints:
    """An installation without a key: nobody sends it events."""

    api_version = None

    def all(self) -> tuple[Endpoint, ...]:
        raise PaymentsNotConfigured

    def make(self, url: str, types: frozenset[str]) -> MadeEndpoint:  # noqa: ARG002
        raise PaymentsNotConfigured

    def correct(self, endpoint_id: str, url: str, types: frozenset[str]) -> None:  # noqa: ARG002
        raise PaymentsNotConfigured

    def remove(self, endpoint_id: str) -> None:  # noqa: ARG002
        raise PaymentsNotConfigured
