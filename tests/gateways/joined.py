"""The services joined to a running sandbox by the real library: give, deliver events, compare the books with the truth."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from campaign import create_app
from campaign.database import reading
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.gateways.context import Context
from campaign.gateways.stripe_client import StripeClient
from campaign.gateways.stripe_payments import StripePayments
from campaign.models.donation import Donation
from campaign.models.journal import JournalEntry, Posting
from campaign.services.gifts.checkout import CheckoutStarted, GiftRequest, start_checkout
from campaign.services.ledger.check import check_books
from campaign.services.queues import inbox
from tests.sandbox.running import Listener, RunningSandbox, listening, running_sandbox
from tests.support.builders import a_campaign
from tests.support.databases import config_for
from tests.support.drain import work_off_money
from tests.support.fakes import RecordingMailer

PUBLIC_URL = "http://127.0.0.1:8310"


@dataclass
class SandboxClock:
    """The sandbox's time, so that page lives and signatures agree."""

    sandbox: RunningSandbox

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.sandbox.sandbox.box.now(), UTC)


@dataclass
class JoinedServices:
    """The services, joined to a running sandbox by HTTP alone."""

    app: Flask
    sandbox: RunningSandbox
    listener: Listener
    payments: StripePayments
    clock: SandboxClock

    @property
    def context(self) -> Context:
        return Context(payments=self.payments, clock=self.clock, public_url=PUBLIC_URL)


@dataclass
class Joined(JoinedServices):
    """These services with gifts given once."""

    def give(
        self, gift: Money, *, pays: bool = True, covers_fee: bool = False, method: str = "pm_card_visa"
    ) -> CheckoutStarted:
        """A gift, paid and reported by default; `method` is one of Stripe's names for its test payers."""
        started = start_checkout(
            GiftRequest(
                campaign_slug="quilt",
                form_id="form-1",
                language="ky",
                gift=gift,
                covers_fee=covers_fee,
                fund_code=None,
                email="donor@example.org",
                public_name=None,
                message=None,
                is_anonymous=True,
            ),
            context=self.context,
        )
        if pays:
            self.sandbox.pay(self.row(started).checkout_id or "", method=method)
            self.hear()
        return started

    def hear(self) -> None:
        """Let time pass until every event was delivered, store them all, and work them off."""
        self.sandbox.advance(5)
        self.sandbox.deliver()
        self.take_in()

    def take_in(self) -> None:
        """Store what was delivered, and work it off."""
        received, self.listener.received = list(self.listener.received), []
        for body, signature in received:
            inbox.receive(body, signature, context=self.context)
        work_off_money()

    def row(self, started: CheckoutStarted) -> Donation:
        with reading() as session:
            gift = session.execute(select(Donation).where(Donation.public_id == started.public_id)).scalar_one()
            session.expunge(gift)
        return gift

    def balance_in_books(self) -> int:
        """What the gifts have left at the provider by the books, in cents; payouts are another matter."""
        return self.booked(Account.PROVIDER)

    def booked(self, account: Account, currency: str = "USD") -> int:
        """The sum of the gifts' own lines on an account, in minor units."""
        with reading() as session:
            total = session.execute(
                select(func.sum(Posting.amount_minor))
                .join(JournalEntry, JournalEntry.id == Posting.entry_id)
                .where(
                    Posting.account == account,
                    Posting.currency == currency,
                    JournalEntry.subject.startswith("donation:"),
                )
            ).scalar()
        return int(total or 0)

    def balance_in_truth(self) -> int:
        return sum(int(payment["net"]) for payment in self.sandbox.truth())


@contextmanager
def joined_to_sandbox(database_url: str, tmp_path: Path) -> Iterator[Joined]:
    """An app on a database of its own with the real gateway; afterwards its books must be clean."""
    with listening() as listener, running_sandbox(tmp_path / "box", webhook_url=listener.url) as sandbox:
        payments = StripePayments(
            StripeClient(sandbox.api_key, api_base=sandbox.api_base), webhook_secrets=(sandbox.webhook_secret,)
        )
        clock = SandboxClock(sandbox)
        gateways = Context(clock=clock, payments=payments, mailer=RecordingMailer(), public_url=PUBLIC_URL)
        app = create_app(config_for(database_url, instance=tmp_path), gateways)
        with app.app_context():
            today = clock.now().date()
            a_campaign(starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=300))
            yield Joined(app, sandbox, listener, payments, clock)
            db.session.rollback()
            problems = check_books(db.session())
            db.session.remove()
            db.engine.dispose()
            assert not problems
