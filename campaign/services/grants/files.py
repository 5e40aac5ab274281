"""The files of applications: checked by their content, stored in the database, deleted with their application, never public."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import NotFound
from campaign.domain.grant_application import (
    MAX_FILE_BYTES,
    MAX_FILES,
    ApplicationState,
    FileFlaw,
    FileRefused,
    WrongApplicationState,
)
from campaign.domain.grant_call import QuestionKind
from campaign.domain.identity import new_public_id
from campaign.domain.pdf_file import PdfFlaw, PdfRefused
from campaign.domain.picture import PictureFlaw, PictureRefused
from campaign.domain.typed_text import one_line
from campaign.gateways.clock import Clock
from campaign.gateways.pdf_cleaner import clean_pdf
from campaign.gateways.picture_encoder import encode_scan
from campaign.models.application import ApplicationFile, CallQuestion, GrantApplication
from campaign.services.grants.links import application_of

PDF, JPEG = "application/pdf", "image/jpeg"
PICTURE_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
ENDINGS = {"pdf": PDF, "jpg": JPEG, "jpeg": JPEG, "png": JPEG}
HEAD_BYTES, TAIL_BYTES = 1024, 2048
MAX_FILE_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUpload:
    """A file that an applicant sends as the answer to a question."""

    question: str  # its public id
    file_name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """A file that may be stored."""

    name: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """A file to be sent to somebody who may read it."""

    name: str
    media_type: str
    body: bytes


def check_file(upload: FileUpload) -> CheckedFile:
    """Return a file as it is stored: made anew, without scripts, attachments and what a camera wrote beside it.

    Raises:
        FileRefused: It is empty, too big, damaged or of another type than its name says.
        PicturesBusy: Others are being prepared.
    """
    if not upload.data:
        raise FileRefused(FileFlaw.EMPTY)
    if len(upload.data) > MAX_FILE_BYTES:
        raise FileRefused(FileFlaw.TOO_BIG)
    name = PurePosixPath(one_line(upload.file_name).replace("\\", "/"))
    media_type, stem = ENDINGS.get(name.suffix.removeprefix(".").lower()), name.stem[:MAX_FILE_NAME].strip() or "file"
    if media_type == PDF and _is_pdf(upload.data):
        return CheckedFile(name=f"{stem}.pdf", media_type=PDF, body=_pdf(upload.data))
    if media_type == JPEG and upload.data.startswith(PICTURE_HEADS):
        return CheckedFile(name=f"{stem}.jpg", media_type=JPEG, body=_picture(upload.data))
    raise FileRefused(FileFlaw.OTHER_TYPE)


def attach(token: str, upload: FileUpload, *, clock: Clock) -> None:
    """Attach a file to a draft, in the place of one that answered the same question.

    Raises:
        ApplicationLinkBroken: The link opens none.
        FileRefused, PicturesBusy: As in `check_file`.
        NotFound: The call has no such question.
        WrongApplicationState: The application is no draft any more.
    """
    with reading() as session:
        application_of(session, token)  # a stranger's file is not even decoded
    checked, at = check_file(upload), clock.now()
    with transaction() as session:
        row = _draft(session, token)
        question_id = _question_id(session, row, upload.question)
        _delete(session, row, ApplicationFile.question_id == question_id)
        _refuse_too_many(session, row)
        session.add(
            ApplicationFile(
                public_id=new_public_id(),
                application_id=row.id,
                question_id=question_id,
                name=checked.name,
                media_type=checked.media_type,
                length=len(checked.body),
                body=checked.body,
                recorded_at=at,
            )
        )
        row.changed_at = at


def remove(token: str, public_id: str) -> None:
    """Remove a file from a draft; one that is gone already is no error.

    Raises:
        ApplicationLinkBroken: The link opens none.
        WrongApplicationState: The application is no draft any more.
    """
    with transaction() as session:
        _delete(session, _draft(session, token), ApplicationFile.public_id == public_id)


def own_file(token: str, public_id: str) -> FileContent:
    """Return a file to its applicant.

    Raises:
        ApplicationLinkBroken: The link opens none.
        NotFound: The application has no such file.
    """
    with reading() as session:
        return read_content(session, application_of(session, token).id, public_id)


def read_content(session: Session, application_id: int, public_id: str) -> FileContent:
    """Return a file of an application, within the caller's transaction.

    Raises:
        NotFound: The application has no such file.
    """
    own = ApplicationFile.application_id == application_id, ApplicationFile.public_id == public_id
    row = session.execute(select(ApplicationFile).where(*own)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"file:{public_id}")
    return FileContent(name=row.name, media_type=row.media_type, body=row.body)


def _is_pdf(data: bytes) -> bool:
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-TAIL_BYTES:]


def _pdf(data: bytes) -> bytes:
    try:
        return clean_pdf(data)
    except PdfRefused as error:
        raise FileRefused(FileFlaw.LOCKED if error.flaw is PdfFlaw.LOCKED else FileFlaw.DAMAGED) from error


def _picture(data: bytes) -> bytes:
    try:
        return encode_scan(data, ending="")
    except PictureRefused as error:
        is_other = error.flaw in {PictureFlaw.NO_PICTURE, PictureFlaw.OTHER_TYPE, PictureFlaw.SVG}
        raise FileRefused(FileFlaw.OTHER_TYPE if is_other else FileFlaw.DAMAGED) from error


def _draft(session: Session, token: str) -> GrantApplication:
    row = application_of(session, token, is_locking=True)
    if row.state != ApplicationState.DRAFT:
        raise WrongApplicationState(row.state)
    return row


def _refuse_too_many(session: Session, row: GrantApplication) -> None:
    count = select(func.count(ApplicationFile.id)).where(ApplicationFile.application_id == row.id)
    if session.execute(count).scalar_one() >= MAX_FILES:
        raise FileRefused(FileFlaw.TOO_MANY)


def _question_id(session: Session, row: GrantApplication, public_id: str) -> int:
    query = select(CallQuestion.id).where(
        CallQuestion.fund_id == row.fund_id,
        CallQuestion.public_id == public_id,
        CallQuestion.kind == QuestionKind.FILE,
        CallQuestion.is_removed.is_(False),
    )
    question_id = session.execute(query).scalar_one_or_none()
    if question_id is None:
        raise NotFound(f"question:{public_id}")
    return question_id


def _delete(session: Session, row: GrantApplication, condition: ColumnElement[bool]) -> None:
    session.execute(delete(ApplicationFile).where(ApplicationFile.application_id == row.id, condition))
