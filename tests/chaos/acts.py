"""What donors, staff, the provider and bad luck do: each act is one readable value, and can be done to an installation."""

import contextlib
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests
import stripe
from bs4 import BeautifulSoup
from sqlalchemy.exc import OperationalError

from campaign.domain.errors import DomainError
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.services.gifts.refunds import RefundOrder, request_refund
from tests.chaos.installation import PROXY_HEADER, Installation

FORM_AGE_SECONDS = 5
"""A donor thinks before they send the form; faster ones are taken for programs."""
MAX_PRESSES = 6
"""How often a donor presses a button that answers with an error, before they give up."""
DAY_SECONDS = 86_400
OVER = ("won", "warning_closed")
APPEALS = ("won", "appeal_under_review")
"""What may follow a dispute that is lost."""


@dataclass
class ChaosScenario:
    """An installation and what the story has brought onto it."""

    here: Installation
    name: str
    """Whose story: its donors' addresses carry it, so that many stories can share an installation."""
    pages: list[str] = field(default_factory=list)
    """Payment pages that a donor was led to, the oldest first."""
    timers: list[threading.Thread] = field(default_factory=list)
    donors: int = 0

    def page(self, which: int) -> str | None:
        return self.pages[which % len(self.pages)] if self.pages else None

    def payments(self) -> list[dict[str, Any]]:
        """What the provider has of this story: rows of its truth, paid ones, the oldest first."""
        return [row for row in self.here.truth() if row["paid"] and row["session"] in self.pages]

    def payment(self, which: int) -> dict[str, Any] | None:
        made = self.payments()
        return made[which % len(made)] if made else None


class Act(Protocol):
    """One step of a story; its repr is its sentence."""

    def do(self, stage: ChaosScenario) -> None: ...


@dataclass(frozen=True)
class Gives:
    """A donor fills in the form and is led to the payment page, pressing again when something is broken."""

    amount: str = "25"
    currency: str = "USD"
    frequency: str = "once"
    presses: int = 1
    """How often they press although it works: an impatient one presses twice."""

    def do(self, stage: ChaosScenario) -> None:
        stage.donors += 1
        donor = requests.Session()
        donor.trust_env = False
        donor.headers[PROXY_HEADER] = _address_of(stage)
        fields = self._fields(stage, donor)
        if fields is None:
            return
        stage.here.advance(FORM_AGE_SECONDS)
        for _ in range(self.presses):
            page = self._press(stage, donor, fields)
            if page is not None and page not in stage.pages:
                stage.pages.append(page)
        donor.close()

    def _fields(self, stage: ChaosScenario, donor: requests.Session) -> dict[str, str] | None:
        answer = _tried(lambda: donor.get(f"{stage.here.url}/en/donate?currency={self.currency}", timeout=20))
        if answer is None or answer.status_code != 200:
            return None
        form = BeautifulSoup(answer.text, "html5lib").select_one("form[data-give]")
        assert form is not None, answer.text[:500]
        hidden = {str(tag["name"]): str(tag.get("value", "")) for tag in form.select("input[type=hidden][name]")}
        return {
            **hidden,
            "amount": "other",
            "other_amount": self.amount,
            "frequency": self.frequency,
            "email": f"donor-{stage.donors}@{stage.name}.example",
            "anonymous": "1",
        }

    def _press(self, stage: ChaosScenario, donor: requests.Session, fields: dict[str, str]) -> str | None:
        """The payment page's id; None when they gave up, or the page said that they have paid."""
        for _ in range(MAX_PRESSES):
            answer = _tried(
                lambda: donor.post(
                    f"{stage.here.url}/en/donate",
                    data=fields,
                    headers={"Origin": stage.here.url, "Sec-Fetch-Site": "same-origin"},
                    allow_redirects=False,
                    timeout=40,
                )
            )
            if answer is not None and answer.status_code == 303:
                address = answer.headers["Location"]
                return address.rpartition("/c/")[2].partition("?")[0] if "/sandbox/c/" in address else None
            if answer is not None:
                assert answer.status_code in {429, 500, 502, 503}, f"{answer.status_code}: {_main_of(answer)}"
            time.sleep(0.3)
        return None


@dataclass(frozen=True)
class Pays:
    """A donor pays a page with a card or a bank account of the provider's test list."""

    which: int = -1
    method: str = "pm_card_visa"

    def do(self, stage: ChaosScenario) -> None:
        page = stage.page(self.which)
        if page is not None:
            here = stage.here
            here.patiently(
                lambda: here.http.post(
                    f"{here.api_base}/v1/payment_pages/{page}/confirm",
                    data={"payment_method": self.method, "email": "payer@donors.example"},
                    headers={"Authorization": f"Bearer {here.config.stripe_secret_key}"},
                    timeout=30,
                )
            )  # a page that is paid or closed refuses, as it should


@dataclass(frozen=True)
class ComesBack:
    """The donor's browser returns from the payment page, and asks what became of their gift."""

    which: int = -1

    def do(self, stage: ChaosScenario) -> None:
        page = stage.page(self.which)
        if page is not None:
            answer = _tried(lambda: stage.here.http.get(f"{stage.here.url}/en/thanks?s={page}", timeout=40))
            assert answer is None or answer.status_code in {200, 303, 429, 503}, answer.status_code


