"""The customer of an erased donor is deleted at Stripe, and what comes of the monthly gift later does no harm."""

import pytest
from sqlalchemy import select
from stripe import InvalidRequestError

from campaign.database import reading
from campaign.domain.pledge import Act
from campaign.models.donor import Donor
from campaign.services.pledges.provider_sync import follow
from campaign.services.privacy import customer_deletion, erasure
from campaign.services.privacy.erasure import ErasureOrder
from tests.gateways.monthly_gifts import Monthly


@pytest.mark.database("sqlite")
def test_an_erased_donors_customer_is_deleted_with_the_card(monthly: Monthly) -> None:
    pledge = monthly.begin()
    monthly.ask(pledge, Act.STOP)
    with reading() as session:
        donor = session.execute(select(Donor.public_id)).scalar_one()
    erasure.erase(ErasureOrder(donor_public_id=donor, actor_id=None), clock=monthly.context.clock)
    assert customer_deletion.delete_next(monthly.context)
    stripe = monthly.sandbox.client().v1
    assert stripe.customers.retrieve(pledge.customer_id).to_dict() == {
        "id": pledge.customer_id,
        "object": "customer",
        "deleted": True,
    }
    assert stripe.customers.list().data == []
    with pytest.raises(InvalidRequestError):
        stripe.customers.delete(pledge.customer_id)
    follow(pledge.subscription_id, context=monthly.context)
    assert not customer_deletion.delete_next(monthly.context)
    assert monthly.again(pledge).state == "stopped"
