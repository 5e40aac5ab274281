"""Stripe's official library over HTTP against the sandbox: our facts, our refusals, and books that equal the truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign import create_app
from campaign.database import reading
from campaign.domain.donation import Fact
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.gateways.payments import BadSignature, GoneAtProvider, PaymentRefused, PaymentsUnavailable
from campaign.gateways.stripe_client import StripeClient
from campaign.gateways.stripe_facts import envelope
from campaign.gateways.stripe_payments import StripePayments
from campaign.jobs import work_off_everything
from campaign.models.donation import Donation
from campaign.models.journal import JournalEntry, Posting
from campaign.services import inbox_desk, webhook_inbox
from campaign.services.checkout import CheckoutStarted, GiftRequest, start_checkout
from campaign.services.ledger_check import check_books
from campaign.services.refunding import RefundOrder, request_refund
from campaign.wiring import Gateways
from tests.builders import a_campaign
from tests.databases import config_for
from tests.fakes import RecordingMailer
from tests.sandbox.gifts import gift_params
from tests.sandbox.running import Listener, RunningSandbox, listening, running_sandbox

PUBLIC_URL = "http://127.0.0.1:8310"


@dataclass
class SandboxClock:
    """The sandbox's time, so that page lives and signatures agree."""

    sandbox: RunningSandbox

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.sandbox.sandbox.box.now(), UTC)

    def today(self) -> date:
        return self.now().date()


@dataclass
class Joined:
    """The services, joined to a running sandbox by HTTP alone."""

    app: Flask
    sandbox: RunningSandbox
    listener: Listener
    payments: StripePayments
    clock: SandboxClock

    def give(self, gift: Money, *, pays: bool = True, covers_fee: bool = False) -> CheckoutStarted:
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
            payments=self.payments,
            clock=self.clock,
            public_url=PUBLIC_URL,
        )
        if pays:
            self.sandbox.pay(self.row(started).checkout_id or "")
            self.hear()
        return started

    def hear(self) -> None:
        """Let time pass until every event was delivered, store them all, and work them off."""
        self.sandbox.advance(5)
        self.sandbox.deliver()
        received, self.listener.received = list(self.listener.received), []
        for body, signature in received:
            webhook_inbox.receive(body, signature, payments=self.payments, clock=self.clock)
        work_off_everything()

    def row(self, started: CheckoutStarted) -> Donation:
        with reading() as session:
            found = session.execute(select(Donation).where(Donation.public_id == started.public_id)).scalar_one()
            session.expunge(found)
        return found

    def balance_in_books(self) -> int:
        """What the books say is at the provider, in cents."""
        with reading() as session:
            total = session.execute(
                select(func.sum(Posting.amount_minor)).where(
                    Posting.account == Account.PROVIDER, Posting.currency == "USD"
                )
            ).scalar()
        return int(total or 0)

    def balance_in_truth(self) -> int:
        return sum(int(payment["net"]) for payment in self.sandbox.truth())


@pytest.fixture
def joined(database_url: str, tmp_path: Path) -> Iterator[Joined]:
    """An app on a database of its own with the real gateway; afterwards its books must be clean."""
    with listening() as listener, running_sandbox(tmp_path / "box", webhook_url=listener.url) as sandbox:
        payments = StripePayments(
            StripeClient(sandbox.api_key, api_base=sandbox.api_base), webhook_secrets=(sandbox.webhook_secret,)
        )
        clock = SandboxClock(sandbox)
        gateways = Gateways(clock=clock, payments=payments, mailer=RecordingMailer())
        app = create_app(config_for(database_url, instance=tmp_path), gateways)
        with app.app_context():
            today = clock.today()
            a_campaign(starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=300))
            yield Joined(app, sandbox, listener, payments, clock)
            db.session.rollback()
            problems = check_books(db.session())
            db.session.remove()
            db.engine.dispose()
            assert not problems


@pytest.mark.parametrize(
    "gift", [Money(25_00, "USD"), Money(25_00, "EUR"), Money(2000_00, "KGS")], ids=["USD", "EUR", "KGS"]
)
def test_a_gift_in_each_currency_is_in_the_books_as_in_truth(joined: Joined, gift: Money) -> None:
    started = joined.give(gift, covers_fee=True)

    row = joined.row(started)
    assert row.state == "paid"
    assert row.settled_currency == "USD"
    assert (row.rate is not None) == (gift.currency != "USD")
    assert joined.balance_in_books() == joined.balance_in_truth() > 0


