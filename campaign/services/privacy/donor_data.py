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
from campaign.gateways.clock import Clock
from campaign.models.donor import Donor
from campaign.services import audit
from campaign.services.privacy.data_map import FOR_DONORS, entry_of
from campaign.services.privacy.donor_parts import PARTS, Part
from campaign.services.privacy.donor_rows import DonorRows, donor_rows, person_rows
from campaign.services.shield.codes import PROOFS

FORMAT = "kurak-donor-data-1"
Value = str | int | bool | dict[str, object] | list[object] | None


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


def collect(public_id: str, *, clock: Clock, is_mailbox_alone: bool = False) -> DonorData:
    """Return the data of a donor as it is stored now.

    Args:
        public_id: Of the donor.
        clock: The time.
        is_mailbox_alone: Whether those who were merged with them are left out.

    Raises:
        NotFound: there is no such donor.
        DonorErased: see there.
    """
    with reading() as session:
        rows = (donor_rows if is_mailbox_alone else person_rows)(session, public_id)
        if session.execute(select(Donor.erased_at).where(Donor.id == rows.donor_id)).scalar() is not None:
            raise DonorErased(public_id)
        return DonorData(
            public_id=public_id,
            email=rows.email,
            language=rows.language,
            made_at=clock.now(),
            rows={part.name: _rows_of(session, part, rows) for part in PARTS},
        )


def hand_out(
    public_id: str, *, file_format: str, actor_id: int | None, clock: Clock, is_mailbox_alone: bool = False
) -> DonorData:
    """Return the data of a donor for a download, which is recorded in the audit trail.

    Raises:
        NotFound, DonorErased: as in `collect`.
    """
    data = collect(public_id, clock=clock, is_mailbox_alone=is_mailbox_alone)
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
