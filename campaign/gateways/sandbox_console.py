"""The running sandbox's controls over HTTP: for a demonstration, donors pay and days pass."""

from http import HTTPStatus
from typing import Any

import requests

TIMEOUT_SECONDS = 20


class TimeGoesForward(Exception):
    """The sandbox has been used already, so it cannot start at an earlier time."""


class SandboxConsole:
    """Calls the sandbox on loopback; never Stripe."""

    def __init__(self, api_base: str, api_key: str) -> None:
        self._base = api_base.rstrip("/")
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.auth = (api_key, "")

    def pay(self, checkout_id: str, *, payment_method: str = "pm_card_visa", email: str, name: str = "") -> None:
        """Pay a donor's page; a refused card leaves it open."""
        answer = self._http.post(
            f"{self._base}/v1/payment_pages/{checkout_id}/confirm",
            data={"payment_method": payment_method, "email": email} | ({"name": name} if name else {}),
            timeout=TIMEOUT_SECONDS,
        )
        if answer.status_code not in {200, 402}:
            answer.raise_for_status()

    def rewind(self, seconds: int) -> None:
        """Move the start of the sandbox back.

        Raises:
            TimeGoesForward: it has been used already.
        """
        try:
            self._clock(rewind_seconds=seconds)
        except requests.HTTPError as refusal:
            if refusal.response is not None and refusal.response.status_code == HTTPStatus.BAD_REQUEST:
                raise TimeGoesForward from refusal
            raise

    def advance(self, seconds: int) -> None:
        """Advance the sandbox's time."""
        self._clock(advance_seconds=seconds)

    def dispute(self, payment: str, *, inquiry: bool = False) -> str:
        """Dispute a payment, or inquire about it, as the donor's bank; return the dispute's id."""
        return str(self._pull("disputes", {"payment": payment, "inquiry": inquiry})["id"])

    def move_dispute(self, dispute_id: str, status: str) -> None:
        """Move a dispute to its end."""
        self._pull(f"disputes/{dispute_id}", {"status": status})

    def misbehave(self, kind: str, *, times: int = 1, seconds: float = 1.0, losses: int = 1, **match: str) -> None:
        """Make the next calls or deliveries fail; `match` narrows them by method, path or type."""
        self._pull("faults", {"kind": kind, "times": times, "seconds": seconds, "losses": losses, **match})

    def behave(self) -> None:
        """End all faults."""
        self._http.delete(f"{self._base}/sandbox/api/faults", timeout=TIMEOUT_SECONDS).raise_for_status()

    def deliver(self) -> None:
        """Send every event that is due now."""
        self._pull("deliver", {})

    def truth(self) -> list[dict[str, Any]]:
        """What really happened to each payment."""
        answer = self._http.get(f"{self._base}/sandbox/api/truth", timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        rows: list[dict[str, Any]] = answer.json()["data"]
        return rows

    def refund(self, payment_intent: str, *, amount_minor: int) -> None:
        """Somebody refunds in the provider's dashboard."""
        params: dict[str, str | int] = {"payment_intent": payment_intent, "amount": amount_minor}
        self._http.post(f"{self._base}/v1/refunds", data=params, timeout=TIMEOUT_SECONDS).raise_for_status()

    def _pull(self, lever: str, body: dict[str, Any]) -> Any:  # JSON of any shape
        answer = self._http.post(f"{self._base}/sandbox/api/{lever}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def _clock(self, **how_far: int) -> None:
        answer: Any = self._http.post(f"{self._base}/sandbox/api/clock", json=how_far, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
