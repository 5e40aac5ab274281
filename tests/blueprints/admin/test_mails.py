"""Staff pages of emails: they say why one was not sent, and it is sent again with a reason, once."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.identity import new_public_id
from campaign.models.campaign import Campaign
from campaign.models.outbox import Message
from campaign.models.staff import AuditEvent
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import NOW, a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")

FORM = "main form[action$=again]"


@pytest.fixture(autouse=True)
def campaign(app: Flask) -> Campaign:
    return a_campaign()


def a_mail(campaign: Campaign, **facts: Any) -> Message:  # the fields of a mail
    """An email with a receipt's words and no receipt, to an address of example.org."""
    chosen = {"kind": "receipt", "language": "ky", "recipient": "aida@example.org", "state": "sent", **facts}
    with transaction() as session:
        mail = Message(
            public_id=new_public_id(),
            facts={},
            dedupe_key=new_public_id(),
            campaign_id=campaign.id,
            created_at=NOW,
            next_try_at=NOW,
            search_text=str(chosen["recipient"]),
            **chosen,
        )
        session.add(mail)
    return mail


def acts(session: Session) -> list[AuditEvent]:
    return list(session.execute(select(AuditEvent).where(AuditEvent.action == "mail:send_again")).scalars())


def test_emails_are_shown_with_the_reason_that_they_were_not_sent(campaign: Campaign, finance: FlaskClient) -> None:
    a_mail(campaign)
    a_mail(
        campaign,
        recipient="wrong@example.org",
        state="failed_permanently",
        failure="address",
        error="the address was refused (550)",
    )
    a_mail(
        campaign,
        recipient="held@example.org",
        state="held",
        hold_reason="receipt_not_printable",
        error="No glyph for U+20C0",
    )
    assert len(fetch(finance, "admin.mails").texts("tbody tr")) == 3
    page = fetch_address(finance, "/staff/mails?state=failed_permanently")
    assert "This address cannot receive email." in page.text("tbody")
    assert "550" not in page.text("tbody")
    assert "No glyph" in fetch_address(finance, "/staff/mails?text=HELD").text("tbody details")
    overview = fetch(finance, "admin.overview")
    assert overview.link("Emails could not be sent") == "/staff/mails?state=failed_permanently"


def test_an_email_is_sent_again_to_a_corrected_address_once(
    campaign: Campaign, finance: FlaskClient, session: Session
) -> None:
    mail = a_mail(campaign, state="failed_permanently", failure="address")
    page = fetch_address(finance, fetch(finance, "admin.mails").link("Send again"))
    assert page.one("#recipient")["value"] == "aida@example.org"
    for _ in range(2):
        answer = page.submit(finance, FORM, recipient=" right@example.org ", reason="They called")
        assert answer.status_code == 303
        assert fetch_address(finance, answer.location).text(".notice") == "The email will be sent within a minute."
    session.refresh(mail)
    assert (mail.state, mail.recipient, mail.attempts, mail.failure) == ("queued", "right@example.org", 0, None)
    (act,) = acts(session)
    assert act.detail["reason"] == "They called"
    page = fetch_address(finance, "/staff/audit")
    assert page.texts("tbody td")[1:4] == [
        "Sent an email again",
        f"Email {mail.public_id}",
        "Reason: They called; To another address: yes",
    ]


def test_without_a_reason_or_an_address_nothing_is_sent(
    campaign: Campaign, finance: FlaskClient, session: Session
) -> None:
    mail = a_mail(campaign)
    page = fetch(finance, "admin.mail_again", public_id=mail.public_id)
    refused = Page(page.submit(finance, FORM, recipient="айда@example.com", reason=""))
    assert refused.answer.status_code == 422
    address, reason = refused.texts(".error-summary li")
    assert (reason, "Latin keyboard" in address) == ("Say why.", True)
    assert refused.one("#recipient")["value"] == "айда@example.com"
    assert acts(session) == []


def test_another_campaigns_email_is_not_found(finance: FlaskClient) -> None:
    other = a_campaign(slug="other", is_featured=False)
    mail = a_mail(other)
    assert fetch(finance, "admin.mails").texts("tbody tr") == []
    fetch(finance, "admin.mail_again", public_id=mail.public_id, status=404)


def test_a_reader_sees_emails_and_sends_none(app: Flask, campaign: Campaign, clock: SettableClock) -> None:
    mail = a_mail(campaign)
    campaigner = sign_in_as(app, clock, role="campaign").client
    assert not fetch(campaigner, "admin.mails").soup.select("tbody a.button")
    fetch(campaigner, "admin.mail_again", public_id=mail.public_id, status=403)


def test_an_administrator_sends_an_email_again_but_to_no_other_address(
    app: Flask, campaign: Campaign, clock: SettableClock, session: Session
) -> None:
    mail = a_mail(campaign, state="failed_permanently", failure="unreachable")
    admin = sign_in_as(app, clock, role="admin").client
    page = fetch(admin, "admin.mail_again", public_id=mail.public_id)
    assert not page.soup.select("#recipient")
    assert page.submit(admin, FORM, recipient="mine@example.org", reason="The server works again").status_code == 303
    session.refresh(mail)
    assert (mail.state, mail.recipient) == ("queued", "aida@example.org")


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("former", "state"), [("kept", "stored"), ("dead", "failed_permanently")])
def test_an_address_with_the_former_name_of_a_state_still_works(
    campaign: Campaign, finance: FlaskClient, former: str, state: str
) -> None:
    a_mail(campaign, state=state)
    a_mail(campaign, state="sent")
    assert len(fetch_address(finance, f"/staff/mails?state={former}").texts("tbody tr")) == 1
