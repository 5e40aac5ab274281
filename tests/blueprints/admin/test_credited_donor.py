"""Staff of one campaign credit a gift to a donor of another one: they learn and change nothing of what the other one has."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.donor import CreditKind
from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.domain.identity import new_public_id
from campaign.models.donation import Donation
from campaign.models.donor import Donor, DonorConsent, DonorMerge, SoftCredit
from campaign.services.donors.soft_credits import NewCredit, add_credit
from campaign.services.privacy.consents import RecordedConsent, record_consent
from tests.blueprints.admin.another_campaign import another_campaign
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.support.builders import a_campaign, a_donor, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import fetch

pytestmark = pytest.mark.database("sqlite")
VICTIM = "zulfiya@mountain.example"
SECRETS = ("Zulfiya", "7,654", "Folder 7", ">Kyrgyz</dd>")


@pytest.fixture
def victim(app: Flask, clock: SettableClock) -> Donor:
    """A donor of another campaign with a consent, to whom staff of this one credited a gift; Aida gave it."""
    own = a_campaign()
    aida = a_donor(email="aida@example.org")
    gift = a_paid_gift(campaign=own, payer_name="Aida", donor_id=aida.id)
    another_campaign(clock)
    with transaction() as session:
        donor = session.execute(select(Donor).where(Donor.email == VICTIM)).scalar_one()
        session.execute(update(Donor).where(Donor.id == donor.id).values(language="ky"))
    consent = RecordedConsent(
        donor_public_id=donor.public_id,
        purpose=ConsentPurpose.THANKS,
        source=ConsentSource.PAPER,
        evidence="Folder 7",
        actor_id=1,
    )
    record_consent(consent, clock=clock)
    add_credit(
        NewCredit(
            campaign_id=own.id,
            donation_public_id=gift.public_id,
            email=VICTIM,
            kind=CreditKind.HONOURED,
            public_id=new_public_id(),
            actor_id=1,
        ),
        clock=clock,
    )
    return donor


def test_every_page_about_donors_gives_nothing_away_and_changes_nothing(
    app: Flask, victim: Donor, clock: SettableClock, session: Session
) -> None:
    client: FlaskClient = sign_in_as(app, clock, role="campaign").client
    fetch(client, "admin.donor", public_id=victim.public_id)  # in scope, by the credit
    aida = session.execute(select(Donor.public_id).where(Donor.email == "aida@example.org")).scalar_one()
    session.rollback()
    fields = {
        "csrf_token": token_of(client),
        "form_id": new_public_id(),
        "other": victim.public_id,
        "email": VICTIM,
        "purpose": "invitations",
        "source": "paper",
        "evidence": "mine",
        "mailbox": victim.public_id,
    }
    visited = 0
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/staff/donors") or not rule.endpoint.startswith("admin."):
            continue
        names = {"purpose": "thanks", "data_format": "json", "file_format": "csv"}
        for public_id in (victim.public_id, aida):
            arguments = {name: names.get(name, public_id) for name in rule.arguments}
            with app.test_request_context():
                address = str(rule.build(arguments, append_unknown=False)[1])  # type: ignore[index]
            other = {"other": aida if public_id == victim.public_id else victim.public_id}
            is_get = "GET" in (rule.methods or ())
            answer = client.get(address, query_string=other) if is_get else client.post(address, data=fields | other)
            visited += 1
            assert answer.status_code < 500, address
            shown = answer.get_data(as_text=True)
            answer.close()
            assert [secret for secret in SECRETS if secret in shown] == [], address
    assert visited > 40
    assert session.execute(select(DonorMerge.id)).all() == []
    purposes = select(DonorConsent.purpose, DonorConsent.withdrawn_at).where(DonorConsent.donor_id == victim.id)
    assert [tuple(row) for row in session.execute(purposes)] == [("thanks", None)]
    assert session.execute(select(Donor.erased_at).where(Donor.id == victim.id)).scalar_one() is None
    assert len(session.execute(select(Donation.id).where(Donation.donor_id == victim.id)).all()) == 1
    assert session.execute(select(SoftCredit.donor_id)).scalar_one() == victim.id
