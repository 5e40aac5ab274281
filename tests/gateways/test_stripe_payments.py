"""Stripe's official library over HTTP against the sandbox: our facts, our refusals, and books that equal the truth."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from campaign.database import reading
from campaign.domain.donation import Fact
from campaign.domain.money import Money
from campaign.gateways.payments import (
    BadSignature,
    MissingAtProvider,
    PaymentRefused,
    PaymentsUnavailable,
    UnusableEvent,
)
from campaign.gateways.stripe_client import StripeClient
from campaign.gateways.stripe_facts import envelope
from campaign.gateways.stripe_payments import StripePayments
from campaign.models.journal import JournalEntry
from campaign.services.gifts.refunds import RefundOrder, request_refund
from campaign.services.inbox import listing
from campaign.services.queues import inbox
from tests.gateways.joined import Joined
from tests.sandbox.gifts import gift_params
from tests.sandbox.running import running_sandbox
from tests.support.drain import work_off_money


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
    work_off_money()
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
        inbox.receive(body, signature, context=joined.context)
    work_off_money()

    with reading() as session:
        assert session.execute(select(func.count()).select_from(JournalEntry)).scalar() == 2
    assert set(listing.count_by_state()) <= {"processed", "ignored"}


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
    with pytest.raises(MissingAtProvider):
        joined.payments.payment("cs_test_nothing", whole=False)
    with pytest.raises(MissingAtProvider):
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
    with pytest.raises(UnusableEvent):
        envelope(body)


def event_about(object_id: str) -> bytes:
    about = {"id": object_id, "object": "checkout.session"}
    outside = {"id": "evt_1", "object": "event", "type": "checkout.session.completed", "livemode": False, "created": 1}
    return json.dumps(outside | {"data": {"object": about}}).encode()


@pytest.mark.parametrize(
    "object_id", ["cs_ /?x=1#", "..", "cs_1/../../v1/refunds", "cs_1%2f", "cs_\n1", "cs_é", "cs_1."]
)
def test_an_event_about_an_id_that_no_address_may_hold_is_refused(object_id: str) -> None:
    with pytest.raises(UnusableEvent, match="id"):
        envelope(event_about(object_id))


@pytest.mark.parametrize("object_id", ["", "cs_test_a1B2", "gold-plan_2"])
def test_an_event_about_a_usual_id_or_none_is_read(object_id: str) -> None:
    assert envelope(event_about(object_id)).object_id == object_id


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "t=abc", "ключ", "t=1,v1=" + "0" * 5000])
def test_a_forged_signature_is_refused(signature: str) -> None:
    payments = StripePayments(
        StripeClient("sk_test_sandbox_0", api_base="http://127.0.0.1:9"), webhook_secrets=("whsec_a",)
    )
    with pytest.raises(BadSignature):
        payments.verify(b'{"object": "event"}', signature)


def test_nobody_answering_is_reported_as_unavailable() -> None:
    payments = StripePayments(StripeClient("sk_test_sandbox_0", api_base="http://127.0.0.1:9"), webhook_secrets=())
    with pytest.raises(PaymentsUnavailable) as raised:
        payments.open_checkout(gift_params(), key="k")
    assert not raised.value.is_answer
