"""Every way of a dispute through the real library: the books equal the sandbox's truth, whatever the bank decides."""

import pytest
import requests
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.disputes import DisputeOpen
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.gateways.payments import PaymentRefused
from campaign.gateways.stripe_client import StripeClient
from campaign.gateways.stripe_payments import StripePayments
from campaign.models.donation import Dispute, FraudWarning
from campaign.services.gifts.checkout import CheckoutStarted
from campaign.services.gifts.refunds import RefundOrder, refundable, request_refund
from tests.gateways.joined import Joined
from tests.sandbox.running import RunningSandbox
from tests.support.drain import work_off_money

CURRENCIES = [Money(25_00, "USD"), Money(25_00, "EUR"), Money(2000_00, "KGS")]
A_DAY = 24 * 3600


def given(joined: Joined, gift: Money, *, method: str = "pm_card_visa") -> tuple[CheckoutStarted, str]:
    """A paid gift and its payment."""
    started = joined.give(gift, method=method)
    return started, joined.row(started).payment_id or ""


def disputed(joined: Joined, payment_id: str, **how: object) -> str:
    """A dispute whose event was delivered; its id."""
    dispute_id = str(joined.sandbox.dispute(payment_id, **how)["id"])
    joined.hear()
    return dispute_id


def decided(joined: Joined, dispute_id: str, status: str) -> None:
    """The bank brings a dispute into a state, and its event is delivered."""
    move_dispute(joined.sandbox, dispute_id, status)
    joined.hear()


def move_dispute(sandbox: RunningSandbox, dispute_id: str, status: str) -> None:
    address = f"{sandbox.api_base}/sandbox/api/disputes/{dispute_id}"
    answer: requests.Response = sandbox.http.post(address, json={"status": status}, timeout=15)
    answer.raise_for_status()


def states(joined: Joined) -> list[str]:
    with reading() as session:
        return list(session.execute(select(Dispute.state).order_by(Dispute.id)).scalars())


def assert_books_equal_truth(joined: Joined) -> None:
    truth = joined.sandbox.truth()
    assert joined.balance_in_books() == sum(int(payment["net"]) for payment in truth)
    fees = joined.booked(Account.PROVIDER_FEES) + joined.booked(Account.DISPUTE_FEES)
    assert fees == sum(int(payment["fee"]) for payment in truth)
    withdrawn = [
        dispute["withdrawn"] for payment in truth for dispute in payment["disputes"] if dispute["status"] != "lost"
    ]
    assert joined.booked(Account.DISPUTED) == sum(withdrawn)


