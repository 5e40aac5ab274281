"""The report of a period: one page, with the figures of the dashboard, for whoever may see the dashboard."""

from dataclasses import replace
from io import BytesIO

import pikepdf
import pymupdf
import pytest
from flask import Flask

from campaign.models.campaign import Campaign
from campaign.services.organisation.profile import organisation, save_organisation
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
    own = replace(organisation(), button_colour="#005f56")
    save_organisation(own, actor_id=None, clock=clock)
    client = sign_in_as(app, clock, role="campaign").client
    assert client.get("/staff/field/manifest.webmanifest").get_json(force=True)["theme_color"] == "#005f56"
    today = clock.now().date().isoformat()
    answer = client.get(f"{ADDRESS}?since={today}&until={today}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert f"report-{today}-{today}.pdf" in answer.headers["Content-Disposition"]
    assert len(pikepdf.open(BytesIO(answer.data)).pages) == 1
    with pymupdf.open(stream=answer.data, filetype="pdf") as document:  # type: ignore[no-untyped-call]
        blocks = document[0].get_text("dict")["blocks"]
    colours = {span["color"] for block in blocks for line in block.get("lines", ()) for span in line["spans"]}
    assert 0x005F56 in colours
    assert 0x8C1C2B not in colours
    for wrong in ("?since=2026-12-02&until=2026-12-01", "?since=2020-01-01", "?until=2031-01-01", "?since=x"):
        assert client.get(ADDRESS + wrong).status_code in {400, 422}
