"""Short steps for tests of the services: give, pay, deliver events, work off."""

from dataclasses import dataclass, field
from datetime import date
from itertools import count

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.gateways.context import Context
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.services.gifts.checkout import Admission, GiftRequest, start_checkout
from campaign.services.queues import inbox
from tests.support.builders import a_campaign
from tests.support.drain import work_off_money
from tests.support.fakes import SIGNATURE, FakePayments, RecordingMailer, SettableClock

PUBLIC_URL = "http://127.0.0.1:8000"


@dataclass
class Engine:
    """The services with their outside world, as one test uses them."""

    app: Flask
    payments: FakePayments
    mailer: RecordingMailer
    clock: SettableClock
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def context(self) -> Context:
        return Context(payments=self.payments, clock=self.clock, mailer=self.mailer, public_url=PUBLIC_URL)

    @classmethod
    def started(cls, app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> "Engine":
        """With a campaign that takes gifts."""
        a_campaign(series="WCL", ends_on=date(2028, 3, 8))
        db.session.rollback()
        return cls(app, payments, mailer, clock)

    def request(
        self,
        *,
        form: str = "",
        minor: int = 25_00,
        currency: str = "USD",
        language: str = "en",
        covers_fee: bool = False,
    ) -> GiftRequest:
        with reading() as session:
            slug = session.execute(select(Campaign.slug).order_by(Campaign.id).limit(1)).scalar_one()
        return GiftRequest(
            campaign_slug=slug,
            form_id=form or f"form-{next(self.numbers)}",
            language=language,
            gift=Money(minor, currency),
            covers_fee=covers_fee,
            fund_code=None,
            email="donor@example.org",
            public_name=None,
            message=None,
            is_anonymous=True,
        )

    def open(self, request: GiftRequest | None = None, *, admit: Admission | None = None) -> str:
        """A gift whose page is open: its public id."""
        return start_checkout(request or self.request(), context=self.context, admit=admit).public_id

    def checkout_of(self, public_id: str) -> str:
        return str(self.donation(public_id).checkout_id)

    def tell(self, type_: str, object_id: str, *, event_id: str = "") -> bool:
        """Deliver a signed event about an object; whether it was new."""
        name = event_id or f"evt_{next(self.numbers)}"
        body = self.payments.event(type_, object_id, event_id=name)
        return inbox.receive(body, SIGNATURE, context=self.context)

    def work(self) -> int:
        """Everything that is due."""
        return work_off_everything()

    def give(self, *, minor: int = 25_00, fee_minor: int | None = 1_03, language: str = "en") -> str:
        """Make a gift that is paid and, unless the fee is None, settled, without receipt and mails; return its public id."""
        public_id = self.open(self.request(minor=minor, language=language))
        checkout = self.checkout_of(public_id)
        self.payments.pay(checkout)
        if fee_minor is not None:
            self.payments.settle(checkout, fee_minor=fee_minor)
        self.tell("checkout.session.completed", checkout)
        work_off_money()
        return public_id

    def donation(self, public_id: str) -> Donation:
        """The row as it is now, detached."""
        with reading() as session:
            donation = session.execute(select(Donation).where(Donation.public_id == public_id)).scalar_one()
            session.expunge(donation)
        return donation

    @property
    def session(self) -> Session:
        return db.session()
