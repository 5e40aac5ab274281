"""The context of a drill: the running installation from outside, its rows from inside, and its sandbox's controls."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from campaign.database import reading
from campaign.domain.donation import DonationFrequency
from campaign.gateways.context import Context
from campaign.gateways.sandbox_console import SandboxConsole
from campaign.gateways.visitor import Visitor
from campaign.gateways.worker_process import living_worker
from campaign.models.donation import Donation, Refund
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt

THINKING_SECONDS = 10
"""A donor takes her time with the form."""
MAX_LOOKS = 120
PAUSE_SECONDS = 0.25
STEP_SECONDS = 30
"""How far time moves between two looks, so that retries of both sides come due."""


class SceneFailed(Exception):
    """A scene did not pass; the message is the sentence for the report."""


@dataclass(frozen=True, slots=True)
class Given:
    """A gift started by a drill's donor."""

    checkout_id: str
    email: str


@dataclass
class DrillContext:
    """One drill in progress."""

    site: str
    campaign: str
    console: SandboxConsole
    context: Context
    outage: Path
    """While this file is there, no mail leaves."""
    worker_pids: tuple[Path, ...]
    """Where the workers write their process ids."""
    wake: Callable[[str], None]
    """Tells the worker that there is work of a kind, as the desk does."""
    donors: int = 0
    gifts: list[Given] = field(default_factory=list)

    # What donors do.

    def give(
        self,
        amount: str,
        currency: str = "USD",
        *,
        frequency: str = DonationFrequency.ONCE,
        presses: int = 1,
        language: str = "en",
    ) -> Given:
        """Fill in the form as a donor and follow it to the payment page; press again while the page asks to wait."""
        self.donors += 1
        email = f"drill-{self.donors}@{self.campaign}.example"
        with Visitor(self.site) as donor:
            fields = donor.open_form(campaign=self.campaign, currency=currency, language=language)
            self.console.advance(THINKING_SECONDS)
            filled = {**fields, "amount": "other", "other_amount": amount, "frequency": frequency}
            pages = {self._press(donor, {**filled, "email": email, "anonymous": "1"}, language) for _ in range(presses)}
        if len(pages) != 1:
            raise SceneFailed(f"pressing {presses} times led to {len(pages)} payment pages")
        given = Given(pages.pop(), email)
        self.gifts.append(given)
        return given

    def _press(self, donor: Visitor, fields: dict[str, str], language: str) -> str:
        for _ in range(8):
            answer = donor.send_form(fields, campaign=self.campaign, language=language)
            if answer.checkout_id:
                return answer.checkout_id
            if answer.status not in {429, 503}:
                break
            time.sleep(1)
        raise SceneFailed(f"the donation form answered {answer.status} and led to no payment page")

    def pay(self, given: Given, method: str = "pm_card_visa") -> None:
        self.console.pay(given.checkout_id, payment_method=method, email=given.email)

    # What is checked.

    def gift(self, given: Given) -> Donation:
        """Return the gift's current row, detached."""
        with reading() as session:
            gift = session.execute(select(Donation).where(Donation.checkout_id == given.checkout_id)).scalar_one()
            session.expunge(gift)
        return gift

    def refunds(self, given: Given) -> list[str]:
        """Return the states of a gift's refunds."""
        query = select(Refund.state).join(Donation, Donation.id == Refund.donation_id)
        with reading() as session:
            return list(session.execute(query.where(Donation.checkout_id == given.checkout_id)).scalars())

    def receipts(self, given: Given) -> list[tuple[str, int]]:
        """Return state and amount of each receipt of a gift, oldest first."""
        query = select(Receipt.state, Receipt.amount_minor).join(Donation, Donation.id == Receipt.donation_id)
        with reading() as session:
            rows = session.execute(query.where(Donation.checkout_id == given.checkout_id).order_by(Receipt.id))
            return [(row[0], row[1]) for row in rows]

    def emails(self, given: Given) -> list[tuple[str, str]]:
        """Return kind and state of each email about a gift."""
        query = select(Message.kind, Message.state).join(Donation, Donation.id == Message.donation_id)
        with reading() as session:
            rows = session.execute(query.where(Donation.checkout_id == given.checkout_id).order_by(Message.id))
            return [(row[0], row[1]) for row in rows]

    def months(self, given: Given) -> list[str]:
        """Return the states of all gifts of a monthly gift's pledge, oldest first."""
        pledge_id = self.gift(given).pledge_id
        with reading() as session:
            rows = session.execute(select(Donation.state).where(Donation.pledge_id == pledge_id).order_by(Donation.id))
            return list(rows.scalars()) if pledge_id else []

    def events(self) -> dict[str, int]:
        """Return the number of events in each state."""
        with reading() as session:
            rows = session.execute(select(ProviderEvent.state, func.count()).group_by(ProviderEvent.state))
            return {row[0]: row[1] for row in rows}

    # What is awaited and required.

    def eventually(self, holds: Callable[[], bool], sentence: str) -> None:
        """Advance the time until a condition holds.

        Raises:
            SceneFailed: it never holds; the message is the sentence.
        """
        for _ in range(MAX_LOOKS):
            if holds():
                return
            self.console.advance(STEP_SECONDS)
            time.sleep(PAUSE_SECONDS)
        raise SceneFailed(sentence)

    def becomes(self, given: Given, state: str) -> None:
        self.eventually(
            lambda: self.gift(given).state == state, f"the gift is {self.gift(given).state}, not {state}, after a while"
        )

    def settles(self, given: Given) -> None:
        """Wait until the gift is paid and the provider's fee is known."""
        self.becomes(given, "paid")
        self.eventually(lambda: self.gift(given).settlement_id is not None, "the provider's fee never came")

    def days_pass(self, days: int) -> None:
        """Advance the time day by day."""
        for _ in range(days):
            self.console.advance(86_400)

    # What breaks.

    @contextmanager
    def mail_is_down(self) -> Iterator[None]:
        self.outage.parent.mkdir(exist_ok=True)
        self.outage.touch()
        try:
            yield
        finally:
            self.outage.unlink(missing_ok=True)

    def kill_workers(self) -> set[int]:
        """Kill every worker with `kill -9`; return their process ids.

        Raises:
            SceneFailed: one is missing.
        """
        pids = self.living_workers()
        if None in pids:
            raise SceneFailed("no worker of this installation runs on this machine")
        killed = {pid for pid in pids if pid is not None}
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        return killed

    def living_workers(self) -> list[int | None]:
        """Return the process id of each kind of worker; None where none runs. One process may be several."""
        return [living_worker(file) for file in self.worker_pids]


def require(condition: object, sentence: str) -> None:
    """Require a condition.

    Raises:
        SceneFailed: it does not hold; the message is the sentence.
    """
    if not condition:
        raise SceneFailed(sentence)