@dataclass(frozen=True)
class StaffRefunds:
    """Finance sends a share of a gift back."""

    which: int = -1
    percent: int = 100

    def do(self, stage: ChaosScenario) -> None:
        payment = stage.payment(self.which)
        if payment is None or not payment["metadata"].get("donation"):
            return
        amount = Money(max(1, payment["amount"] * self.percent // 100), payment["currency"].upper())
        order = RefundOrder(
            donation_public_id=payment["metadata"]["donation"],
            amount=amount,
            reason="the donor asked for it",
            actor_id=None,
            public_id=new_public_id(),
        )
        with contextlib.suppress(DomainError, OperationalError):  # refused by name, or nobody reaches the database
            request_refund(order, clock=stage.here.clock)


@dataclass(frozen=True)
class DashboardRefunds:
    """Somebody refunds at the provider; we only get the event."""

    which: int = -1
    percent: int = 100

    def do(self, stage: ChaosScenario) -> None:
        payment = stage.payment(self.which)
        if payment is not None:
            amount = max(1, payment["amount"] * self.percent // 100)
            params: Any = {"payment_intent": payment["payment_intent"], "amount": amount}
            with contextlib.suppress(stripe.StripeError):  # more than is left, or held by a dispute
                stage.here.provider().v1.refunds.create(params)


@dataclass(frozen=True)
class Disputes:
    """The donor's bank takes a payment back, or asks about it first."""

    which: int = -1
    percent: int = 100
    inquiry: bool = False

    def do(self, stage: ChaosScenario) -> None:
        payment = stage.payment(self.which)
        if payment is not None:
            amount = max(1, payment["amount"] * self.percent // 100)
            about = {"payment": payment["payment_intent"], "amount": amount, "inquiry": self.inquiry}
            with contextlib.suppress(requests.HTTPError):  # nothing is left to dispute
                stage.here.control("POST", "disputes", about)


@dataclass(frozen=True)
class Judges:
    """A dispute comes to its end, or comes up again."""

    which: int = -1
    verdict: str = "won"

    def do(self, stage: ChaosScenario) -> None:
        disputes = [
            dispute
            for payment in stage.payments()
            for dispute in payment["disputes"]
            if dispute["status"] not in OVER and (dispute["status"] != "lost" or self.verdict in APPEALS)
        ]
        if disputes:
            dispute = disputes[self.which % len(disputes)]
            with contextlib.suppress(requests.HTTPError):  # not from where it stands
                stage.here.control("POST", f"disputes/{dispute['id']}", {"status": self.verdict})


@dataclass(frozen=True)
class TimePasses:
    """For everybody: balance transactions come, pages expire, banks pay, months renew, payouts leave."""

    seconds: int = DAY_SECONDS

    def do(self, stage: ChaosScenario) -> None:
        stage.here.advance(self.seconds)


@dataclass(frozen=True)
class Waits:
    """Nothing happens, so that the workers get on with what they have."""

    seconds: float = 3.0

    def do(self, stage: ChaosScenario) -> None:  # noqa: ARG002
        time.sleep(self.seconds)


@dataclass(frozen=True)
class Kills:
    """`kill -9`, some moments later, in the middle of whatever comes next."""

    program: str
    after_ms: int = 0

    def do(self, stage: ChaosScenario) -> None:
        program = stage.here.programs.get(self.program)
        if program is not None:
            timer = threading.Timer(self.after_ms / 1000, program.kill)
            timer.start()
            stage.timers.append(timer)


@dataclass(frozen=True)
class Deploys:
    """A new version comes while people give: everything ends on SIGTERM and starts again."""

    def do(self, stage: ChaosScenario) -> None:
        def replace_all() -> None:
            for program in (*stage.here.webs, *stage.here.workers):
                program.replace()

        thread = threading.Thread(target=replace_all)
        thread.start()
        stage.timers.append(thread)


@dataclass(frozen=True)
class DatabaseGone:
    """Nobody reaches the database for a while."""

    seconds: float = 1.0

    def do(self, stage: ChaosScenario) -> None:
        stage.timers.append(stage.here.database.be_gone(self.seconds))


@dataclass(frozen=True)
class MailServerBreaks:
    """Until the story ends, no mail gets out."""

    def do(self, stage: ChaosScenario) -> None:
        stage.here.mailbox.is_down = True


@dataclass(frozen=True)
class ProviderMisbehaves:
    """A fault of the sandbox's list, for the next call or delivery that it fits."""

    kind: str
    times: int = 1
    seconds: float = 1.0
    losses: int = 1
    path: str = ""
    """The calls that it is for; all, if empty."""

    def do(self, stage: ChaosScenario) -> None:
        rule: dict[str, Any] = {"kind": self.kind, "times": self.times, "seconds": self.seconds, "losses": self.losses}
        if self.path:
            rule["path"] = self.path
        stage.here.control("POST", "faults", rule)


def _address_of(stage: ChaosScenario) -> str:
    """Another network for each story, another address for each of its donors."""
    return f"10.{zlib.crc32(stage.name.encode()) % 250}.{stage.donors // 250}.{stage.donors % 250 + 1}"


def _tried(ask: Callable[[], requests.Response]) -> requests.Response | None:
    """The answer; None where there is none, because somebody was killed."""
    for _ in range(40):
        try:
            return ask()
        except requests.RequestException:
            time.sleep(0.25)
    return None


def _main_of(answer: requests.Response) -> str:
    main = BeautifulSoup(answer.text, "html5lib").select_one("main")
    return " ".join(main.get_text(" ").split())[:400] if main else answer.text[:400]
