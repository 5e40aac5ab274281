"""Monthly gifts over the real library and a sandbox in this process: begin one, let months pass, look at what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from campaign import create_app
from campaign.database import reading
from campaign.domain.identity import new_public_id
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.domain.pledge import Act
from campaign.extensions import db
from campaign.gateways.context import Context
from campaign.gateways.mailer import Email
from campaign.gateways.stripe_account import StripeAccount
from campaign.gateways.stripe_client import StripeClient
from campaign.gateways.stripe_payments import StripePayments
from campaign.jobs import send_mail, work_off
from campaign.models.donation import Donation
from campaign.models.journal import Posting
from campaign.models.pledge import Pledge, PledgeEvent
from campaign.models.receipt import Receipt
from campaign.services.gifts.checkout import GiftRequest, start_checkout
from campaign.services.ledger.check import check_books
from campaign.services.pledges import requests as pledge_requests
from campaign.services.pledges.requests import PledgeOrder
from campaign.services.queues import inbox
from tests.gateways.joined import PUBLIC_URL, JoinedServices, SandboxClock
from tests.sandbox.running import listening, running_sandbox
from tests.support.builders import a_campaign
from tests.support.databases import config_for
from tests.support.drain import work_off_money
from tests.support.fakes import RecordingMailer

OURS = (Account.PROVIDER, Account.PAYOUTS, Account.BANK)
AN_HOUR, A_DAY = 3600, 24 * 3600
A_MONTH = 31 * A_DAY + 2 * AN_HOUR


@dataclass
class Monthly(JoinedServices):
    """These services with monthly gifts."""

    mailer: RecordingMailer
    forms: "count[int]" = field(default_factory=lambda: count(1))

    def open(self, *, minor: int = 25_00, language: str = "en", form: str = "", covers_fee: bool = False) -> str:
        """A monthly gift whose payment page is open: the first gift's public id."""
        request = GiftRequest(
            campaign_slug="quilt",
            form_id=form or f"form-{next(self.forms)}",
            language=language,
            gift=Money(minor, "USD"),
            covers_fee=covers_fee,
            fund_code=None,
            email="donor@example.org",
            public_name="Aida",
            message=None,
            is_anonymous=False,
            frequency="monthly",
        )
        return start_checkout(request, context=self.context).public_id

    def begin(self, *, method: str = "pm_card_visa", **how: Any) -> Pledge:  # the arguments of `open`
        """A monthly gift whose first month is paid and reported."""
        public_id = self.open(**how)
        self.sandbox.pay(self.gift(public_id).checkout_id or "", method=method)
        self.hear()
        return self.pledge(self.gift(public_id).pledge_id)

    def pass_days(self, days: int) -> None:
        """Time passes a day at a time, and every event is delivered and worked off."""
        for _ in range(days):
            self.sandbox.advance(A_DAY)
            self.hear()

    def pass_a_month(self) -> None:
        self.sandbox.advance(A_MONTH)
        self.hear()

    def collect(self) -> list[tuple[bytes, str]]:
        """Deliver what is due; the signed bodies, which the product has not received yet."""
        self.sandbox.advance(5)
        self.sandbox.deliver()
        received, self.listener.received = list(self.listener.received), []
        return received

    def tell(self, received: list[tuple[bytes, str]]) -> None:
        for body, signature in received:
            inbox.receive(body, signature, context=self.context)

    def hear(self) -> None:
        """Deliver, store and work off; mails are sent when somebody looks at them."""
        self.tell(self.collect())
        work_off_money()

    def ask(self, pledge: Pledge, act: Act, **detail: object) -> str:
        """Execute a donor's request at once; return the request's state."""
        order = PledgeOrder(pledge_public_id=pledge.public_id, act=act, detail=dict(detail), public_id=new_public_id())
        pledge_requests.ask(order, clock=self.clock)
        return pledge_requests.execute(order.public_id, context=self.context)

    def another_card(self, pledge: Pledge, method: str) -> None:
        """The donor has another card from now on."""
        client = self.sandbox.client()
        attached = client.v1.payment_methods.attach(method, {"customer": pledge.customer_id})
        client.v1.subscriptions.update(pledge.subscription_id, {"default_payment_method": attached.id})

    def gift(self, public_id: str) -> Donation:
        with reading() as session:
            row = session.execute(select(Donation).where(Donation.public_id == public_id)).scalar_one()
            session.expunge(row)
        return row

    def gifts(self) -> list[Donation]:
        """All gifts, oldest first."""
        with reading() as session:
            rows = list(session.execute(select(Donation).order_by(Donation.id)).scalars())
            session.expunge_all()
        return rows

    def pledges(self) -> list[Pledge]:
        with reading() as session:
            rows = list(session.execute(select(Pledge).order_by(Pledge.id)).scalars())
            session.expunge_all()
        return rows

    def pledge(self, pledge_id: int | None) -> Pledge:
        return next(one for one in self.pledges() if one.id == pledge_id)

    def again(self, pledge: Pledge) -> Pledge:
        """The pledge as it is now."""
        return self.pledge(pledge.id)

    def history(self, pledge: Pledge) -> list[str]:
        with reading() as session:
            return list(
                session.execute(
                    select(PledgeEvent.kind).where(PledgeEvent.pledge_id == pledge.id).order_by(PledgeEvent.id)
                ).scalars()
            )

    def receipts(self) -> int:
        with reading() as session:
            return session.execute(select(func.count()).select_from(Receipt)).scalar_one()

    def mails(self, words: str = "") -> list[Email]:
        """What was mailed, oldest first; those whose subject has these words."""
        work_off(send_mail, linger_seconds=0)
        return [mail for mail in self.mailer.sent if words in mail.subject]

    def balance_in_books(self) -> int:
        """What the books say came to us through the provider, in cents, paid out or not."""
        with reading() as session:
            total = session.execute(
                select(func.sum(Posting.amount_minor)).where(Posting.account.in_(OURS), Posting.currency == "USD")
            ).scalar()
        return int(total or 0)

    def balance_in_truth(self) -> int:
        return sum(int(payment["net"]) for payment in self.sandbox.truth())


@contextmanager
def monthly_gifts(database_url: str, tmp_path: Path, **settings: Any) -> Iterator[Monthly]:  # fields of the sandbox's
    """An app on a database of its own with the real gateway; afterwards its books must be clean."""
    with listening() as listener, running_sandbox(tmp_path / "box", webhook_url=listener.url, **settings) as sandbox:
        client = StripeClient(sandbox.api_key, api_base=sandbox.api_base)
        payments = StripePayments(client, webhook_secrets=(sandbox.webhook_secret,))
        clock, mailer = SandboxClock(sandbox), RecordingMailer()
        app = create_app(
            config_for(database_url, instance=tmp_path),
            Context(
                clock=clock, payments=payments, mailer=mailer, account=StripeAccount(client), public_url=PUBLIC_URL
            ),
        )
        with app.app_context():
            today = clock.now().date()
            a_campaign(starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=900))
            yield Monthly(app, sandbox, listener, payments, clock, mailer)
            db.session.rollback()
            problems = check_books(db.session())
            db.session.remove()
            db.engine.dispose()
            assert not problems