@pytest.mark.parametrize("gift", CURRENCIES, ids=["USD", "EUR", "KGS"])
def test_a_lost_dispute_is_charged_back_in_the_donors_currency(joined: Joined, gift: Money) -> None:
    started, payment_id = given(joined, gift)
    dispute_id = disputed(joined, payment_id)
    assert states(joined) == ["open"]
    assert_books_equal_truth(joined)

    decided(joined, dispute_id, "lost")

    assert states(joined) == ["lost"]
    assert joined.row(started).charged_back_minor == gift.minor
    assert joined.booked(Account.CHARGEBACKS, gift.currency) == gift.minor
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("gift", CURRENCIES, ids=["USD", "EUR", "KGS"])
def test_a_won_dispute_brings_back_what_was_withdrawn_though_the_rate_has_moved(joined: Joined, gift: Money) -> None:
    started, payment_id = given(joined, gift)
    dispute_id = disputed(joined, payment_id)
    joined.sandbox.advance(3 * A_DAY)

    decided(joined, dispute_id, "won")

    assert states(joined) == ["won"]
    assert joined.row(started).charged_back_minor == 0
    assert joined.booked(Account.DISPUTED) == 0
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
def test_an_inquiry_that_is_closed_has_moved_nothing(joined: Joined) -> None:
    started, payment_id = given(joined, Money(25_00, "USD"))
    dispute_id = disputed(joined, payment_id, inquiry=True)
    assert states(joined) == ["inquiry"]

    decided(joined, dispute_id, "warning_closed")

    assert states(joined) == ["closed"]
    assert joined.row(started).charged_back_minor == 0
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
def test_an_inquiry_may_become_a_dispute_and_be_lost(joined: Joined) -> None:
    started, payment_id = given(joined, Money(25_00, "EUR"))
    dispute_id = disputed(joined, payment_id, inquiry=True)
    decided(joined, dispute_id, "needs_response")
    assert states(joined) == ["open"]
    assert_books_equal_truth(joined)

    decided(joined, dispute_id, "lost")

    assert joined.row(started).charged_back_minor == 25_00
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
def test_a_refund_ends_an_inquiry(joined: Joined) -> None:
    started, payment_id = given(joined, Money(25_00, "USD"))
    disputed(joined, payment_id, inquiry=True)

    request_refund(order(started, 25_00), clock=joined.clock)
    work_off_money()
    joined.hear()
    joined.hear()

    assert states(joined) == ["closed"]
    assert joined.row(started).refunded_minor == 25_00
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
def test_a_part_may_be_disputed_and_lost(joined: Joined) -> None:
    started, payment_id = given(joined, Money(25_00, "EUR"))
    decided(joined, disputed(joined, payment_id, amount=10_00), "lost")

    assert joined.row(started).charged_back_minor == 10_00
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
def test_two_disputes_of_one_payment_go_their_own_ways(joined: Joined) -> None:
    started, payment_id = given(joined, Money(25_00, "KGS") + Money(1975_00, "KGS"))
    first, second = disputed(joined, payment_id, amount=500_00), disputed(joined, payment_id, amount=300_00)
    decided(joined, first, "won")
    decided(joined, second, "lost")

    assert states(joined) == ["won", "lost"]
    assert joined.row(started).charged_back_minor == 300_00
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
def test_a_dispute_lost_and_won_on_appeal_comes_back(joined: Joined) -> None:
    started, payment_id = given(joined, Money(25_00, "EUR"))
    dispute_id = disputed(joined, payment_id)
    for status in ("lost", "appeal_under_review", "won"):
        decided(joined, dispute_id, status)

    assert states(joined) == ["won"]
    assert joined.row(started).charged_back_minor == 0
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
def test_a_dispute_that_nobody_answers_is_lost_on_its_day(joined: Joined) -> None:
    started, payment_id = given(joined, Money(25_00, "USD"))
    disputed(joined, payment_id)
    joined.sandbox.advance(8 * A_DAY)
    joined.hear()

    assert states(joined) == ["lost"]
    assert joined.row(started).charged_back_minor == 25_00
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
def test_stripe_refuses_a_refund_of_what_a_bank_holds_and_so_do_we(joined: Joined) -> None:
    started, payment_id = given(joined, Money(25_00, "USD"))
    disputed(joined, payment_id)

    with pytest.raises(PaymentRefused) as refusal:
        joined.payments.refund(payment_id, Money(25_00, "USD"), request_id="r1", donation_id=started.public_id)
    assert refusal.value.code == "charge_disputed"
    with reading() as session, pytest.raises(DisputeOpen):
        refundable(session, started.public_id)


@pytest.mark.database("sqlite")
def test_a_debit_that_was_paid_may_be_disputed(joined: Joined) -> None:
    started, payment_id = given(joined, Money(25_00, "EUR"), method="pm_sepaDebit_success_at")
    joined.hear()
    assert joined.row(started).state == "paid"
    decided(joined, disputed(joined, payment_id or joined.row(started).payment_id or ""), "lost")

    assert joined.row(started).charged_back_minor == 25_00
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
def test_a_fraud_warning_is_known_and_a_refund_settles_it(joined: Joined) -> None:
    started, _ = given(joined, Money(25_00, "USD"), method="pm_card_createIssuerFraudRecord")
    joined.hear()
    with reading() as session:
        assert session.execute(select(FraudWarning.is_actionable)).scalars().all() == [True]

    request_refund(order(started, 25_00), clock=joined.clock)
    work_off_money()
    joined.hear()

    with reading() as session:
        assert session.execute(select(FraudWarning.is_actionable)).scalars().all() == [False]
    assert_books_equal_truth(joined)


@pytest.mark.database("sqlite")
def test_a_review_holds_a_gift_until_it_is_approved_at_the_provider(joined: Joined) -> None:
    started, _ = given(joined, Money(25_00, "USD"), method="pm_card_riskLevelElevated")
    joined.hear()
    assert joined.row(started).fraud_hold == "waiting"
    with reading() as session:
        signs = session.execute(select(FraudWarning.sign, FraudWarning.is_actionable)).all()
    assert sorted(map(tuple, signs)) == [("review", True), ("risk", True)]
    client = joined.sandbox.client()
    stripe = StripeClient(joined.sandbox.api_key, api_base=joined.sandbox.api_base)
    careless = StripePayments(stripe, webhook_secrets=(), holds_elevated_risk=False)
    without_risk = careless.payment(str(joined.row(started).checkout_id), whole=True).warnings
    assert [known.sign for known in without_risk] == ["review"], "HOLD_ELEVATED_RISK=off"
    [review] = client.v1.reviews.list().data
    client.v1.reviews.approve(review.id)
    joined.hear()
    assert joined.row(started).fraud_hold == "approved"
    assert_books_equal_truth(joined)


def order(started: CheckoutStarted, minor: int) -> RefundOrder:
    return RefundOrder(donation_public_id=started.public_id, amount=Money(minor, "USD"), reason="", actor_id=None)
