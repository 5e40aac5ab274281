"""A monthly gift begun on the 31st: its page names the day on which the sandbox then charges it (case 02)."""

from datetime import UTC, datetime

import pytest
from babel.dates import format_date

from campaign.models.pledge import Pledge
from campaign.services.pledges.links import PledgeLink, sign
from tests.gateways.monthly_gifts import Monthly
from tests.support.pages import fetch_address


def go_to(monthly: Monthly, at: datetime) -> None:
    """Let the sandbox's time pass until then, and receive its events."""
    monthly.sandbox.advance(int((at - monthly.clock.now()).total_seconds()))
    monthly.hear()


def address_of(pledge: Pledge) -> str:
    return f"/en/p/{sign(PledgeLink(pledge.public_id, pledge.link_version))}"


@pytest.mark.database("sqlite")
def test_a_gift_of_the_31st_is_charged_on_the_day_that_its_page_named(monthly: Monthly) -> None:
    """Skipped, paused and left alone on 31 January; requested on the donor's page, and charged as that page said."""
    present = monthly.clock.now()
    begun = datetime(present.year, 12, 31, 20, 30, tzinfo=UTC)
    year = (begun if begun > present else begun.replace(year=present.year + 1)).year + 1
    go_to(monthly, datetime(year - 1, 12, 31, 20, 30, tzinfo=UTC))
    skipped, paused, left_alone = (monthly.begin() for _ in range(3))
    go_to(monthly, datetime(year, 1, 31, 22, 30, tzinfo=UTC))
    client = monthly.app.test_client()
    for pledge, act in ((skipped, "skip"), (paused, "pause")):
        page = fetch_address(client, address_of(pledge))
        button = page.one(f"#monthly button[formaction$='/{act}']")
        assert client.post(str(button["formaction"]), data=page.filled("#monthly", pause="2")).status_code == 303
    named = {
        pledge.id: fetch_address(client, address_of(pledge)).text(".facts") for pledge in (skipped, paused, left_alone)
    }
    for month, day in ((3, 1), (3, 31), (4, 30), (5, 31)):
        go_to(monthly, datetime(year, month, day, 23, 0, tzinfo=UTC))

    after = datetime(year, 2, 1, tzinfo=UTC)
    for pledge, expected in ((skipped, [(3, 31), (4, 30), (5, 31)]), (paused, [(4, 30), (5, 31)])):
        days = charges_of(monthly, pledge, after)
        assert [(at.month, at.day) for at in days] == expected
        assert f"Next gift {format_date(days[0], 'long', locale='en')}" in named[pledge.id]
    days = charges_of(monthly, left_alone, after)
    assert [at.month for at in days] == [2, 3, 4, 5]
    assert f"Next gift {format_date(days[0], 'long', locale='en')}" in named[left_alone.id]


def charges_of(monthly: Monthly, pledge: Pledge, after: datetime) -> list[datetime]:
    """When the sandbox charged its months since then."""
    return [
        gift.paid_at
        for gift in monthly.gifts()
        if gift.pledge_id == pledge.id and gift.paid_at and gift.paid_at > after
    ]
