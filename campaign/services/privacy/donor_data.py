"""A donor's own data: everything that is stored about them, as JSON for programs and as sections for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.donor_consent import DonorErased
from campaign.domain.email_address import email_key
from campaign.domain.errors import NotFound
from campaign.domain.privacy import DataKind
from campaign.extensions import Model
from campaign.gateways.clock import Clock
from campaign.models.application import GrantApplication
from campaign.models.donation import Dispute, Donation, DonationEvent, Refund
from campaign.models.donor import Donor, DonorConsent, DonorNote, DonorTag, SoftCredit
from campaign.models.event_sign_up import EventSignUp
from campaign.models.inbox import ProviderEvent
from campaign.models.news import Subscriber
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge, PledgeEvent, PledgeRequest
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services import audit
from campaign.services.privacy.data_map import FOR_DONORS, entry_of
from campaign.services.privacy.donor_rows import DonorRows, donor_rows
from campaign.services.shield.codes import PROOFS

FORMAT = "kurak-donor-data-1"
Value = str | int | bool | dict[str, object] | list[object] | None
SOURCE = ("utm_source", "utm_medium", "utm_campaign", "referrer_host")
NAMES = ("public_name", "payer_name", "receipt_name")
AMOUNT = ("currency", "gift_minor", "cover_minor")


@dataclass(frozen=True, slots=True)
class Part:
    """The columns of a table that are in a donor's data."""

    kind: DataKind
    name: str
    table: type[Model]
    columns: tuple[str, ...]


