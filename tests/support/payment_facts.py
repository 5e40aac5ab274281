"""The facts of a payment that has not come, from which tests and fakes make all others."""

from campaign.domain.donation import Fact
from campaign.domain.money import Money
from campaign.domain.payment import PaymentFacts

UNPAID = PaymentFacts(
    checkout_id="cs_1",
    donation_public_id="g1",
    livemode=False,
    fact=Fact.UNPAID,
    amount=Money(26_00, "USD"),
    email="donor@example.org",
    name=None,
    payment_id="pi_1",
    charge_id=None,
    paid_at=None,
    method=None,
    method_brand=None,
    method_last4=None,
    settled=None,
    settled_on=None,
    rate=None,
    refunds=(),
)
