"""`flask demo load` gives the demo campaign a past, once; whatever stands in its way is said in a sentence."""

import pytest
from sqlalchemy import func, select

from campaign.database import reading
from campaign.days import local_day
from campaign.models.donation import Donation
from campaign.services.campaigns.form_options import giving_options
from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from tests.journeys.site import Site


@pytest.mark.database("sqlite")
def test_a_second_load_and_one_without_a_campaign_are_refused_with_the_reason(site: Site) -> None:
    load = site.app.test_cli_runner().invoke
    without = load(args=["demo", "load", "--gifts", "1"])
    assert (without.exit_code, str(without.exception)[:28]) == (1, "kurak: the demo campaign is ")

    load_campaign(load_plan(), clock=site.clock)
    first = load(args=["demo", "load", "--gifts", "1"])
    assert (first.exit_code, first.output[-24:]) == (0, "1 of 1 gifts were paid.\n")
    second = load(args=["demo", "load", "--gifts", "1"])
    assert second.exit_code == 1
    assert str(second.exception).startswith("kurak: gifts were given at this sandbox already")
    with reading() as session:
        assert session.execute(select(func.count()).select_from(Donation)).scalar_one() == 1


@pytest.mark.database("sqlite")
def test_the_demo_campaign_takes_gifts_on_the_day_it_is_loaded_and_years_later(site: Site) -> None:
    site.clock.advance(days=3653)
    slug = load_campaign(load_plan(), clock=site.clock)
    options = giving_options(slug)
    assert options.is_open_on(local_day(site.clock.now()))
    site.clock.advance(days=3 * 365)
    assert options.is_open_on(local_day(site.clock.now()))
