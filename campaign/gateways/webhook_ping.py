"""A signed event about nothing, posted to our own webhook address: whether what the provider sends would arrive."""

import json
from dataclasses import dataclass
from datetime import datetime

import requests

from campaign.gateways.stripe_client import signature_of

MAX_SECONDS = 10
"""The provider waits no longer for its answer either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PingAnswer:
    """How the address answered: `status`, and where to if it sent us on; or `problem`, why nothing answered."""

    status: int | None = None
    location: str | None = None
    problem: str | None = None


def ping_body(event_id: str, type_: str, *, at: datetime, livemode: bool, api_version: str | None) -> bytes:
    """An event of the provider's form about an object that nobody has."""
    event = {
        "id": event_id,
        "object": "event",
        "type": type_,
        "created": int(at.timestamp()),
        "api_version": api_version,
        "livemode": livemode,
        "data": {"object": {"id": "ping", "object": "ping"}},
    }
    return json.dumps(event).encode()


def ping(url: str, body: bytes, *, secret: str) -> PingAnswer:
    """Post it as the provider does: no redirect is followed, and no proxy asked."""
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature_of(body, secret)}
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(url, data=body, headers=headers, timeout=MAX_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            return PingAnswer(problem=type(error).__name__)
    return PingAnswer(status=answer.status_code, location=answer.headers.get("Location"))
