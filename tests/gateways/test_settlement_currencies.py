"""The account says in which currencies it is credited; a goal in another one is refused before anybody gives."""

from dataclasses import replace

import pytest

from campaign.domain.campaign_settings import GoalCurrencyNotSettled
from campaign.domain.money import Money
from campaign.gateways.stripe_account import StripeAccount
from campaign.gateways.stripe_client import StripeClient
from campaign.services.campaigns.cards import campaign_named
from campaign.services.campaigns.settings import create_campaign
from campaign.services.campaigns.transparency import transparency_of
from tests.gateways.joined import Joined
from tests.services.campaigns.test_settings import NEW
from tests.support.builders import a_member_of_staff
from tests.support.contexts import a_context


@pytest.mark.database("sqlite")
def test_a_gift_in_som_counts_toward_a_goal_in_dollars_and_no_goal_is_in_som(joined: Joined) -> None:
    account = StripeAccount(StripeClient(joined.sandbox.api_key, api_base=joined.sandbox.api_base))
    assert account.settlement_currencies() == ("USD",)
    actor = a_member_of_staff(role="admin").id
    with pytest.raises(GoalCurrencyNotSettled) as refusal:
        create_campaign(
            replace(NEW, currency="KGS"),
            languages=("ru",),
            actor_id=actor,
            context=a_context(joined.clock, account=account),
        )
    assert refusal.value.possible == ("USD",)
    joined.give(Money(2_500_00, "KGS"))
    assert account.settlement_currencies() == ("USD",)
    figures = transparency_of(campaign_named("quilt").id, "USD")
    assert figures.main.raised_minor > 20_00
    assert figures.on_the_way == ()
