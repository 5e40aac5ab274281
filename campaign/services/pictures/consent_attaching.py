"""Attaching files to a consent as it is saved: scans of the signed paper, or the recorded voice."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import insert_once_for_key, reading, transaction
from campaign.domain.consent_file import (
    MAX_FILES,
    MEDIA_TYPES,
    ConsentFileFlaw,
    ConsentFilesRefused,
    RefusedFile,
)
from campaign.gateways.context import Context
from campaign.gateways.file_store import FileStore
from campaign.models.picture import Consent, ConsentFile
from campaign.services.pictures.consent_checks import CheckedConsentFile, ConsentUpload, check_file
from campaign.services.pictures.consent_files import stored_file_name
from campaign.services.pictures.consents import ConsentOrder, record, save_within
from campaign.services.pictures.storage import delete_outside


def save_with_files(order: ConsentOrder, uploads: Sequence[ConsentUpload], *, context: Context) -> None:
    """Save a consent and attach files to it, all of it or nothing; the same form sent twice attaches them once.

    Raises:
        ConsentFilesRefused: Some are no scan and no recording, are attached already, or are too many.
        PicturesBusy: Other files are being prepared.
        ChangedMeanwhile, ConsentGivenLater, ConsentEndsBeforeItBegins, ConsentWithdrawn, NotFound: As in `save_consent`.
    """
    at = context.clock.now()
    checked = _check_all(order, uploads)
    names = _store_outside(checked, order.public_id, store=context.files)
    try:
        with transaction() as session:
            save_within(session, order, at=at)
            _add(session, order, checked, is_outside=context.files is not None, at=at)
    except BaseException as error:
        delete_outside(context.files, names)
        if not isinstance(error, _FilesSentTwice):
            raise


class _FilesSentTwice(Exception):
    """Another request has attached the files of this form meanwhile."""


def _check_all(order: ConsentOrder, uploads: Sequence[ConsentUpload]) -> list[tuple[ConsentUpload, CheckedConsentFile]]:
    """Return the files that are new, ready to be stored.

    Raises:
        ConsentFilesRefused, PicturesBusy: See there.
    """
    attached = _attached(order)
    new = [upload for upload in uploads if upload.public_id not in attached]
    if len(attached) + len(new) > MAX_FILES:
        raise ConsentFilesRefused([RefusedFile(upload.name, ConsentFileFlaw.TOO_MANY) for upload in new])
    checked, refused, digests = [], [], set(attached.values())
    for upload in new:
        result = ConsentFileFlaw.REPEATED if _digest_of(upload.data) in digests else check_file(upload)
        digests.add(_digest_of(upload.data))
        if isinstance(result, ConsentFileFlaw):
            refused.append(RefusedFile(upload.name, result))
        else:
            checked.append((upload, result))
    if refused:
        raise ConsentFilesRefused(refused)
    return checked


def _digest_of(data: bytes) -> str:
    """Return what two files have in common that are the same."""
    return hashlib.sha256(data).hexdigest()


def _attached(order: ConsentOrder) -> dict[str, str]:
    """Return public id → digest of the files that a consent has."""
    query = (
        select(ConsentFile.public_id, ConsentFile.digest)
        .join(Consent, Consent.id == ConsentFile.consent_id)
        .where(Consent.campaign_id == order.campaign_id, Consent.public_id == order.public_id)
    )
    with reading() as session:
        return dict(session.execute(query).all())


def _store_outside(
    checked: Sequence[tuple[ConsentUpload, CheckedConsentFile]], public_id: str, *, store: FileStore | None
) -> list[str]:
    """Store the files where they do not go into the database, before the transaction, and return their names."""
    names: list[str] = []
    if store is None:
        return names
    try:
        for _upload, file in checked:
            names.append(stored_file_name(public_id, file.version, file.kind))
            store.put(names[-1], file.body, mimetype=MEDIA_TYPES[file.kind])
    except BaseException:
        delete_outside(store, names)
        raise
    return names


def _add(
    session: Session,
    order: ConsentOrder,
    checked: Sequence[tuple[ConsentUpload, CheckedConsentFile]],
    *,
    is_outside: bool,
    at: datetime,
) -> None:
    if not checked:
        return
    consent_id = session.execute(select(Consent.id).where(Consent.public_id == order.public_id)).scalar_one()
    for upload, file in checked:
        row = {
            "public_id": upload.public_id,
            "consent_id": consent_id,
            "name": file.name,
            "kind": file.kind.value,
            "length": len(file.body),
            "digest": _digest_of(upload.data),
            "version": file.version,
            "body": None if is_outside else file.body,
            "recorded_at": at,
            "recorded_by": order.actor_id,
        }
        if insert_once_for_key(session, ConsentFile, row) is None:
            same = select(ConsentFile.id).where(ConsentFile.public_id == upload.public_id)
            if session.execute(same).first() is not None:
                raise _FilesSentTwice
            raise ConsentFilesRefused([RefusedFile(upload.name, ConsentFileFlaw.REPEATED)])
    detail: dict[str, object] = {"files": len(checked)}
    record(session, "attach", order.public_id, actor_id=order.actor_id, at=at, detail=detail)
