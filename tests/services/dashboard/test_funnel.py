"""The way from the form to the payment: each form once, on the organisation's day on which it was begun."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.donation import DonationState
from campaign.models.campaign import Campaign
from campaign.models.form_view import FormViews
from campaign.services.campaigns.form_views import count_form_view
from campaign.services.dashboard.figures import DayRange
from campaign.services.dashboard.funnel import Funnel, funnel_of
from tests.support.builders import NOW, a_campaign, a_donation, a_paid_gift

TODAY = date(2026, 12, 1)
PERIOD = DayRange(first=TODAY - timedelta(days=6), last=TODAY)


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


def numbers(funnel: Funnel) -> tuple[tuple[int, int, int], dict[str, tuple[int, int, int]]]:
    """(forms, pages, paid) in all, and of each language."""
    of_language = {step.name: (step.forms, step.pages, step.paid) for step in funnel.languages}
    return (funnel.total.forms, funnel.total.pages, funnel.total.paid), of_language


def test_opened_forms_are_a_number_for_each_day_and_language(campaign: Campaign, session: Session) -> None:
    a_campaign(slug="loom", is_featured=False)
    for slug, language, day in (
        ("quilt", "en", TODAY),
        ("quilt", "en", TODAY),
        ("quilt", "ky", TODAY),
        ("loom", "en", TODAY),
    ):
        count_form_view(slug, language, day=day)
    rows = session.execute(select(FormViews.language, FormViews.views).where(FormViews.campaign_id == campaign.id))
    assert sorted((language, views) for language, views in rows) == [("en", 2), ("ky", 1)]
    funnel = funnel_of(session, campaign.id, PERIOD)
    assert numbers(funnel) == ((3, 0, 0), {"en": (2, 0, 0), "ky": (1, 0, 0)})
    assert funnel.counted_since == TODAY
    assert funnel.languages[0].paid_share == 0


def test_a_form_is_one_payment_page_however_often_it_was_changed(campaign: Campaign, session: Session) -> None:
    for number, state in enumerate((DonationState.OPEN, DonationState.OPEN, DonationState.EXPIRED)):
        a_donation(campaign=campaign, state=state, shown_form_id="one", checkout_id=f"cs_{number}")
    a_donation(campaign=campaign, shown_form_id="without a page")
    a_paid_gift(campaign=campaign, shown_form_id="one")
    a_paid_gift(campaign=campaign, shown_form_id="two", language="ru")
    a_paid_gift(campaign=campaign, origin="invoice", language="ru")  # a later month, which has no form
    a_donation(campaign=campaign, state=DonationState.PROCESSING, shown_form_id="three", checkout_id="cs_bank")
    funnel = funnel_of(session, campaign.id, PERIOD)
    assert numbers(funnel) == ((0, 3, 3), {"en": (0, 2, 2), "ru": (0, 1, 1)})
    assert funnel.total.paid_share is None


@pytest.mark.time_zone("Asia/Bishkek")
def test_a_day_is_the_organisations(campaign: Campaign, session: Session) -> None:
    evening = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)  # half past midnight on 1 December in Bishkek
    a_paid_gift(campaign=campaign, created_at=evening, shown_form_id="late")
    a_paid_gift(campaign=campaign, created_at=evening - timedelta(hours=1), shown_form_id="early")
    a_paid_gift(campaign=campaign, created_at=NOW - timedelta(days=30), shown_form_id="before")
    days = funnel_of(session, campaign.id, PERIOD).days
    assert [(step.name, step.paid) for step in days[-2:]] == [("2026-11-30", 1), ("2026-12-01", 1)]
    assert (len(days), sum(step.paid for step in days)) == (7, 2)


def test_nobody_opened_anything(campaign: Campaign, session: Session) -> None:
    funnel = funnel_of(session, campaign.id, PERIOD)
    assert (numbers(funnel), funnel.counted_since) == (((0, 0, 0), {}), None)
