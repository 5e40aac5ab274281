"""Which rows are about a donor: the one list from which their own data and their erasure are made.

Staff say that two donors are one person by merging them. Their data and their erasure are those of all of these donors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.domain.blocks import BlockKind
from campaign.domain.donation import DonationState
from campaign.domain.email_address import email_key, readable_email
from campaign.domain.errors import NotFound
from campaign.domain.folding import fold
from campaign.domain.grant_application import ReviewState
from campaign.domain.visitor_keys import normalized_email
from campaign.extensions import Model
from campaign.models.abuse import GiftStart
from campaign.models.application import ApplicationFile, ApplicationLink, ApplicationReview, GrantApplication
from campaign.models.donation import Dispute, Donation, DonationEvent, Refund
from campaign.models.donor import (
    DistinctDonors,
    Donor,
    DonorConsent,
    DonorMerge,
    DonorNote,
    DonorSegment,
    DonorTag,
    SoftCredit,
)
from campaign.models.donor_session import DonorSession
from campaign.models.event_sign_up import EventSignUp
from campaign.models.inbox import ProviderEvent
from campaign.models.moderation import ModerationBlock
from campaign.models.news import Subscriber
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge, PledgeEvent, PledgeRequest
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.models.segment_mailing import SegmentDelivery
from campaign.models.succession import PledgeSuccession
from campaign.services.privacy.naming_segments import segments_naming


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorRows:
    """A donor, and the conditions that select all that is about them, by table."""

    donor_id: int
    public_id: str
    email: str | None
    language: str
    gift_ids: tuple[int, ...]
    pledge_ids: tuple[int, ...]
    merged: tuple[str, ...]
    """Public ids of donors who staff said are this one, and whose address is another one."""
    conditions: Mapping[type[Model], ColumnElement[bool]]


def donor_rows(session: Session, public_id: str, *, is_locking: bool = False) -> DonorRows:
    """Return what is about a donor; with `is_locking` their row is locked until the transaction ends.

    Raises:
        NotFound: there is no such donor.
    """
    query = select(Donor).where(Donor.public_id == public_id)
    donor = session.execute(query.with_for_update() if is_locking else query).scalar_one_or_none()
    if donor is None:
        raise NotFound(f"donor:{public_id}")
    gifts = tuple(session.execute(select(Donation.id).where(Donation.donor_id == donor.id)).scalars())
    gifts += _unpaid_gifts(session, donor)
    pledges = tuple(session.execute(select(Pledge.id).where(Pledge.donor_id == donor.id)).scalars())
    return DonorRows(
        donor_id=donor.id,
        public_id=donor.public_id,
        email=donor.email,
        language=donor.language,
        gift_ids=gifts,
        pledge_ids=pledges,
        merged=_merged(session, donor),
        conditions=_conditions(donor, gifts, pledges)
        | {DonorSegment: DonorSegment.id.in_(segments_naming(session, _names(session, donor, gifts, pledges)))},
    )


def person_rows(session: Session, public_id: str) -> DonorRows:
    """Return what is about a donor and about those who were merged with them.

    Raises:
        NotFound: there is no such donor.
    """
    first = donor_rows(session, public_id)
    everyone = [first, *(donor_rows(session, name) for name in first.merged)]
    return replace(
        first,
        gift_ids=tuple({gift_id: None for rows in everyone for gift_id in rows.gift_ids}),
        pledge_ids=tuple({pledge_id: None for rows in everyone for pledge_id in rows.pledge_ids}),
        conditions={table: or_(*(rows.conditions[table] for rows in everyone)) for table in first.conditions},
    )


def merged_donor_ids(session: Session, donor_id: int) -> set[int]:
    """Return the other donors of a person, whichever was merged into whom, and over as many steps as there are."""
    known, newest = {donor_id}, {donor_id}
    while newest:
        query = select(DonorMerge.source_id, DonorMerge.target_id).where(
            DonorMerge.undone_at.is_(None), or_(DonorMerge.source_id.in_(newest), DonorMerge.target_id.in_(newest))
        )
        newest = {name for pair in session.execute(query) for name in pair} - known
        known |= newest
    return known - {donor_id}


def _merged(session: Session, donor: Donor) -> tuple[str, ...]:
    others = select(Donor.public_id).where(Donor.id.in_(merged_donor_ids(session, donor.id)), Donor.erased_at.is_(None))
    return tuple(session.execute(others.order_by(Donor.public_id)).scalars())


def _names(session: Session, donor: Donor, gifts: tuple[int, ...], pledges: tuple[int, ...]) -> set[str]:
    """Return the address and the names that the donor gave with."""
    names = {donor.email} if donor.email else set()
    for table, ids in ((Donation, gifts), (Pledge, pledges)):
        query = select(table.payer_name, table.receipt_name, table.public_name).where(table.id.in_(ids))
        names |= {name for row in session.execute(query) for name in row if name}
    return names


def _unpaid_gifts(session: Session, donor: Donor) -> tuple[int, ...]:
    """Return gifts that were begun with the donor's address and never paid: they have no donor."""
    if donor.email is None:
        return ()
    query = select(Donation.id, Donation.checkout_params).where(
        Donation.donor_id.is_(None),
        Donation.state != DonationState.PAID,
        Donation.search_text.contains(fold(donor.email), autoescape=True),
    )
    return tuple(gift_id for gift_id, params in session.execute(query) if _key_of(params) == donor.email_key)


