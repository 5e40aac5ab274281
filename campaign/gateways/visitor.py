"""A browser without scripts, as a drill needs one: opens the donation form of a site and sends it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

import requests

TIMEOUT_SECONDS = 40


class NoForm(Exception):
    """The page has no donation form; the message says what it has instead."""


@dataclass(frozen=True, slots=True)
class VisitorAnswer:
    """The answer of the site to a form."""

    status: int
    location: str | None

    @property
    def checkout_id(self) -> str | None:
        """Return the payment page of the redirect, at the sandbox."""
        path = urlsplit(self.location or "").path
        return path.rpartition("/c/")[2] if "/sandbox/c/" in path else None


class Visitor:
    """One browser with cookies of its own; use it as a context."""

    def __init__(self, site: str) -> None:
        self._site = site.rstrip("/")
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers.update({"Origin": self._site, "Sec-Fetch-Site": "same-origin"})

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def open_form(self, *, campaign: str, currency: str, language: str = "en") -> dict[str, str]:
        """Return the hidden fields of the donation form.

        Raises:
            NoForm: there is none.
            requests.RequestException: nobody answers.
        """
        arguments = urlencode({"campaign": campaign, "currency": currency})
        answer = self._http.get(f"{self._site}/{language}/donate?{arguments}", timeout=TIMEOUT_SECONDS)
        parser = _Form()
        parser.feed(answer.text)
        if not parser.hidden:
            raise NoForm(f"the donation page answered {answer.status_code} without its form")
        return parser.hidden

    def send_form(self, fields: dict[str, str], *, campaign: str, language: str = "en") -> VisitorAnswer:
        """Return the answer of the site to the filled-in form."""
        address = f"{self._site}/{language}/donate?{urlencode({'campaign': campaign})}"
        answer = self._http.post(address, data=fields, allow_redirects=False, timeout=TIMEOUT_SECONDS)
        return VisitorAnswer(answer.status_code, answer.headers.get("Location"))

    def status_of(self, path: str) -> int:
        """Return the status of a page."""
        return self._http.get(f"{self._site}{path}", timeout=TIMEOUT_SECONDS).status_code

    def deliver(self, body: bytes, signature: str) -> int:
        """Return the answer of the site to a delivery with a false signature."""
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        return self._http.post(
            f"{self._site}/webhooks/stripe", data=body, headers=headers, timeout=TIMEOUT_SECONDS
        ).status_code


@dataclass
class _Form(HTMLParser):
    """Reads the hidden fields of the form that is marked as the donation form."""

    hidden: dict[str, str] = field(default_factory=dict)
    is_inside: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self.is_inside = "data-give" in attributes
        elif tag == "input" and self.is_inside and attributes.get("type") == "hidden" and attributes.get("name"):
            self.hidden[str(attributes["name"])] = attributes.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
