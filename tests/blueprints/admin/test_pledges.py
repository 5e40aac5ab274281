"""Staff pages of monthly gifts: the list, one with its history, and who may stop one."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import update

from campaign.database import transaction
from campaign.models.campaign import Campaign
from campaign.models.donor import Donor
from campaign.models.pledge import Pledge
from campaign.services import audit
from campaign.services.audit import AuditFilter
from campaign.services.gifts.timeline import gift_details
from campaign.services.pledges.links import PledgeLink, sign
from campaign.services.pledges.listing import monthly_values, pledge_details, pledges
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, months_of, pledge_of
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock

pytestmark = pytest.mark.database("sqlite")  # services are tested on both


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    return Engine.started(app, payments, mailer, clock)


def words_of(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def test_the_list_shows_what_the_monthly_gifts_bring_in_each_currency(engine: Engine) -> None:
    first, second = begin_pledge(engine), begin_pledge(engine)
    engine.payments.pledges.refuse(second)
    engine.tell("customer.subscription.updated", second)
    engine.work()
    staff = sign_in_as(engine.app, engine.clock, role="viewer").client

    text = words_of(staff.get("/staff/pledges").text)

    assert "$50.00 2 monthly gifts, 1 could not be charged" in text
    assert pledge_of(first).public_id in text
    assert "donor@example.org" not in text
    assert "Aida" not in text
    assert pledge_of(first).public_id not in words_of(staff.get("/staff/pledges?state=past_due").text)


def test_the_list_counts_what_ends_with_the_campaign(engine: Engine) -> None:
    names = [begin_pledge(engine), begin_pledge(engine)]
    staff = sign_in_as(engine.app, engine.clock, role="viewer").client
    assert "2 monthly gifts end with the campaign on March 8, 2028." in words_of(staff.get("/staff/pledges").text)
    one = words_of(staff.get(f"/staff/pledges/{pledge_of(names[0]).public_id}").text)
    assert "Ends with the campaign March 8, 2028" in one
    with transaction() as session:
        session.execute(update(Campaign).values(ends_on=engine.clock.now().date()))
    engine.clock.advance(days=1)
    engine.work()
    staff = sign_in_as(engine.app, engine.clock, role="finance").client
    assert "2 monthly gifts have ended with the campaign." in words_of(staff.get("/staff/pledges").text)


def test_stopped_gifts_bring_nothing(engine: Engine) -> None:
    name = begin_pledge(engine)
    assert [value.pledges for value in monthly_values(pledge_of(name).campaign_id)] == [1]
    engine.payments.pledges.stop_there(name)
    engine.tell("customer.subscription.deleted", name)
    engine.work()
    assert monthly_values(pledge_of(name).campaign_id) == []


def test_a_monthly_gift_is_shown_with_its_months_and_its_history(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.clock.advance(days=31)
    engine.tell("invoice.paid", engine.payments.pledges.renew(name))
    engine.work()
    staff = sign_in_as(engine.app, engine.clock, role="finance").client
    text = words_of(staff.get(f"/staff/pledges/{pledge_of(name).public_id}").text)
    for said in ("Active", "Visa •••• 4242", "January 1, 2027", "December 1, 2026", "donor@example.org", "Started"):
        assert said in text


@pytest.mark.database("sqlite")
def test_a_viewer_does_not_see_who_gives_each_month(engine: Engine) -> None:
    """Neither by the pages nor by what they are made of."""
    name = begin_pledge(engine)
    with transaction() as session:
        session.execute(update(Pledge).values(public_name="Gul", receipt_name="Ak-Jol LLC", is_anonymous=True))
    pledge, (month,) = pledge_of(name), months_of(name)
    rows, _ = pledges(pledge.campaign_id)
    for row in (*rows, pledge_details(pledge.campaign_id, pledge.public_id).row):
        assert (row.name, row.name_on_receipt, row.email) == (None, None, None)
    gift = gift_details(pledge.campaign_id, month.public_id)
    assert (gift.payer_name, gift.name_on_receipt, gift.email) == (None, None, None)
    staff = sign_in_as(engine.app, engine.clock, role="viewer").client
    text = words_of(staff.get(f"/staff/pledges/{pledge.public_id}").text)
    assert "Ak-Jol" not in text
    assert text.count("not shown to your role") == 3


def test_a_month_leads_to_its_monthly_gift_and_back(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.clock.advance(days=31)
    engine.tell("invoice.paid", engine.payments.pledges.renew(name))
    engine.work()
    staff = sign_in_as(engine.app, engine.clock, role="finance").client
    later = months_of(name)[1].public_id
    assert f"/staff/donations/{later}" in staff.get(f"/staff/pledges/{pledge_of(name).public_id}").text
    shown = staff.get(f"/staff/donations/{later}").text
    assert f"/staff/pledges/{pledge_of(name).public_id}" in shown
    assert "Another month of a monthly gift was charged" in shown


def test_it_is_stopped_at_the_donors_request_and_the_reason_is_stored(engine: Engine) -> None:
    name = begin_pledge(engine)
    public_id = pledge_of(name).public_id
    staff = sign_in_as(engine.app, engine.clock, role="campaign").client
    fields = {"csrf_token": token_of(staff), "form_id": "23456789abcdefgh"}
    assert staff.post(f"/staff/pledges/{public_id}/stop", data=fields).status_code == 422
    forged = staff.post(f"/staff/pledges/{public_id}/stop", data={**fields, "form_id": "../x", "why": "they called us"})
    assert (forged.status_code, "We could not verify this form." in forged.text) == (422, True)
    answer = staff.post(f"/staff/pledges/{public_id}/stop", data={**fields, "why": "they called us"})
    assert answer.status_code == 303
    engine.work()
    assert (pledge_of(name).state, pledge_of(name).end_reason) == ("stopped", "asked")
    [row] = [row for row in audit.trail(AuditFilter()) if row.action == "pledge:stop"]
    assert row.detail["why"] == "they called us"
    again = staff.post(f"/staff/pledges/{public_id}/stop", data={**fields, "form_id": "23456789abcdefgj", "why": "x"})
    assert "has already ended" in staff.get(again.headers["Location"]).text


@pytest.mark.parametrize("role", ["viewer", "approver", "admin"])
def test_other_roles_may_not_stop_a_monthly_gift(engine: Engine, role: str) -> None:
    name = begin_pledge(engine)
    path = f"/staff/pledges/{pledge_of(name).public_id}"
    staff = sign_in_as(engine.app, engine.clock, role=role).client
    assert "Stop it at once" not in staff.get(path).text
    answer = staff.post(f"{path}/stop", data={"csrf_token": token_of(staff), "why": "x"})
    assert answer.status_code == 403
    assert pledge_of(name).state == "active"


def test_withdrawn_links_open_nothing_and_the_next_email_has_a_new_one(engine: Engine) -> None:
    name = begin_pledge(engine)
    pledge = pledge_of(name)
    old = f"/en/p/{sign(PledgeLink(pledge.public_id, pledge.link_version))}"
    staff = sign_in_as(engine.app, engine.clock, role="campaign").client
    assert staff.get(old).status_code == 200
    staff.post(f"/staff/pledges/{pledge.public_id}/links", data={"csrf_token": token_of(staff)})
    assert staff.get(old).status_code == 404
    engine.payments.pledges.stop_there(name)
    engine.tell("customer.subscription.deleted", name)
    engine.work()
    new = engine.mailer.sent[-1].text.split("http://localhost")[1].split()[0]
    assert staff.get(new).status_code == 200
    page = f"/staff/pledges/{pledge.public_id}"
    assert "Send the donor a new link" in staff.get(page).text
    with transaction() as session:
        session.execute(update(Donor).values(email=None, email_key=None))
    assert "Send the donor a new link" not in staff.get(page).text


def test_another_campaign_s_monthly_gift_is_not_found(engine: Engine) -> None:
    begin_pledge(engine)
    staff = sign_in_as(engine.app, engine.clock, role="finance").client
    assert staff.get("/staff/pledges/23456789abcdefgh").status_code == 404


def test_the_form_of_another_monthly_gift_is_not_accepted_for_this_one(engine: Engine) -> None:
    first, second = (pledge_of(begin_pledge(engine)).public_id for _ in range(2))
    staff = sign_in_as(engine.app, engine.clock, role="campaign").client
    fields = {"csrf_token": token_of(staff), "form_id": "23456789abcdefgh", "why": "they called us"}
    staff.post(f"/staff/pledges/{first}/stop", data=fields)
    other = staff.post(f"/staff/pledges/{second}/stop", data=fields)
    assert other.status_code == 303
    assert "was already submitted" in staff.get(other.headers["Location"]).text


@pytest.mark.database("sqlite")
def test_the_typed_reason_is_still_there_after_the_password(engine: Engine) -> None:
    public_id = pledge_of(begin_pledge(engine)).public_id
    client = sign_in_as(engine.app, engine.clock, role="finance", is_fresh=False).client
    data = {"why": "By phone", "csrf_token": token_of(client)}
    location = client.post(f"/staff/pledges/{public_id}/stop", data=data).location
    assert location == f"/staff/verify?next=/staff/pledges/{public_id}"
    assert 'value="By phone"' in client.get(f"/staff/pledges/{public_id}").text
