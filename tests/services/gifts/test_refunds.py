"""Money goes back: whole, in part, twice, from the dashboard, and when the donor's bank sends it back to us."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select

from campaign.domain.donation import NotRefundable, RefundTooLarge
from campaign.domain.errors import FormReused
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction
from campaign.models.donation import Refund
from campaign.models.receipt import Receipt
from campaign.services.gifts import receipts_on_hold
from campaign.services.gifts.refunds import OF_A_TEST, RefundOrder, request_refund, send_next_refund
from campaign.services.ledger import sums
from tests.services.engine import Engine
from tests.support.builders import a_member_of_staff, set_issuer_text


def order(public_id: str, minor: int) -> RefundOrder:
    return RefundOrder(
        donation_public_id=public_id, amount=Money(minor, "USD"), reason="asked for by the donor", actor_id=None
    )


def send_back(engine: Engine, public_id: str, minor: int) -> str:
    """Request a refund, let the provider execute it, and deliver its event."""
    request_id = request_refund(order(public_id, minor), clock=engine.clock)
    engine.work()
    engine.payments.settle_refund(request_id)
    engine.tell("refund.updated", f"re_{request_id}")
    engine.work()
    return request_id


def receipts(engine: Engine) -> list[tuple[str, int]]:
    rows = engine.session.execute(select(Receipt.state, Receipt.amount_minor).order_by(Receipt.id))
    return [(row[0], row[1]) for row in rows]


def test_a_part_refund_replaces_the_receipt_by_one_for_the_rest(engine: Engine) -> None:
    public_id = engine.give(minor=25_00, fee_minor=1_03)

    send_back(engine, public_id, 10_00)

    assert engine.donation(public_id).refunded_minor == 10_00
    assert receipts(engine) == [("replaced", 25_00), ("issued", 15_00)]
    assert sums.account_totals(engine.session)[(Account.PROVIDER, "USD")] == 13_97
    _, mail = engine.mailer.sent
    assert mail.subject == "Test: We have sent $10 back to you"
    assert "Of the gift of $25, $10 was sent back; this receipt is for what is left." in mail.text
    assert [name for name, _ in mail.attachments] == ["TEST-WCL-2026-000002.pdf"]


def test_a_whole_refund_voids_the_receipt_and_tells_the_donor(engine: Engine) -> None:
    public_id = engine.give(minor=25_00, fee_minor=1_03)

    send_back(engine, public_id, 25_00)

    assert receipts(engine) == [("void", 25_00)]
    _, mail = engine.mailer.sent
    assert mail.subject == "Test: We have sent $25 back to you"
    assert "Receipt TEST-WCL-2026-000001 is no longer valid" in mail.text
    assert mail.attachments == ()
    donation = engine.donation(public_id)
    assert sums.balance_of(engine.session, donation.fund_id, "USD").minor == -1_03  # the fee does not come back


def test_two_part_refunds_may_not_exceed_the_gift(engine: Engine) -> None:
    public_id = engine.give(minor=25_00)
    send_back(engine, public_id, 20_00)

    with pytest.raises(RefundTooLarge):
        request_refund(order(public_id, 5_01), clock=engine.clock)
    send_back(engine, public_id, 5_00)
    with pytest.raises(NotRefundable):
        request_refund(order(public_id, 1), clock=engine.clock)


def test_a_refund_counts_from_its_request_before_it_is_sent(engine: Engine) -> None:
    public_id = engine.give(minor=25_00)
    request_refund(order(public_id, 20_00), clock=engine.clock)

    with pytest.raises(RefundTooLarge):
        request_refund(order(public_id, 20_00), clock=engine.clock)


def test_two_presses_at_the_same_instant_are_one_refund(engine: Engine) -> None:
    request = order(engine.give(minor=25_00, fee_minor=1_03), 25_00)
    together = Barrier(2)

    def press() -> str:
        with engine.app.app_context():
            together.wait()
            return request_refund(request, clock=engine.clock)

    with ThreadPoolExecutor(2) as fingers:
        pressed = [fingers.submit(press) for _ in range(2)]
    assert [attempt.result() for attempt in pressed] == [request.public_id] * 2
    assert len(engine.session.execute(select(Refund.id)).all()) == 1


def test_a_form_of_another_gift_or_amount_is_not_taken_for_this_one(engine: Engine) -> None:
    request = order(engine.give(minor=25_00), 10_00)
    request_refund(request, clock=engine.clock)
    of_another = replace(request, donation_public_id=engine.give(minor=25_00))
    for other in (of_another, replace(request, amount=Money(5_00, "USD"))):
        with pytest.raises(FormReused):
            request_refund(other, clock=engine.clock)
    assert request_refund(request, clock=engine.clock) == request.public_id
    assert engine.session.execute(select(Refund.amount_minor)).scalars().all() == [10_00]


def test_an_unpaid_gift_cannot_be_refunded(engine: Engine) -> None:
    with pytest.raises(NotRefundable):
        request_refund(order(engine.open(), 1_00), clock=engine.clock)


def test_a_lost_answer_leads_to_one_refund(engine: Engine) -> None:
    public_id = engine.give(minor=25_00)
    engine.payments.loses_answers = True
    request_refund(order(public_id, 10_00), clock=engine.clock)
    engine.work()
    engine.payments.loses_answers = False
    engine.clock.advance(minutes=10)
    engine.work()

    [facts] = engine.payments.facts.values()
    assert len(facts.refunds) == 1
    assert engine.donation(public_id).refunded_minor == 10_00


def test_a_refund_made_in_the_dashboard_arrives_as_an_event(engine: Engine) -> None:
    public_id = engine.give(minor=25_00)
    checkout = engine.checkout_of(public_id)
    engine.payments.refund(f"pi_{checkout}", Money(7_00, "USD"), request_id="from-the-dashboard", donation_id=public_id)
    engine.payments.settle_refund("from-the-dashboard")

    engine.tell("charge.refunded", f"ch_{checkout}")
    engine.work()

    assert engine.donation(public_id).refunded_minor == 7_00
    assert receipts(engine) == [("replaced", 25_00), ("issued", 18_00)]


def test_a_refund_that_fails_after_success_restores_the_gift_and_its_receipt(engine: Engine) -> None:
    public_id = engine.give(minor=25_00, fee_minor=1_03)
    request_id = send_back(engine, public_id, 25_00)
    checkout = engine.checkout_of(public_id)
    [refund] = engine.payments.facts[checkout].refunds
    failed = replace(
        refund,
        state="failed",
        returned=BalanceTransaction("txn_back", Money(25_00, "USD"), Money(0, "USD")),
        returned_on=engine.clock.now(),
    )
    engine.payments._tell(checkout, refunds=(failed,))

    engine.tell("refund.failed", f"re_{request_id}")
    engine.work()

    assert engine.donation(public_id).refunded_minor == 0
    assert receipts(engine) == [("void", 25_00), ("issued", 25_00)]
    mail = engine.mailer.sent[-1]
    assert mail.subject == "Test: Your refund of $25 did not arrive"
    for words in (mail.text, mail.html):
        assert "We will write to you within five working days to arrange another way." in words
    assert [name for name, _ in mail.attachments] == ["TEST-WCL-2026-000002.pdf"]
    assert len(engine.mailer.sent) == 3  # the gift's, the refund's, and this one
    assert sums.account_totals(engine.session)[(Account.PROVIDER, "USD")] == 23_97


def test_a_refusal_by_the_provider_is_shown_to_staff_and_frees_the_amount(engine: Engine) -> None:
    public_id = engine.give(minor=25_00)
    checkout = engine.checkout_of(public_id)
    request_refund(order(public_id, 25_00), clock=engine.clock)
    engine.payments.refund(f"pi_{checkout}", Money(25_00, "USD"), request_id="somebody-else", donation_id=public_id)

    engine.work()

    mine = engine.session.execute(select(Refund).where(Refund.reason != "")).scalar_one()
    assert mine.state == "failed"
    assert "more than was paid" in (mine.error or "")


def test_the_refund_of_a_test_gift_is_closed_once_there_is_a_live_key(engine: Engine) -> None:
    """It was held, not found and logged as an error every five minutes."""
    request_refund(order(engine.give(minor=25_00), 25_00), clock=engine.clock)
    engine.payments.mode = "live"
    sent = [send_next_refund(engine.context) for _ in range(2)]
    refund = engine.session.execute(select(Refund)).scalar_one()
    assert (sent, refund.state, refund.error) == ([True, False], "failed", OF_A_TEST)
    assert "refund" not in engine.payments.calls


def test_a_refund_is_mailed_after_it_was_sent_and_once_only(engine: Engine) -> None:
    public_id = engine.give(minor=25_00)
    engine.work()
    request_id = request_refund(order(public_id, 10_00), clock=engine.clock)
    engine.work()
    assert engine.session.execute(select(Refund.state)).scalars().all() == ["pending"]
    assert len(engine.mailer.sent) == 1  # the receipt's
    engine.payments.settle_refund(request_id)
    for _ in range(2):
        engine.tell("refund.updated", f"re_{request_id}")
        engine.work()
    assert [mail.subject for mail in engine.mailer.sent[1:]] == ["Test: We have sent $10 back to you"]


def test_a_pending_refund_that_is_cancelled_brings_the_receipt_that_stands_again(engine: Engine) -> None:
    public_id = engine.give(minor=25_00)
    engine.work()
    request_id = request_refund(order(public_id, 10_00), clock=engine.clock)
    engine.work()
    checkout = engine.checkout_of(public_id)
    [refund] = engine.payments.facts[checkout].refunds
    engine.payments._tell(checkout, refunds=(replace(refund, state="canceled"),))
    engine.tell("refund.updated", f"re_{request_id}")
    engine.work()
    assert receipts(engine) == [("replaced", 25_00), ("replaced", 15_00), ("issued", 25_00)]
    assert [name for name, _ in engine.mailer.sent[-1].attachments] == ["TEST-WCL-2026-000003.pdf"]
    assert len(engine.mailer.sent) == 2


def test_a_corrected_receipt_leaves_with_the_mail_about_the_refund(engine: Engine) -> None:
    public_id = engine.give(minor=25_00)
    engine.work()
    set_issuer_text("registration", "")
    send_back(engine, public_id, 10_00)
    assert len(engine.mailer.sent) == 1
    set_issuer_text("registration", "No. 1")
    actor = a_member_of_staff()
    number = "TEST-WCL-2026-000002"
    receipts_on_hold.correct(number, donor_name="Aida", actor_id=actor.id, context=engine.context)
    engine.work()
    mail = engine.mailer.sent[-1]
    assert mail.subject == "Test: We have sent $10 back to you"
    assert [name for name, _ in mail.attachments] == ["TEST-WCL-2026-000003.pdf"]


def test_an_answer_to_a_mail_reaches_the_campaign(engine: Engine) -> None:
    engine.give()
    engine.work()
    assert engine.mailer.sent[0].as_email("no-reply@kurak.example")["Reply-To"] == "hello@quilt.example"
