"""The running sandbox's own levers, pulled over HTTP: what a demonstration uses to let donors pay and days pass."""

from typing import Any

import requests

TIMEOUT_SECONDS = 20


class SandboxConsole:
    """Speaks to the sandbox on loopback; never to Stripe."""

    def __init__(self, api_base: str, api_key: str) -> None:
        self._base = api_base.rstrip("/")
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.auth = (api_key, "")

    def pay(self, checkout_id: str, *, payment_method: str = "pm_card_visa", email: str) -> None:
        """The donor pays her page; a refused card leaves it open."""
        answer = self._http.post(
            f"{self._base}/v1/payment_pages/{checkout_id}/confirm",
            data={"payment_method": payment_method, "email": email},
            timeout=TIMEOUT_SECONDS,
        )
        if answer.status_code not in {200, 402}:
            answer.raise_for_status()

    def rewind(self, seconds: int) -> None:
        """Let the sandbox be born earlier; refused once something has happened in it."""
        self._clock(rewind_seconds=seconds)

    def advance(self, seconds: int) -> None:
        """Let time pass in the sandbox."""
        self._clock(advance_seconds=seconds)

    def _clock(self, **how_far: int) -> None:
        answer: Any = self._http.post(f"{self._base}/sandbox/api/clock", json=how_far, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
