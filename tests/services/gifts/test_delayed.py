"""Payments that take days: mailed once, counted when the money has come, and neither swept away nor mistaken for a failure."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from campaign.blueprints.donations.gift_cookie import remember_gift
from campaign.database import reading
from campaign.days import local_day
from campaign.domain.money import Money
from campaign.domain.payment import TransferInstructions
from campaign.i18n import in_language
from campaign.models.journal import JournalEntry
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.services.campaigns.supporters import gift_counts
from campaign.services.gifts import settlement
from campaign.services.transfer_instructions import transfer_due, transfer_in_words
from receipts import ReceiptDocument
from tests.services.engine import Engine


def waiting(engine: Engine) -> tuple[str, str]:
    """A gift by debit whose money is under way: its public id and its page."""
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.wait(checkout)
    engine.tell("checkout.session.completed", checkout)
    engine.tell("payment_intent.processing", f"pi_{checkout}")
    engine.work()
    return public_id, checkout


def mails(engine: Engine) -> list[str]:
    return list(engine.session.execute(select(Message.kind).order_by(Message.id)).scalars())


def test_an_unpaid_completed_page_is_under_way_and_mailed_once(engine: Engine) -> None:
    """AI-Shipping-Labs #1423: unpaid `completed` was terminal, or granted what was not paid."""
    public_id, checkout = waiting(engine)
    engine.tell("checkout.session.completed", checkout)
    engine.work()

    assert engine.donation(public_id).state == "processing"
    assert mails(engine) == ["processing"]
    assert "few working days" in engine.mailer.sent[0].text


def test_a_gift_under_way_counts_in_no_total(engine: Engine) -> None:
    public_id, _ = waiting(engine)
    with reading() as session:
        assert gift_counts(session, engine.donation(public_id).campaign_id).gifts == 0
        assert not session.execute(select(JournalEntry.id)).first()
        assert not session.execute(select(Receipt.id)).first()


@pytest.mark.parametrize("event", ["checkout.session.async_payment_succeeded", "payment_intent.succeeded"])
def test_the_money_that_comes_days_later_is_booked_and_receipted(engine: Engine, event: str) -> None:
    """woocommerce-gateway-stripe #1943: a SEPA order never left on-hold."""
    public_id, checkout = waiting(engine)
    engine.clock.advance(days=5)
    engine.payments.pay(checkout)
    engine.payments.settle(checkout, fee_minor=35)
    engine.tell(event, checkout if event.startswith("checkout") else f"pi_{checkout}")
    engine.work()

    assert engine.donation(public_id).state == "paid"
    assert mails(engine) == ["processing", "receipt"]


def test_a_debit_that_fails_is_mailed_with_a_way_to_give_again_and_books_nothing(engine: Engine) -> None:
    public_id, checkout = waiting(engine)
    engine.clock.advance(days=5)
    engine.payments.fail(checkout)
    for event, object_id in (
        ("checkout.session.async_payment_failed", checkout),
        ("payment_intent.payment_failed", f"pi_{checkout}"),
    ):
        engine.tell(event, object_id)
        engine.work()

    assert engine.donation(public_id).state == "failed"
    assert mails(engine) == ["processing", "payment_failed"]
    assert "/en/donate?campaign=" in engine.mailer.sent[-1].text
    assert "amount=25.00&currency=USD&frequency=once&fund=GEN" in engine.mailer.sent[-1].text
    with reading() as session:
        assert not session.execute(select(JournalEntry.id)).first()


def test_a_gift_under_way_outlives_its_page(engine: Engine) -> None:
    public_id, checkout = waiting(engine)
    engine.clock.advance(days=4)
    assert engine.clock.now() > engine.donation(public_id).expires_at + timedelta(days=2)
    engine.work()
    engine.tell("checkout.session.expired", checkout)
    engine.work()
    assert engine.donation(public_id).state == "processing"


def test_a_settlement_that_is_known_before_the_money_is_sure_is_not_booked(engine: Engine) -> None:
    _, checkout = waiting(engine)
    engine.payments.settle(checkout, fee_minor=35)
    engine.tell("charge.updated", f"ch_{checkout}")
    engine.work()
    with reading() as session:
        assert not session.execute(select(JournalEntry.id)).first()


def test_no_mail_about_an_unpaid_gift_holds_what_somebody_typed(engine: Engine) -> None:
    """Whoever pays nothing could have us mail a text of their own to an address of somebody else."""
    checkout = engine.checkout_of(engine.open())
    engine.payments.wait(checkout, name="You have won: evil.example")
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    engine.payments.fail(checkout)
    engine.tell("checkout.session.async_payment_failed", checkout)
    engine.work()
    assert mails(engine) == ["processing", "payment_failed"]
    assert len(engine.mailer.sent) == 2
    for mail in engine.mailer.sent:
        assert "evil" not in f"{mail.subject} {mail.text} {mail.html}"


