"""The report of a period: one page, with the figures of the dashboard, for whoever may see the dashboard."""

from io import BytesIO

import pikepdf
import pytest
from flask import Flask

from campaign.models.campaign import Campaign
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_fund, a_paid_gift, usd
from tests.support.fakes import SettableClock

pytestmark = pytest.mark.database("sqlite")
ADDRESS = "/staff/progress/report.pdf"


def test_a_report_is_one_page_for_the_chosen_days(app: Flask, clock: SettableClock, campaign: Campaign) -> None:
    for number in range(8):
        a_paid_gift(
            campaign=campaign, fund=a_fund(campaign=campaign, code=f"T-{number}", goal_minor=90_00), gift=usd(50_00)
        )
    client = sign_in_as(app, clock, role="campaign").client
    today = clock.now().date().isoformat()
    answer = client.get(f"{ADDRESS}?since={today}&until={today}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert f"report-{today}-{today}.pdf" in answer.headers["Content-Disposition"]
    assert len(pikepdf.open(BytesIO(answer.data)).pages) == 1
    for wrong in ("?since=2026-12-02&until=2026-12-01", "?since=2020-01-01", "?until=2031-01-01", "?since=x"):
        assert client.get(ADDRESS + wrong).status_code in {400, 422}
