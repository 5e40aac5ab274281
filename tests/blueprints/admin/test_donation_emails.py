"""The timeline of a gift says why an email was not sent."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from campaign.models.outbox import Message
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import NOW, a_campaign, a_donor, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ("address", "This address cannot receive email."),
        ("refused", "The mail server refused this email."),
        ("unreachable", "The mail server did not accept it for two days."),
        ("fault", "An error in our system."),
    ],
)
def test_the_timeline_says_why_an_email_could_not_be_sent(
    app: Flask, clock: SettableClock, session: Session, failure: str, reason: str
) -> None:
    gift = a_paid_gift(campaign=a_campaign(), donor_id=a_donor(email="aigul@example.org").id)
    finance = sign_in_as(app, clock, role="finance").client
    mail = {
        "kind": "receipt",
        "language": "en",
        "recipient": "aigul@example.org",
        "facts": {},
        "dedupe_key": "receipt:1",
    }
    session.add(
        Message(
            **mail,
            public_id="a" * 16,
            donation_id=gift.id,
            created_at=NOW,
            next_try_at=NOW,
            state="failed_permanently",
            failure=failure,
        )
    )
    session.commit()
    assert reason in fetch_address(finance, f"/staff/donations/{gift.public_id}").text(".timeline")
