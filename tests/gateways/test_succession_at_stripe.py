"""A monthly gift continues in the campaign that follows: not ended at the provider, under its new name, counted there."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.domain.succession import SuccessionAnswer
from campaign.models.campaign import Campaign
from campaign.services.campaigns.cards import campaign_named
from campaign.services.pledges.succession import answer_question
from campaign.services.pledges.successors import name_successor
from tests.gateways.monthly_gifts import A_DAY, Monthly
from tests.support.builders import a_campaign, a_member_of_staff


@pytest.mark.database("sqlite")
def test_the_subscription_goes_on_in_the_successor(monthly: Monthly) -> None:
    today = monthly.clock.now().date()
    own, end = campaign_named("quilt").id, today + timedelta(days=20)
    with transaction() as session:
        session.execute(update(Campaign).values(ends_on=end))
    a_campaign(
        slug="second",
        is_featured=False,
        starts_on=end,
        ends_on=end + timedelta(days=300),
        title={"en": "The second year"},
    )
    pledge = monthly.begin()
    client = monthly.sandbox.client().v1
    planned = client.subscriptions.retrieve(pledge.subscription_id).cancel_at or 0
    name_successor(own, "second", purposes={}, actor_id=a_member_of_staff(role="campaign").id, clock=monthly.clock)
    monthly.hear()
    answer_question(pledge.public_id, SuccessionAnswer.YES, clock=monthly.clock)
    monthly.hear()
    assert (client.subscriptions.retrieve(pledge.subscription_id).cancel_at or 0) > planned
    monthly.sandbox.advance(21 * A_DAY)
    monthly.hear()
    assert monthly.again(pledge).campaign_id == campaign_named("second").id
    subscription = client.subscriptions.retrieve(pledge.subscription_id, {"expand": ["items.data.price.product"]})
    assert subscription["items"].data[0].price.product.name == "The second year"
    assert subscription.metadata["donation"] == monthly.gifts()[0].public_id
    monthly.sandbox.advance(12 * A_DAY)
    monthly.hear()
    with reading() as session:
        slugs = {row.id: row.slug for row in session.execute(select(Campaign.id, Campaign.slug))}
    assert [slugs[gift.campaign_id] for gift in monthly.gifts()] == ["quilt", "second"]
    assert monthly.again(pledge).state == "active"