def test_a_donor_without_an_address_is_mailed_nothing(engine: Engine) -> None:
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.wait(checkout, email=None)
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    assert engine.donation(public_id).state == "processing"
    assert mails(engine) == []


def days_of(engine: Engine, public_id: str) -> tuple[date, date, list[date]]:
    """The day on which a gift counts: for the register, on its receipt, and in the journal."""
    paid_at = engine.donation(public_id).paid_at
    document = engine.session.execute(select(Receipt.document)).scalar_one()
    days = engine.session.execute(select(JournalEntry.effective_on).order_by(JournalEntry.kind)).scalars()
    assert paid_at is not None
    return local_day(paid_at), ReceiptDocument.from_json(document).received_on, list(days)


@pytest.mark.parametrize("event", ["checkout.session.async_payment_succeeded", "payment_intent.succeeded"])
def test_a_debit_counts_on_the_day_its_success_is_reported(engine: Engine, event: str) -> None:
    """Begun at two minutes to midnight, put on the balance at once, succeeded on the next day, worked off a day later."""
    engine.clock.at = datetime(2027, 3, 6, 23, 58, 20, tzinfo=UTC)
    public_id, checkout = waiting(engine)
    engine.payments.settle(checkout, fee_minor=35)
    engine.clock.at = datetime(2027, 3, 7, 0, 5, 1, tzinfo=UTC)
    engine.payments.money_comes(checkout)
    engine.tell(event, checkout if event.startswith("checkout") else f"pi_{checkout}")
    engine.clock.advance(days=1)
    engine.work()

    came = date(2027, 3, 7)
    assert days_of(engine, public_id) == (came, came, [came, came])


def test_a_debit_that_no_event_reported_counts_when_the_sweep_finds_it(engine: Engine) -> None:
    public_id, checkout = waiting(engine)
    engine.clock.advance(days=5)
    engine.payments.money_comes(checkout)
    settlement.refresh_checkout(checkout, context=engine.context)
    engine.clock.advance(days=5)
    engine.tell("payment_intent.succeeded", f"pi_{checkout}")
    engine.work()
    assert days_of(engine, public_id)[:2] == (date(2026, 12, 6), date(2026, 12, 6))


TRANSFER = TransferInstructions(
    amount=Money(25_00, "USD"),
    reference="ABC123XYZ0",
    url="https://payments.example/transfer",
    accounts=({"iban": "IE00TEST00000000000000", "bic": "TESTIE2DXXX", "account_holder_name": "Quilt", "x": "y"},),
)


def check_thank_you_pages(engine: Engine, public_id: str, checkout: str) -> None:
    """The browser that gave gets the account and the reference, any other one only that a transfer is due."""
    with engine.app.test_request_context():
        answer = engine.app.response_class()
        remember_gift(answer, public_id)
    donor = engine.app.test_client()
    donor.set_cookie("gifts", answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2])
    own = donor.get(f"/en/thanks?s={checkout}").text
    for words in ("please send the money", "ABC123XYZ0", "IE00TEST00000000000000", "https://payments.example/transfer"):
        assert words in own
    stranger = engine.app.test_client().get(f"/en/thanks?s={checkout}").text
    assert "Please send your bank transfer" in stranger
    assert "ABC123XYZ0" not in stranger


def test_a_donor_by_bank_transfer_is_mailed_how_to_send_the_money(engine: Engine) -> None:
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.wait(checkout)
    engine.payments.facts[checkout] = replace(engine.payments.facts[checkout], transfer=TRANSFER)
    engine.tell("checkout.session.completed", checkout)
    engine.work()

    assert mails(engine) == ["transfer_due"]
    [mail] = engine.mailer.sent
    assert mail.subject == "Test: Please send your bank transfer of $25.00"
    for words in (
        "please send the money",
        "Reference, exactly as shown here: ABC123XYZ0",
        "Account holder: Quilt\nIBAN: IE00TEST00000000000000\nBIC (SWIFT code): TESTIE2DXXX",
        "https://payments.example/transfer",
    ):
        assert words in mail.text
    assert "few working days" not in mail.text
    due = transfer_due(public_id)
    assert due is not None
    assert (due.reference, due.accounts[0][1]) == ("ABC123XYZ0", ("IBAN", "IE00TEST00000000000000"))

    check_thank_you_pages(engine, public_id, checkout)

    engine.payments.pay(checkout)
    engine.payments.facts[checkout] = replace(engine.payments.facts[checkout], transfer=None)
    engine.tell("checkout.session.async_payment_succeeded", checkout)
    engine.work()
    assert mails(engine) == ["transfer_due", "receipt"]
    assert transfer_due(public_id) is None


def test_the_country_of_a_bank_is_named_not_coded(engine: Engine) -> None:
    stored = {"minor": 100, "currency": "EUR", "reference": "R", "url": "", "accounts": [{"country": "IE"}]}
    with engine.app.test_request_context(), in_language("ru"):
        assert transfer_in_words(stored).accounts == [[("Страна банка", "Ирландия")]]
