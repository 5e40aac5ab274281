"""The files that prove a consent: listed, downloaded and deleted by campaign staff, never public."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.consent_file import MEDIA_TYPES, FileType
from campaign.domain.errors import NotFound
from campaign.gateways.clock import Clock
from campaign.gateways.file_store import FileStore
from campaign.models.picture import Consent, ConsentFile
from campaign.models.staff import Staff
from campaign.services.pictures.consents import record
from campaign.services.pictures.storage import delete_outside, read_body


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFileView:
    """A file of a consent as its page lists it."""

    public_id: str
    name: str
    kind: FileType
    length: int
    recorded_at: datetime
    recorded_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFileContent:
    """A file to be sent to somebody who may read it."""

    name: str
    media_type: str
    body: bytes


def list_files(campaign_id: int, public_id: str) -> list[ConsentFileView]:
    """Return the files of a consent, the oldest first."""
    query = (
        select(ConsentFile, Staff.name)
        .join(Consent, Consent.id == ConsentFile.consent_id)
        .outerjoin(Staff, Staff.id == ConsentFile.recorded_by)
        .where(Consent.campaign_id == campaign_id, Consent.public_id == public_id)
        .order_by(ConsentFile.id)
    )
    with reading() as session:
        return [_view(row, name) for row, name in session.execute(query)]


def one_file(campaign_id: int, public_id: str, file_id: str) -> ConsentFileView:
    """Return one file of a consent.

    Raises:
        NotFound: The consent has no such file.
    """
    view = next((file for file in list_files(campaign_id, public_id) if file.public_id == file_id), None)
    if view is None:
        raise NotFound(f"file:{file_id}")
    return view


def file_content(
    campaign_id: int, public_id: str, file_id: str, *, actor_id: int, store: FileStore | None, clock: Clock
) -> ConsentFileContent:
    """Return a file to a member of the campaign’s staff, and note in the audit trail that they opened it.

    Raises:
        NotFound: The consent has no such file, or it is lost.
    """
    with transaction() as session:
        row = _row(session, campaign_id, public_id, file_id)
        body, name, media_type, stored = (
            row.body,
            row.name,
            MEDIA_TYPES[FileType(row.kind)],
            name_outside(public_id, row),
        )
        record(session, "file", public_id, actor_id=actor_id, at=clock.now(), detail={"file": file_id})
    content = read_body(store, stored, body)
    if content is None:
        raise NotFound(f"file:{file_id}")
    return ConsentFileContent(name=name, media_type=media_type, body=content)


def delete_file(
    campaign_id: int, public_id: str, file_id: str, *, actor_id: int, store: FileStore | None, clock: Clock
) -> None:
    """Delete a file of a consent for good.

    Raises:
        NotFound: The consent has no such file.
    """
    with transaction() as session:
        row = _row(session, campaign_id, public_id, file_id)
        names = [name_outside(public_id, row)] if row.body is None else []
        session.delete(row)
        record(session, "detach", public_id, actor_id=actor_id, at=clock.now(), detail={"file": file_id})
    delete_outside(store, names)


def name_outside(public_id: str, row: ConsentFile) -> str:
    """Return the name of a file in a store outside the database; `public_id` is its consent’s."""
    return stored_file_name(public_id, row.version, row.kind)


def stored_file_name(public_id: str, version: str, kind: str) -> str:
    """Return the same before there is a row."""
    return f"consents/{public_id}/{version}.{kind}"


def _row(session: Session, campaign_id: int, public_id: str, file_id: str) -> ConsentFile:
    query = (
        select(ConsentFile)
        .join(Consent, Consent.id == ConsentFile.consent_id)
        .where(Consent.campaign_id == campaign_id, Consent.public_id == public_id, ConsentFile.public_id == file_id)
    )
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound(f"file:{file_id}")
    return row


def _view(row: ConsentFile, name: str | None) -> ConsentFileView:
    return ConsentFileView(
        public_id=row.public_id,
        name=row.name,
        kind=FileType(row.kind),
        length=row.length,
        recorded_at=row.recorded_at,
        recorded_by=name,
    )