def _key_of(params: dict[str, object]) -> str | None:
    typed = params.get("customer_email")
    return email_key(readable_email(typed)) if isinstance(typed, str) else None


def _conditions(
    donor: Donor, gifts: tuple[int, ...], pledges: tuple[int, ...]
) -> dict[type[Model], ColumnElement[bool]]:
    receipts = select(Receipt.id).where(Receipt.donation_id.in_(gifts))
    forms = select(Donation.form_id).where(Donation.id.in_(gifts))
    readers = select(Subscriber.id).where(_is_key(Subscriber.email_key, donor))
    applications = select(GrantApplication.id).where(_is_key(GrantApplication.email_key, donor))
    is_addressed = func.lower(Message.recipient) == donor.email.lower() if donor.email else false()
    return {
        Donor: Donor.id == donor.id,
        Donation: Donation.id.in_(gifts),
        DonationEvent: DonationEvent.donation_id.in_(gifts),
        Refund: Refund.donation_id.in_(gifts),
        Dispute: Dispute.donation_id.in_(gifts),
        Pledge: Pledge.id.in_(pledges),
        PledgeEvent: PledgeEvent.pledge_id.in_(pledges),
        PledgeRequest: PledgeRequest.pledge_id.in_(pledges),
        Receipt: Receipt.donation_id.in_(gifts),
        ReceiptFile: ReceiptFile.receipt_id.in_(receipts),
        Message: or_(
            is_addressed,
            and_(Message.donation_id.in_(gifts), Message.recipient != ""),
            Message.receipt_id.in_(receipts),
        ),
        DonorConsent: or_(DonorConsent.donor_id == donor.id, DonorConsent.subscriber_id.in_(readers)),
        DonorSession: DonorSession.donor_id == donor.id,
        DonorNote: DonorNote.donor_id == donor.id,
        DonorTag: DonorTag.donor_id == donor.id,
        SoftCredit: or_(SoftCredit.donor_id == donor.id, SoftCredit.donation_id.in_(gifts)),
        DonorMerge: or_(DonorMerge.target_id == donor.id, DonorMerge.source_id == donor.id),
        DistinctDonors: or_(DistinctDonors.first_id == donor.id, DistinctDonors.second_id == donor.id),
        SegmentDelivery: SegmentDelivery.donor_id == donor.id,
        PledgeSuccession: PledgeSuccession.pledge_id.in_(pledges),
        ModerationBlock: _is_block_of(donor),
        Subscriber: _is_key(Subscriber.email_key, donor),
        EventSignUp: _is_key(EventSignUp.email_key, donor),
        GrantApplication: _is_key(GrantApplication.email_key, donor),
        ApplicationFile: ApplicationFile.application_id.in_(applications),
        ApplicationLink: ApplicationLink.application_id.in_(applications),
        ApplicationReview: and_(
            ApplicationReview.application_id.in_(applications),
            ApplicationReview.state != ReviewState.CONFLICT,  # that one is about the reviewer
        ),
        ProviderEvent: ProviderEvent.donation_id.in_(gifts),
        GiftStart: GiftStart.form_id.in_(forms),
    }


def _is_key(column: InstrumentedAttribute[Any], donor: Donor) -> ColumnElement[bool]:
    """Return the condition that a row belongs to the donor's mailbox."""
    return column == donor.email_key if donor.email_key else false()


def _is_block_of(donor: Donor) -> ColumnElement[bool]:
    if not donor.email:
        return false()
    is_address = ModerationBlock.kind == BlockKind.ADDRESS
    return and_(is_address, ModerationBlock.value == normalized_email(donor.email))