@pytest.mark.database("sqlite")
def test_a_part_refund_leaves_what_the_sandbox_has(joined: Joined) -> None:
    started = joined.give(Money(25_00, "EUR"))
    order = RefundOrder(donation_public_id=started.public_id, amount=Money(10_00, "EUR"), reason="", actor_id=None)

    request_refund(order, clock=joined.clock)
    work_off_everything()
    joined.hear()

    assert joined.row(started).refunded_minor == 10_00
    assert joined.balance_in_books() == joined.balance_in_truth()


@pytest.mark.database("sqlite")
def test_every_event_of_a_gift_may_come_twice_and_backwards(joined: Joined) -> None:
    started = joined.give(Money(25_00, "USD"), pays=False)
    joined.sandbox.pay(joined.row(started).checkout_id or "")
    joined.sandbox.advance(5)
    joined.sandbox.deliver()
    for body, signature in [*reversed(joined.listener.received), *joined.listener.received]:
        webhook_inbox.receive(body, signature, payments=joined.payments, clock=joined.clock)
    work_off_everything()

    with reading() as session:
        assert session.execute(select(func.count()).select_from(JournalEntry)).scalar() == 2
    assert set(inbox_desk.count_by_state()) <= {"processed", "ignored"}


@pytest.mark.database("sqlite")
def test_a_stored_failure_is_not_replayed_for_ever(joined: Joined) -> None:
    joined.sandbox.fault("error_after", method="POST", path="/v1/checkout/sessions")
    with pytest.raises(PaymentsUnavailable):
        joined.give(Money(25_00, "USD"), pays=False)

    started = joined.give(Money(25_00, "USD"))

    assert joined.row(started).state == "paid"
    assert joined.row(started).attempt == 2


@pytest.mark.database("sqlite")
def test_an_expired_page_ends_the_gift(joined: Joined) -> None:
    started = joined.give(Money(25_00, "USD"), pays=False)
    joined.sandbox.advance(3700)
    joined.hear()
    assert joined.row(started).state == "expired"


@pytest.mark.database("sqlite")
def test_a_page_is_closed_while_nothing_is_paid_on_it(joined: Joined) -> None:
    page = joined.row(joined.give(Money(25_00, "USD"), pays=False)).checkout_id or ""
    for _ in range(2):
        joined.payments.expire_checkout(page)
    assert joined.payments.payment(page, whole=False).fact is Fact.EXPIRED


@pytest.mark.database("sqlite")
def test_a_page_that_was_paid_on_stays_paid(joined: Joined) -> None:
    page = joined.row(joined.give(Money(25_00, "USD"))).checkout_id or ""
    joined.payments.expire_checkout(page)
    assert joined.payments.payment(page, whole=False).fact is Fact.PAID


@pytest.mark.database("sqlite")
def test_more_than_was_paid_is_refused_by_name(joined: Joined) -> None:
    started = joined.give(Money(25_00, "USD"))
    payment_id = joined.row(started).payment_id or ""
    with pytest.raises(PaymentRefused):
        joined.payments.refund(payment_id, Money(26_00, "USD"), request_id="r1", donation_id=started.public_id)


@pytest.mark.database("sqlite")
def test_what_does_not_exist_is_gone(joined: Joined) -> None:
    with pytest.raises(GoneAtProvider):
        joined.payments.payment("cs_test_nothing", whole=False)
    with pytest.raises(GoneAtProvider):
        joined.payments.donation_of("charge", "ch_nothing")


def test_a_payment_that_is_not_ours_has_no_gift(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as sandbox:
        params = gift_params(metadata={}, payment_intent_data={"metadata": {}})
        session_id = sandbox.client().v1.checkout.sessions.create(params).id
        payments = StripePayments(
            StripeClient(sandbox.api_key, api_base=sandbox.api_base), webhook_secrets=("whsec_x",)
        )
        assert payments.donation_of("checkout.session", session_id) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"\xff\xfe", b"not json", b'{"object": "v2.core.event"}', b'{"object": "event"}'],
)
def test_what_is_no_event_is_refused_whoever_signed_it(body: bytes) -> None:
    with pytest.raises(BadSignature):
        envelope(body)


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "t=abc", "ключ", "t=1,v1=" + "0" * 5000])
def test_a_forged_signature_is_refused(signature: str) -> None:
    payments = StripePayments(
        StripeClient("sk_test_sandbox_0", api_base="http://127.0.0.1:9"), webhook_secrets=("whsec_a",)
    )
    with pytest.raises(BadSignature):
        payments.verify(b'{"object": "event"}', signature)


def test_nobody_answering_is_told_as_unavailable() -> None:
    payments = StripePayments(StripeClient("sk_test_sandbox_0", api_base="http://127.0.0.1:9"), webhook_secrets=())
    with pytest.raises(PaymentsUnavailable) as told:
        payments.open_checkout(gift_params(), key="k")
    assert not told.value.is_answer
