"""A role for one campaign: nothing of another campaign is shown, found, downloaded or changed, wherever it is named."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.blueprints.admin.permissions import OPEN
from campaign.database import reading, transaction
from campaign.domain.identity import new_public_id
from campaign.extensions import Model
from campaign.models.allocation import Allocation, Disbursement
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.models.payout import Payout
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt
from campaign.models.staff import Role, Staff, StaffGrant
from campaign.services import audit
from tests.blueprints.admin.another_campaign import SECRETS, Other, another_campaign
from tests.blueprints.admin.client import browser_of, sign_in_as, token_of
from tests.support.builders import NOW, a_campaign, a_member_of_staff, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")  # two queries are written for both databases, and run on both below
ROLES = ("viewer", "campaign", "finance", "approver", "admin")
NAMELESS = {"file_format", "lang", "act", "kind", "change"}
"""Arguments of addresses that name nothing of a campaign."""
OWN_FIELDS = {"admin.act_on_emails": {"act": "pause"}}
"""What a form of this address wants beside the common fields, so that it reaches its service."""
UNTOUCHED = (Donation, Pledge, Allocation, Disbursement, Message, ProviderEvent, Payout, Receipt, Staff, StaffGrant)


@pytest.fixture
def own(app: Flask) -> Campaign:
    campaign = a_campaign()
    a_paid_gift(campaign=campaign, public_name="Aida", payer_name="Aida")
    return campaign


@pytest.fixture
def other(own: Campaign, clock: SettableClock) -> Other:
    return another_campaign(clock)


@pytest.fixture
def client(app: Flask, clock: SettableClock, own: Campaign) -> FlaskClient:
    """Somebody who holds every role there is, for one campaign."""
    member = a_member_of_staff(role="finance", email="all@quilt.example", campaign=own)
    with transaction() as session:
        known = {role.name: role for role in session.execute(select(Role)).scalars()}
        person = session.get_one(Staff, member.id)
        others = [name for name in ROLES if name != "finance"]
        person.grants += [StaffGrant(role=known.get(name) or Role(name=name), campaign_id=own.id) for name in others]
    return browser_of(app, clock, member)


def pages(app: Flask, method: str) -> Iterator[tuple[str, set[str]]]:
    """(endpoint, its arguments) of every page for signed-in staff that accepts this method."""
    for route in app.url_map.iter_rules():
        if route.endpoint.startswith("admin.") and route.endpoint not in OPEN and method in (route.methods or ()):
            yield route.endpoint, set(route.arguments) - set(route.defaults or {})


def text_of(body: bytes) -> str:
    """A page or a file as text; an archive (XLSX is one) with all that is in it."""
    if not zipfile.is_zipfile(io.BytesIO(body)):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return " ".join(
            [*packed.namelist(), *(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())]
        )


def rows(*models: type[Model]) -> list[tuple[object, ...]]:
    with reading() as session:
        tables = [model.__table__ for model in models]
        return [tuple(row) for table in tables for row in session.execute(select(table).order_by(table.c.id))]


def test_no_list_page_or_file_shows_anything_of_another_campaign(app: Flask, client: FlaskClient, other: Other) -> None:
    names = (*SECRETS, other.donation, other.pledge, other.proposal, other.fund, other.receipt, other.mail, other.event)
    shown = 0
    for endpoint, arguments in pages(app, "GET"):
        if arguments - NAMELESS:
            continue
        for file_format in ("csv", "xlsx") if "file_format" in arguments else ("",):
            address = other.address_of(app, endpoint, arguments).replace(".csv", f".{file_format}")
            answer = client.get(address, buffered=True)
            shown += answer.status_code == 200
            names_shown = [name for name in names if name in text_of(answer.data)]
            assert (answer.status_code in {200, 302, 403, 404, 422}, names_shown) == (True, []), (
                address,
                answer.status,
            )
    assert shown > 15


@pytest.mark.parametrize(
    "address",
    [
        "/staff/donations?text={0}",
        "/staff/donations?text=zulfiya",
        "/staff/donations?fund={1}",
        "/staff/pledges?text=zulfiya",
        "/staff/receipts?text=zulfiya",
        "/staff/mails?text=zulfiya",
        "/staff/ledger?subject={0}",
        "/staff/audit?subject={0}",
        "/staff/audit?subject=staff:1",
        "/staff/donations/file.csv?text=zulfiya",
        "/staff/ledger/journal.csv?subject=donation:{0}",
        "/staff/disbursements/new?fund={1}",
    ],
)
def test_no_search_finds_another_campaigns(client: FlaskClient, other: Other, address: str) -> None:
    answer = client.get(address.format(other.donation, other.fund), buffered=True)
    body = answer.text.replace("zulfiya", "").replace(other.donation, "", 3)  # the typed text is in the field
    assert [name for name in (*SECRETS, other.receipt, other.mail) if name in body] == []


@pytest.mark.database("sqlite", "postgresql")
def test_no_address_opens_or_changes_anything_of_another_campaign(
    app: Flask, client: FlaskClient, other: Other
) -> None:
    token, before = token_of(client), rows(*UNTOUCHED)
    data = {
        "csrf_token": token,
        "form_id": new_public_id(),
        "reason": "x",
        "why": "x",
        "note": "x",
        "wall": "hidden",
        "recipient": "thief@example.org",
        "step": "confirm",
        "act": "approve",
        "how_much": "whole",
        "receipt_name": "Thief",
        "donor_name": "Thief",
        "roles": "admin",
    }
    for method in ("GET", "POST"):
        for endpoint, arguments in pages(app, method):
            if arguments - NAMELESS:
                address, typed = other.address_of(app, endpoint, arguments), data | OWN_FIELDS.get(endpoint, {})
                answer = client.open(address, method=method, data=typed, buffered=True)
                assert answer.status_code in {403, 404}, (method, endpoint, answer.status)
    assert rows(*UNTOUCHED) == before


def test_no_money_of_another_campaign_moves(client: FlaskClient, other: Other) -> None:
    token, before = token_of(client), rows(Allocation, Disbursement)
    common = {"csrf_token": token, "step": "confirm", "amount": "1", "currency": "USD", "reason": "x"}
    moved = client.post(
        "/staff/allocations/new",
        data={**common, "form_id": new_public_id(), "source": other.fund, "target": other.target},
    )
    paid = client.post(
        "/staff/disbursements/new",
        data={
            **common,
            "form_id": new_public_id(),
            "fund": other.target,
            "paid_on": NOW.date().isoformat(),
            "payee": "Thief",
            "evidence": "None at all",
        },
    )
    assert (moved.status_code, paid.status_code) == (404, 422)
    assert rows(Allocation, Disbursement) == before


def test_an_email_about_the_installation_is_not_sent_again(client: FlaskClient, other: Other) -> None:
    before = rows(Message)
    address = f"/staff/mails/{other.alarm_mail}/again"
    data = {"csrf_token": token_of(client), "form_id": new_public_id(), "recipient": "thief@example.org", "reason": "x"}
    assert (client.get(address).status_code, client.post(address, data=data).status_code) == (404, 404)
    assert rows(Message) == before


def test_staff_pages_show_the_persons_own_campaign_alone(client: FlaskClient, other: Other) -> None:
    with client.session_transaction() as session:
        session["campaign"] = other.slug
    assert "Quilt (en)" in fetch_address(client, "/staff/").text()
    assert "Mountain" not in fetch_address(client, "/staff/account").text()
    chosen = client.post("/staff/account/campaign", data={"csrf_token": token_of(client), "campaign": other.slug})
    assert chosen.status_code == 404
    assert "Quilt (en)" in fetch_address(client, "/staff/").text()


def test_the_menu_offers_no_page_of_the_whole_installation(client: FlaskClient) -> None:
    pages = [fetch_address(client, address) for address in ("/staff/donations", "/staff/ledger", "/staff/audit")]
    entries = {entry for page in pages for entry in page.texts(".desk-nav a")}
    assert {"Reconciliation", "Inbox", "People"}.isdisjoint(entries)
    assert {"Donations", "Receipts", "Ledger", "Audit trail"} <= entries


@pytest.mark.database("sqlite", "postgresql")
def test_the_audit_trail_shows_the_actions_on_the_own_campaign(
    app: Flask, client: FlaskClient, own: Campaign, other: Other
) -> None:
    with transaction() as session:
        gift = session.execute(select(Donation).where(Donation.campaign_id == own.id)).scalar_one()
        number = session.execute(select(Receipt.number).where(Receipt.donation_id == gift.id)).scalar_one()
        for subject in (f"donation:{gift.public_id}", f"receipt:{number}", "campaign:quilt"):
            audit.record(session, actor_id=None, action="donations:download", subject=subject, at=NOW, detail={})
    trail = fetch_address(client, "/staff/audit").text()
    assert all(name in trail for name in (gift.public_id, number, "quilt"))
    assert "Osmonova" not in trail


def test_a_member_of_all_campaigns_sees_them_all(app: Flask, clock: SettableClock, other: Other) -> None:
    client = sign_in_as(app, clock, role="finance").client
    client.post("/staff/account/campaign", data={"csrf_token": token_of(client), "campaign": other.slug})
    assert "Zulfiya" in fetch_address(client, f"/staff/donations/{other.donation}").text()
    assert client.get("/staff/reconciliation").status_code == 200
