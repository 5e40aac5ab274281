"""What a donor who is signed in does with their own data: consents, a copy of everything, and what an erasure would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from campaign.database import reading, transaction
from campaign.domain.donor_consent import RECORDABLE, ConsentGiven, ConsentPurpose, ConsentSource
from campaign.domain.errors import NotFound
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.donor import DonorConsent
from campaign.models.news import Subscriber
from campaign.services import audit, consent_log
from campaign.services.consent_log import NewConsent
from campaign.services.donor_account.sessions import SignedInDonor
from campaign.services.privacy import donor_data, erasure
from campaign.services.privacy.consents import of_donor, withdraw_consent
from campaign.services.privacy.donor_data import DonorData
from campaign.services.privacy.erasure import ErasurePreview


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnConsent:
    """What a donor agreed to; `campaign_name` is set for the updates of a campaign."""

    purpose: ConsentPurpose
    text_version: str
    given_at: datetime
    withdrawn_at: datetime | None
    campaign_name: dict[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    """The log of consents, which of them can be given now, and what an erasure would do."""

    consents: Sequence[OwnConsent]
    not_given: Sequence[ConsentPurpose]
    erasure: ErasurePreview


def own_data_of(donor: SignedInDonor, *, clock: Clock) -> OwnData:
    """Return what the page of a donor's data shows."""
    consents = _consents_of(donor)
    given = {entry.purpose for entry in consents if entry.withdrawn_at is None}
    return OwnData(
        consents=consents,
        not_given=[purpose for purpose in RECORDABLE if purpose not in given],
        erasure=erasure.preview(donor.public_id, clock=clock),
    )


def _consents_of(donor: SignedInDonor) -> list[OwnConsent]:
    """Return the log of the donor's mailbox over all campaigns, newest first."""
    query = (
        select(DonorConsent, Campaign.name)
        .outerjoin(Subscriber, Subscriber.id == DonorConsent.subscriber_id)
        .outerjoin(Campaign, Campaign.id == Subscriber.campaign_id)
        .where(of_donor(donor.donor_id))
        .order_by(DonorConsent.given_at.desc(), DonorConsent.id.desc())
    )
    with reading() as session:
        return [
            OwnConsent(
                purpose=ConsentPurpose(row.purpose),
                text_version=row.text_version,
                given_at=row.given_at,
                withdrawn_at=row.withdrawn_at,
                campaign_name=name,
            )
            for row, name in session.execute(query)
        ]


def give_consent(donor: SignedInDonor, purpose: ConsentPurpose, *, language: str, clock: Clock) -> None:
    """Record that a donor agrees to a purpose, in the language in which they read its text.

    They are signed in by a link or code that was mailed to them, which is the source that the log names.

    Raises:
        NotFound: readers subscribe to updates on the page of the updates.
        ConsentGiven: see there.
    """
    if purpose not in RECORDABLE:
        raise NotFound(purpose)
    at = clock.now()
    consent = NewConsent(purpose=purpose, language=language, source=ConsentSource.EMAIL_LINK, donor_id=donor.donor_id)
    with transaction() as session:
        if not consent_log.give(session, consent, at=at):
            raise ConsentGiven(purpose)
        detail: dict[str, object] = {"purpose": purpose.value, "source": consent.source.value}
        subject = f"donor:{donor.public_id}"
        audit.record(session, actor_id=None, action="donor:consent", subject=subject, at=at, detail=detail)


def end_consent(donor: SignedInDonor, purpose: ConsentPurpose, *, clock: Clock) -> None:
    """Withdraw a donor's own consent.

    Raises:
        ConsentEnded: there is none.
    """
    withdraw_consent(donor.public_id, purpose, actor_id=None, clock=clock)


def copy_of_data(donor: SignedInDonor, file_format: str, *, clock: Clock) -> DonorData:
    """Return everything that is stored about a mailbox, for a download that the audit trail names.

    Those whom staff merged with it are not in it: it has not proved that they are the same person.
    """
    return donor_data.hand_out(
        donor.public_id, file_format=file_format, actor_id=None, clock=clock, is_mailbox_alone=True
    )
