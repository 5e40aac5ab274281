"""The log of consents: donors and readers in one place, given and withdrawn once each."""

import hashlib

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.donor_consent import ConsentEnded, ConsentGiven, ConsentPurpose, ConsentSource, DonorErased
from campaign.domain.errors import NotFound
from campaign.i18n import in_language
from campaign.models.donor import Donor, DonorConsent
from campaign.models.news import Subscriber
from campaign.models.staff import AuditEvent
from campaign.services import consent_log
from campaign.services.news import subscriptions
from campaign.services.news.links import sign_leave
from campaign.services.privacy.consents import (
    RecordedConsent,
    consents_of,
    has_consent,
    record_consent,
    withdraw_consent,
)
from tests.support.builders import a_campaign, a_donor, a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.news import a_reader

THANKS, UPDATES = ConsentPurpose.THANKS, ConsentPurpose.UPDATES


def order(donor: Donor, actor_id: int, **facts: object) -> RecordedConsent:
    chosen = {"purpose": THANKS, "source": ConsentSource.PAPER, "evidence": "Folder 3", **facts}
    return RecordedConsent(donor_public_id=donor.public_id, actor_id=actor_id, **chosen)  # type: ignore[arg-type]


def test_staff_record_a_consent_once_and_withdraw_it_once(session: Session, clock: SettableClock) -> None:
    a_campaign()
    actor_id, donor = a_member_of_staff(role="campaign").id, a_donor(language="ky")
    assert not has_consent(session, donor.id, THANKS)
    record_consent(order(donor, actor_id), clock=clock)
    with pytest.raises(ConsentGiven):
        record_consent(order(donor, actor_id), clock=clock)
    assert has_consent(session, donor.id, THANKS)
    assert not has_consent(session, donor.id, ConsentPurpose.INVITATIONS)
    with pytest.raises(NotFound):
        record_consent(order(donor, actor_id, purpose=UPDATES), clock=clock)
    with pytest.raises(NotFound):
        record_consent(order(donor, actor_id, source=ConsentSource.EMAIL_LINK), clock=clock)

    withdraw_consent(donor.public_id, THANKS, actor_id=actor_id, clock=clock)
    with pytest.raises(ConsentEnded):
        withdraw_consent(donor.public_id, THANKS, actor_id=actor_id, clock=clock)
    session.rollback()
    assert not has_consent(session, donor.id, THANKS)
    record_consent(order(donor, actor_id), clock=clock)
    log = consents_of(1, [donor.id])
    assert [(entry.is_valid, entry.language, entry.evidence) for entry in log] == [
        (True, "ky", "Folder 3"),
        (False, "ky", "Folder 3"),
    ]
    acts = session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all()
    assert acts[-3:] == ["donor:consent", "donor:withdraw_consent", "donor:consent"]


def test_an_erased_donor_has_no_consent_and_gives_none(session: Session, clock: SettableClock) -> None:
    a_campaign()
    actor_id, donor = a_member_of_staff(role="campaign").id, a_donor()
    record_consent(order(donor, actor_id), clock=clock)
    with transaction() as writing:
        row = writing.get_one(Donor, donor.id)
        row.email = row.email_key = None
        row.erased_at = clock.now()
    assert not has_consent(session, donor.id, THANKS)
    with pytest.raises(DonorErased):
        record_consent(order(donor, actor_id, purpose=ConsentPurpose.INVITATIONS), clock=clock)


def test_a_reader_with_the_same_mailbox_stands_in_the_same_log(session: Session, clock: SettableClock) -> None:
    campaign = a_campaign()
    name = a_reader(campaign, clock)
    donor = a_donor(email=f"{name}@example.org")
    other = a_donor(email="other@example.org")
    token = sign_leave(name)
    assert (has_consent(session, donor.id, UPDATES), has_consent(session, other.id, UPDATES)) == (True, False)
    subscriptions.leave(token, clock=clock)
    session.rollback()
    assert not has_consent(session, donor.id, UPDATES)
    subscriptions.come_back(token, clock=clock)
    session.rollback()
    assert has_consent(session, donor.id, UPDATES)
    assert consents_of(campaign.id + 1, [donor.id]) == [], "what they read elsewhere is not this campaign's affair"
    assert [(entry.purpose, entry.source) for entry in consents_of(campaign.id, [donor.id])] == [
        (UPDATES, ConsentSource.EMAIL_LINK),
        (UPDATES, ConsentSource.EMAIL_LINK),
    ]
    with transaction() as writing:
        states = writing.execute(
            select(Subscriber.state).join(DonorConsent).where(DonorConsent.withdrawn_at.is_(None))
        ).scalars()
        assert states.all() == ["confirmed"]


@pytest.mark.database("sqlite")
def test_a_changed_consent_text_has_another_version(app: Flask) -> None:
    digests: dict[tuple[str, str], str] = {}
    for purpose, versions in consent_log.TEXTS.items():
        for version, text in versions.items():
            texts = []
            for code in ("en", "ru", "ky"):
                with app.test_request_context(), in_language(code):
                    texts.append(str(text))
            digests[purpose.value, version] = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
    assert digests == {
        ("updates", "2026-11"): "98fb2c47db61",
        ("thanks", "2026-11"): "ba6b5304326a",
        ("invitations", "2026-11"): "b5641ddc043f",
    }