PARTS = (
    Part(DataKind.GIFTS, "donor", Donor, ("public_id", "email", "language", "created_at")),
    Part(
        DataKind.GIFTS,
        "gifts",
        Donation,
        (
            *("public_id", "state", "created_at", "paid_at", "paid_on", "frequency", *AMOUNT, "refunded_minor"),
            *("charged_back_minor", "language", "is_anonymous", *NAMES, "message", "wall", "method", "method_brand"),
            *("method_last4", "checkout_params", "checkout_url", "checkout_id", "payment_id", "charge_id", *SOURCE),
        ),
    ),
    Part(DataKind.GIFTS, "gift_history", DonationEvent, ("at", "kind", "detail")),
    Part(DataKind.GIFTS, "refunds", Refund, ("currency", "amount_minor", "state", "reason", "requested_at")),
    Part(DataKind.GIFTS, "disputes", Dispute, ("currency", "amount_minor", "state", "reason", "opened_at")),
    Part(
        DataKind.PLEDGES,
        "monthly_gifts",
        Pledge,
        (
            *("public_id", "state", *AMOUNT, "language", "is_anonymous", *NAMES, "card_brand", "card_last4"),
            *("card_expires_on", "started_at", "next_at", "ended_at", "customer_id", "subscription_id", "due_url"),
            *SOURCE,
        ),
    ),
    Part(DataKind.PLEDGES, "monthly_gift_history", PledgeEvent, ("at", "kind", "detail")),
    Part(DataKind.PLEDGES, "monthly_gift_requests", PledgeRequest, ("requested_at", "act", "detail", "state")),
    Part(DataKind.RECEIPTS, "receipts", Receipt, ("number", "state", "issued_at", "ended_at", "document")),
    Part(DataKind.RECEIPTS, "receipt_files", ReceiptFile, ("sha256", "made_at", "substituted")),
    Part(
        DataKind.EMAILS,
        "emails",
        Message,
        ("kind", "language", "recipient", "facts", "state", "created_at", "sent_at", "error"),
    ),
    Part(
        DataKind.CONSENTS,
        "consents",
        DonorConsent,
        ("purpose", "text_version", "language", "source", "evidence", "given_at", "withdrawn_at"),
    ),
    Part(DataKind.NOTES, "notes", DonorNote, ("text", "written_at")),
    Part(DataKind.NOTES, "tags", DonorTag, ("name", "added_at")),
    Part(DataKind.NOTES, "parts_in_gifts", SoftCredit, ("kind", "added_at")),
    Part(
        DataKind.READERS,
        "news_subscriptions",
        Subscriber,
        ("email", "language", "state", "source", "consent_version", "requested_at", "confirmed_at", "left_at"),
    ),
    Part(
        DataKind.EVENTS,
        "event_sign_ups",
        EventSignUp,
        (
            "name",
            "email",
            "phone",
            "language",
            "places",
            "access_needs",
            "state",
            "signed_up_at",
            "cancelled_at",
            "came",
        ),
    ),
    Part(
        DataKind.APPLICATIONS,
        "grant_applications",
        GrantApplication,
        (
            *("name", "email", "place", "language", "answers", "state", "shows_name", "shows_place", "started_at"),
            *("submitted_at", "closed_at", "award_minor", "award_currency", "letter", "letter_at"),
        ),
    ),
    Part(DataKind.PROVIDER_EVENTS, "provider_events", ProviderEvent, ("type", "created_at", "raw")),
)
"""What is in a donor's data. Search texts and folded addresses repeat names and addresses, so they are not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorData:
    """All data of a donor: the rows of each part, by its name."""

    public_id: str
    email: str | None
    language: str
    made_at: datetime
    rows: Mapping[str, Sequence[Mapping[str, Value]]]

    def to_json(self) -> bytes:
        """Return the file for the donor: what is stored, and for each kind why it is."""
        kinds = [entry_of(kind) for kind in FOR_DONORS]
        content = {
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "about": {entry.kind.value: {"what": str(entry.what), "why": str(entry.why)} for entry in kinds},
            **self.rows,
        }
        return json.dumps(content, ensure_ascii=False, indent=2).encode()


def collect(public_id: str, *, clock: Clock) -> DonorData:
    """Return the data of a donor as it is stored now.

    Raises:
        NotFound: there is no such donor.
        DonorErased: see there.
    """
    with reading() as session:
        rows = donor_rows(session, public_id)
        if session.execute(select(Donor.erased_at).where(Donor.id == rows.donor_id)).scalar() is not None:
            raise DonorErased(public_id)
        return DonorData(
            public_id=public_id,
            email=rows.email,
            language=rows.language,
            made_at=clock.now(),
            rows={part.name: _rows_of(session, part, rows) for part in PARTS},
        )


def hand_out(public_id: str, *, file_format: str, actor_id: int | None, clock: Clock) -> DonorData:
    """Return the data of a donor for a download, which is recorded in the audit trail.

    Raises:
        NotFound, DonorErased: as in `collect`.
    """
    data = collect(public_id, clock=clock)
    with transaction() as session:
        audit.record(
            session,
            actor_id=actor_id,
            action="donor:download_data",
            subject=f"donor:{public_id}",
            at=clock.now(),
            detail={"format": file_format},
        )
    return data


def donor_with_email(email: str) -> str:
    """Return the public id of the donor of a mailbox.

    Raises:
        NotFound: nobody gave with it.
    """
    with reading() as session:
        public_id = session.execute(select(Donor.public_id).where(Donor.email_key == email_key(email))).scalar()
    if public_id is None:
        raise NotFound("donor")
    return public_id


def _rows_of(session: Session, part: Part, rows: DonorRows) -> list[dict[str, Value]]:
    table = part.table.__table__
    query = select(*(table.c[name] for name in part.columns)).where(rows.conditions[part.table])
    read = session.execute(query.order_by(*table.primary_key)).all()
    plain = [{name: _plain(value) for name, value in zip(part.columns, row, strict=True)} for row in read]
    return [
        row | {"facts": {}} if row.get("kind") in PROOFS else row for row in plain
    ]  # codes and links open something


def _plain(value: object) -> Value:
    """Return a value as JSON has it; JSON that is stored as text or bytes is unpacked."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes() | str():
            return _unpacked(value.decode(errors="replace") if isinstance(value, bytes) else value)
        case int() | dict() | list() | None:
            return value
        case _:
            return str(value)


def _unpacked(text: str) -> Value:
    if not text.startswith("{"):
        return text
    try:
        unpacked = json.loads(text)
    except ValueError:
        return text
    return unpacked if isinstance(unpacked, dict) else text
