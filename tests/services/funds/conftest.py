"""One fixture: a campaign whose funds hold money."""

import pytest
from flask import Flask

from tests.services.funds.scenario import Funds
from tests.support.builders import (
    a_campaign,
    a_fund,
    a_member_of_staff,
    a_paid_gift,
    a_restricted_child,
    general_fund_of,
    usd,
)
from tests.support.fakes import SettableClock


@pytest.fixture
def funds(app: Flask, clock: SettableClock) -> Funds:
    campaign = a_campaign()
    theme = a_fund(campaign=campaign, code="THEME-EVENTS")
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    a_paid_gift(campaign=campaign, gift=usd(100_00), fee_minor=0)
    a_paid_gift(campaign=campaign, fund=theme, gift=usd(50_00), fee_minor=0)
    return Funds(
        campaign=campaign,
        general=general_fund_of(campaign),
        theme=theme,
        event=event,
        child=a_restricted_child(theme=theme, target=event),
        grant=a_fund(campaign=campaign, code="GRANT-1", kind="grant"),
        proposer=a_member_of_staff(role="campaign").id,
        approver=a_member_of_staff(role="approver").id,
        clock=clock,
    )
