"""What `flask doctor` checks outside: the endpoint at the provider, and our own address by a signed event about no object."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from campaign.cli.examining import examine_outside
from campaign.cli.findings import Verdict
from campaign.extensions import db
from campaign.gateways.context import Context
from campaign.gateways.stripe_endpoints import StripeEndpoints
from campaign.jobs import work_off_everything
from campaign.models.inbox import ProviderEvent
from campaign.services.observations import BOOKS, note_check
from tests.journeys.site import Site, running_site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    with running_site(database_url, tmp_path) as running, running.app.app_context():
        yield running
        running.close()


def outside(site: Site) -> Context:
    given: Context = site.app.extensions["context"]
    payments = given.payments
    return replace(given, endpoints=StripeEndpoints(payments._client))  # type: ignore[attr-defined]  # the site's own client


def findings_of(site: Site, **changed: object) -> list[tuple[Verdict, str]]:
    config = replace(site.app.config["KURAK"], **changed)
    return [(finding.verdict, finding.sentence) for finding in examine_outside(config, outside(site))]


def of_address(findings: list[tuple[Verdict, str]]) -> tuple[Verdict, str]:
    [finding] = [(verdict, said) for verdict, said in findings if said.startswith("A signed event sent to")]
    return finding


def test_a_signed_event_about_nothing_arrives_and_is_ignored(site: Site) -> None:
    verdict, said = of_address(findings_of(site))
    assert (verdict, said.endswith("arrived here.")) == (Verdict.OK, True)
    work_off_everything()
    [event] = db.session.execute(select(ProviderEvent)).scalars()
    assert (event.type, event.state, event.livemode) == ("kurak.ping", "ignored", False)


@pytest.mark.database("sqlite")
def test_a_secret_that_the_running_server_does_not_have_is_reported(site: Site) -> None:
    verdict, said = of_address(findings_of(site, stripe_webhook_secrets=("whsec_of_nobody",)))
    assert verdict is Verdict.UNSAFE
    assert "another STRIPE_WEBHOOK_SECRET" in said
    assert "whsec_of_nobody" not in said


@pytest.mark.database("sqlite")
def test_a_server_that_does_not_run_is_reported(site: Site) -> None:
    verdict, said = of_address(findings_of(site, public_url="http://127.0.0.1:9"))
    assert verdict is Verdict.UNSAFE
    assert "got no answer" in said


@dataclass
class Stranger:
    """Something in front of the site, or another one: answers every POST in its own way."""

    status: int
    location: str = ""

    def __enter__(self) -> str:
        stranger = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the library's name
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(stranger.status)
                if stranger.location:
                    self.send_header("Location", stranger.location)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("stranger", "said"),
    [
        (Stranger(302, "https://sso.example/login"), "was sent on to https://sso.example/login"),
        (Stranger(200), "was taken by another installation"),
        (Stranger(403), "was answered 403"),
    ],
)
def test_another_server_at_our_address_is_reported(site: Site, stranger: Stranger, said: str) -> None:
    with stranger as url:
        verdict, sentence = of_address(findings_of(site, public_url=url))
    assert verdict is Verdict.UNSAFE
    assert said in sentence


@pytest.mark.database("sqlite")
def test_each_fault_of_the_endpoint_has_a_sentence_and_the_command_that_repairs_it(site: Site) -> None:
    endpoints = StripeEndpoints(outside(site).payments._client)  # type: ignore[attr-defined]  # the site's own client
    [endpoint] = endpoints.all()
    assert any("is right" in said for _verdict, said in findings_of(site))
    endpoints.remove(endpoint.id)
    findings = findings_of(site)
    [(verdict, said)] = [one for one in findings if "no endpoint" in one[1]]
    assert verdict is Verdict.UNSAFE
    assert "stripe setup" in said


@pytest.mark.database("sqlite")
def test_an_active_alarm_is_reported(site: Site) -> None:
    note_check(BOOKS, clock=outside(site).clock, problems=["every entry adds up to zero"])
    [verdict] = [verdict for verdict, said in findings_of(site) if "every entry adds up to zero" in said]
    assert verdict is Verdict.UNSAFE


@pytest.mark.database("sqlite")
def test_the_webhook_address_never_redirects(site: Site) -> None:
    """Neither sign-in nor language nor a slash redirects, whatever headers the visitor sends."""
    said: tuple[dict[str, str], ...] = (
        {},
        {"Accept-Language": "ru"},
        {"Accept": "text/html"},
        {"Cookie": "staff=x"},
        {"Origin": "https://x.example"},
    )
    for headers in said:
        answer = site.app.test_client().post("/webhooks/stripe", data=b"{}", headers=headers)
        assert answer.status_code == 400
        assert "Location" not in answer.headers
