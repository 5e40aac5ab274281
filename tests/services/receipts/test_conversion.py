"""The receipt of a converted gift names the settled amount and the rate, and waits for them for a bounded time."""

from sqlalchemy import select

from campaign.domain.money import Money
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.receipts import files
from tests.receipts.samples import text_of
from tests.services.engine import Engine

NUMBER = "TEST-WCL-2026-000001"
CONVERTED = "Converted to USD 57.10 at KGS 1 = USD 0.01142"


def give(engine: Engine, *, currency: str = "KGS") -> str:
    """Make a gift that is paid and whose settlement is not reported yet; return the name of its payment page."""
    checkout = engine.checkout_of(engine.open(engine.request(minor=5_000_00, currency=currency)))
    engine.payments.pay(checkout)
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    return checkout


def settle(engine: Engine, checkout: str) -> None:
    """The provider reports that and how it converted the gift."""
    engine.payments.settle(checkout, fee_minor=1_96, gross=Money(57_10, "USD"), rate="0.01142")
    engine.tell("charge.updated", f"ch_{checkout}")
    engine.work()


def test_the_receipt_waits_for_the_rate_and_leaves_with_it(engine: Engine) -> None:
    checkout = give(engine)
    assert engine.mailer.sent == []
    assert engine.session.execute(select(Receipt.number)).scalars().all() == [NUMBER]  # the number is of the payment
    assert engine.session.execute(select(ReceiptFile.receipt_id)).all() == []
    settle(engine, checkout)
    (mail,) = engine.mailer.sent
    ((name, pdf),) = mail.attachments
    assert name == f"{NUMBER}.pdf"
    assert CONVERTED in text_of(pdf)
    assert files.receipt_pdf(NUMBER) == pdf


def test_the_wait_ends_after_half_an_hour_and_costs_no_try(engine: Engine) -> None:
    checkout = give(engine)
    for _ in range(15):
        engine.clock.advance(minutes=2)
        engine.work()
    (mail,) = engine.mailer.sent
    assert "Converted to" not in text_of(mail.attachments[0][1])
    assert engine.session.execute(select(Message.attempts)).scalars().all() == [1]
    settle(engine, checkout)
    assert files.receipt_pdf(NUMBER) == mail.attachments[0][1]  # sealed


def test_a_gift_in_the_campaigns_currency_does_not_wait(engine: Engine) -> None:
    give(engine, currency="USD")
    (mail,) = engine.mailer.sent
    assert "Converted to" not in text_of(mail.attachments[0][1])


def test_a_receipt_whose_conversion_is_known_at_issue_leaves_at_once(engine: Engine) -> None:
    checkout = engine.checkout_of(engine.open(engine.request(minor=5_000_00, currency="KGS")))
    engine.payments.pay(checkout)
    engine.payments.settle(checkout, fee_minor=1_96, gross=Money(57_10, "USD"), rate="0.01142")
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    assert CONVERTED in text_of(engine.mailer.sent[0].attachments[0][1])
