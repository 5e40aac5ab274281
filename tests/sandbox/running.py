"""A sandbox that runs inside the test's process, with every call and event held against Stripe's document."""

import io
import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import requests
import stripe

from campaign.sandbox.core.settings import API_VERSION, Settings
from campaign.sandbox.faults.calls import MARK
from campaign.sandbox.server import Sandbox
from tests.support.stripe_contract import Json, check_event, check_request, check_response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PUBLIC_URL = "http://127.0.0.1:8310"
# Nobody listens on the port for discarded traffic: for tests that do not care about events.
NOWHERE = "http://127.0.0.1:9/webhooks/stripe"


@dataclass
class ContractedSandbox:
    """A WSGI application around a sandbox that notes every violation of the contract."""

    sandbox: Sandbox
    expects_wrong_requests: bool = False
    violations: list[str] = field(default_factory=list)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer as the sandbox does, and judge call and answer."""
        path = environ["PATH_INFO"]
        if not path.startswith("/v1/"):
            return self.sandbox(environ, start_response)
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(sent)
        statuses: list[int] = []
        garbled: list[str] = []

        def noting(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:  # Any: WSGI's own
            statuses.append(int(status[:3]))
            garbled.extend(value for name, value in headers if name == MARK)
            return start_response(status, headers, exc_info)

        body = b"".join(self.sandbox(environ, noting))
        if garbled:  # no JSON, because that was asked for
            return [body]
        pairs = parse_qsl(f"{environ['QUERY_STRING']}&{sent.decode('utf-8', 'replace')}", keep_blank_values=True)
        self._judge(environ["REQUEST_METHOD"], path, pairs, statuses[-1], json.loads(body))
        return [body]

    def _judge(self, method: str, path: str, pairs: list[tuple[str, str]], status: int, body: object) -> None:
        problems = check_request(method, path, pairs)
        refused = 400 <= status < 500
        if not (self.expects_wrong_requests and refused):
            self.violations.extend(f"request {method} {path}: {problem}" for problem in problems)
        wrong = check_response(method, path, status, body)
        self.violations.extend(f"answer {status} to {method} {path}: {problem}" for problem in wrong)

    def judge_events(self) -> None:
        """Judge every event that the sandbox has recorded."""
        for event in self.sandbox.box.store.all("event"):
            self.violations.extend(f"event {event['type']}: {problem}" for problem in check_event(event))


@dataclass
class RunningSandbox:
    """A listening sandbox: its addresses, the official client for it, and the levers of a test."""

    sandbox: Sandbox
    contract: ContractedSandbox
    api_base: str
    http: requests.Session

    @property
    def api_key(self) -> str:
        """The key the product is configured with."""
        return self.sandbox.box.api_key

    @property
    def webhook_secret(self) -> str:
        """The secret the product is configured with."""
        return self.sandbox.box.webhook_secret

    def client(self, *, retries: int = 2, timeout_seconds: float = 20) -> stripe.StripeClient:
        """The official library, set up as the product must set it up."""
        return stripe.StripeClient(
            self.api_key,
            base_addresses={"api": self.api_base},
            stripe_version=API_VERSION,
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=(3, timeout_seconds), session=self.http),
        )

    def pay(self, session_id: str, *, method: str = "pm_card_visa", email: str = "donor@example.org") -> Json:
        """Pay a session as Stripe's command line does; the payment page, or the error of a decline."""
        answer = self.http.post(
            f"{self.api_base}/v1/payment_pages/{session_id}/confirm",
            data={"payment_method": method, "email": email},
            headers={"Authorization": f"Bearer {self.api_key}"},
            timeout=15,
        )
        body: Json = answer.json()
        return body

    def advance(self, seconds: int) -> None:
        """Let time pass; what falls due happens, its events wait for ``deliver``."""
        self._control("POST", "clock", {"advance_seconds": seconds})

    def deliver(self) -> list[Json]:
        """Send every event that is due now; what was sent and how it was answered."""
        deliveries: list[Json] = self._control("POST", "deliver")["deliveries"]
        return deliveries

    def truth(self) -> list[Json]:
        """What really happened to each payment, to compare books with."""
        rows: list[Json] = self._control("GET", "truth")["data"]
        return rows

    def fault(self, kind: str, **rule: object) -> None:
        """Let the next matching call or event go wrong: see ``campaign/sandbox/faults/rules.py``."""
        self._control("POST", "faults", {"kind": kind, **rule})

    def dice(self, seed: int, **probabilities: float) -> None:
        """Let things go wrong by chance from now on."""
        self._control("POST", "faults", {"seed": seed, "probabilities": probabilities})

    def dispute(self, payment: str, **how: object) -> Json:
        """Let the owner of a card dispute a payment: see ``campaign/sandbox/console/levers.py``."""
        return self._control("POST", "disputes", {"payment": payment, **how})

    def take_fee(self, amount_minor: int, *, description: str = "Radar for Fraud Teams") -> Json:
        """Let the provider take a fee that belongs to no payment."""
        return self._control("POST", "fees", {"amount": amount_minor, "description": description})

    def fail_next_payout(self) -> None:
        """Let the next payout come back a day after it was paid."""
        self._control("POST", "payouts", {"fail_next": True})

    def _control(self, method: str, lever: str, body: Json | None = None) -> Json:
        answer = self.http.request(method, f"{self.api_base}/sandbox/api/{lever}", json=body, timeout=30)
        answer.raise_for_status()
        document: Json = answer.json()
        return document


@contextmanager
def running_sandbox(
    state_dir: Path,
    *,
    webhook_url: str = NOWHERE,
    public_url: str = PUBLIC_URL,
    port: int = 0,
    expects_wrong_requests: bool = False,
    **settings: Any,  # Any: fields of Settings, checked by it
) -> Iterator[RunningSandbox]:
    """A sandbox that does nothing by itself: move its clock and call ``deliver``. Leaving it demands a clean contract.

    ``settings`` are fields of :class:`campaign.sandbox.core.settings.Settings`; ``tick_seconds=0.05`` makes it deliver by
    itself. With ``expects_wrong_requests`` a wrong request is allowed as long as the sandbox refused it.
    """
    stripe.enable_telemetry = False
    chosen: dict[str, Any] = {"seed": "test", "tick_seconds": None, "survives_power_cut": False, **settings}
    sandbox = Sandbox(Settings(state_dir=state_dir, webhook_url=webhook_url, public_url=public_url, **chosen))
    contract = ContractedSandbox(sandbox, expects_wrong_requests)
    http = requests.Session()
    http.trust_env = False
    api_base = sandbox.start(port, application=contract)
    try:
        yield RunningSandbox(sandbox, contract, api_base, http)
        contract.judge_events()
    finally:
        http.close()
        sandbox.stop()
    assert not contract.violations, "\n".join(sorted(set(contract.violations)))


@dataclass
class Listener:
    """A webhook endpoint that keeps what it was sent and answers as it is told."""

    url: str
    received: list[tuple[bytes, str]] = field(default_factory=list)  # body and signature
    answers: list[int] = field(default_factory=list)  # statuses to give first; 200 afterwards

    def events(self) -> list[Json]:
        """The events in the order in which they arrived."""
        return [json.loads(body) for body, _ in self.received]

    def types(self) -> list[str]:
        """Their types."""
        return [str(event["type"]) for event in self.events()]


@contextmanager
def listening(port: int = 0) -> Iterator[Listener]:
    """A webhook endpoint on loopback."""
    listener = Listener(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.received.append((body, self.headers["Stripe-Signature"]))
            self.send_response(listener.answers.pop(0) if listener.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_port}/webhooks/stripe"
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
