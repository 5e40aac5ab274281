"""From a gift to an event and back: donor, finance staff, approver and public, each on their own pages."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.database import reading
from campaign.extensions import db
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.receipt import Receipt
from campaign.services.staff.accounts import add_staff
from tests.journeys.site import Browser, Site
from tests.support.builders import a_fund, a_restricted_child
from tests.support.pages import Page

PASSWORD = "six-ripe-apricots"


def sign_in_staff(site: Site, role: str) -> FlaskClient:
    """Add a member of staff and sign them in with their password."""
    email = f"{role}@quilt.example"
    add_staff(email, name=role.title(), roles=(role,), password=PASSWORD, clock=site.clock)
    client = site.browser().client
    signed_in = open_page(client, "/staff/login").submit(client, email=email, password=PASSWORD)
    assert signed_in.status_code == 302, signed_in.text
    return client


def open_page(client: FlaskClient, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address} answered {answer.status}"
    return Page(answer)


def confirmed(client: FlaskClient, form: Page, address: str, **typed: Any) -> Page:
    """Fill in a form for staff, read its preview, confirm it, and return the page it leads to."""
    preview = client.post(address, data={**form.filled(f'main form[action="{address}"]'), **typed, "step": "preview"})
    assert preview.status_code == 200, preview.text
    page = Page(preview)
    done = client.post(address, data={**page.filled(f'main form[action="{address}"]'), "step": "confirm"})
    assert done.status_code == 303, done.text
    return open_page(client, done.headers["Location"])


def downloaded(client: FlaskClient, address: str) -> bytes:
    with client.get(address) as answer:
        assert answer.status_code == 200
        content: bytes = answer.data
    return content


def progress(client: FlaskClient) -> dict[str, Any]:
    return dict(client.get("/api/v1/campaigns/quilt/progress").json or {})


def a_settled_gift(site: Site, browser: Browser, *, amount: str = "50") -> str:
    """A gift for events, paid at the sandbox, heard of and settled; its public id."""
    sent = browser.fill_in("/en/donate", amount=amount, fund="THEME-EVENTS")
    browser.pay(sent.headers["Location"], email="aida@example.org")
    site.work()
    site.clock.advance(seconds=3)  # a page may be cached for a second or two
    return db.session.execute(select(Donation.public_id)).scalar_one()


def an_event(site: Site) -> None:
    campaign = site.campaign()
    theme = a_fund(campaign=campaign, code="THEME-EVENTS", kind="theme", goal_minor=500_00)
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event", goal_minor=100_00)
    a_restricted_child(theme=theme, target=event)
    db.session.rollback()


def fund_named(code: str) -> str:
    with reading() as session:
        return session.execute(select(Fund.public_id).where(Fund.code == code)).scalar_one()


def test_a_gift_is_allocated_by_two_people_and_shown_in_public(site: Site, browser: Browser) -> None:
    an_event(site)
    a_settled_gift(site, browser)
    settled, fee = db.session.execute(select(Donation.settled_minor, Donation.fee_minor)).one()
    assert progress(browser.client)["raised_minor"] == 50_00
    finance, approver = sign_in_staff(site, "finance"), sign_in_staff(site, "approver")

    form = open_page(finance, f"/staff/allocations/new?source={fund_named('THEME-EVENTS')}")
    proposal = confirmed(
        finance, form, "/staff/allocations/new", target=fund_named("EVENT-1"), amount="20", reason="The first evening"
    )
    address = proposal.answer.request.path
    assert "$20.00" in proposal.text()

    own = finance.post(f"{address}/approve", data=proposal.filled("form"))
    assert own.status_code in {302, 303, 403}
    waiting = open_page(approver, address)
    assert str(((settled or 0) - (fee or 0)) // 100) in waiting.text()  # the balance before, of which twenty dollars go
    approved = approver.post(f"{address}/approve", data=waiting.filled(f'main form[action="{address}/approve"]'))
    assert approved.status_code == 303

    site.clock.advance(seconds=3)
    public = browser.open("/en/transparency")
    assert "$20" in public.text()
    assert browser.client.get("/en/transparency.csv").status_code == 200
    assert "EVENT-1@THEME-EVENTS" in downloaded(finance, "/staff/allocations/file.csv").decode("utf-8-sig")
    assert downloaded(finance, "/staff/ledger/journal.xlsx").startswith(b"PK")


def test_a_refund_by_staff_is_paid_back_receipted_and_shown_in_public(site: Site, browser: Browser) -> None:
    an_event(site)
    public_id = a_settled_gift(site, browser)
    finance = sign_in_staff(site, "finance")

    address = f"/staff/donations/{public_id}/refund"
    story = confirmed(
        finance, open_page(finance, address), address, how_much="part", amount="20", reason="Paid too much"
    )
    assert "20.00" in story.text()
    site.work()
    site.work()
    site.clock.advance(seconds=3)

    assert progress(browser.client)["raised_minor"] == 30_00
    [truth] = site.sandbox.truth()
    assert truth["refunded"] == 20_00
    with reading() as session:
        receipts = session.execute(
            select(Receipt.number, Receipt.state, Receipt.verify_code).order_by(Receipt.id)
        ).all()
    assert [row[1] for row in receipts] == ["replaced", "issued"]
    check = browser.open(f"/en/verify/{receipts[0][0]}?code={receipts[0][2]}")
    assert receipts[1][0] in check.text()
    assert len(site.mailbox.emails) == 2  # the receipt, and the refund with the receipt of the rest


def test_a_full_refund_voids_the_receipt_on_the_public_page(site: Site, browser: Browser) -> None:
    an_event(site)
    public_id = a_settled_gift(site, browser)
    finance = sign_in_staff(site, "finance")
    address = f"/staff/donations/{public_id}/refund"
    confirmed(finance, open_page(finance, address), address, how_much="whole", reason="Asked for")
    site.work()
    site.work()

    with reading() as session:
        number, code = session.execute(select(Receipt.number, Receipt.verify_code)).one()
    assert "void" in browser.open(f"/en/verify/{number}?code={code}").text()
    assert browser.client.get(f"/en/verify/{number}?code=wrong").status_code == 404
    site.clock.advance(seconds=3)
    assert progress(browser.client)["raised_minor"] == 0
