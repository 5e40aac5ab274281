"""Checks a file before it is attached to a consent: its type by content, a picture and a PDF made anew."""

from collections.abc import Mapping
from dataclasses import dataclass

from campaign.domain.consent_file import MAX_BYTES, ConsentFileFlaw, FileType, ending_of, is_lying, stored_name
from campaign.domain.file_content import type_of
from campaign.domain.identity import new_public_id
from campaign.domain.pdf_file import PdfFlaw, PdfRefused
from campaign.domain.picture import PictureFlaw, PictureRefused
from campaign.gateways.pdf_cleaner import clean_pdf
from campaign.gateways.picture_encoder import encode_scan

PDF_FLAWS: Mapping[PdfFlaw, ConsentFileFlaw] = {
    PdfFlaw.LOCKED: ConsentFileFlaw.LOCKED,
    PdfFlaw.TOO_LARGE: ConsentFileFlaw.TOO_LARGE,
}
PICTURE_FLAWS: Mapping[PictureFlaw, ConsentFileFlaw] = {
    PictureFlaw.LYING_NAME: ConsentFileFlaw.LYING_NAME,
    PictureFlaw.TOO_SMALL: ConsentFileFlaw.TOO_SMALL,
    PictureFlaw.TOO_NARROW: ConsentFileFlaw.TOO_SMALL,
    PictureFlaw.TOO_LARGE: ConsentFileFlaw.TOO_LARGE,
    PictureFlaw.TOO_SLOW: ConsentFileFlaw.TOO_LARGE,
    PictureFlaw.OTHER_TYPE: ConsentFileFlaw.OTHER_TYPE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentUpload:
    """A file that staff attach. `public_id` comes with the form, so that a form sent twice attaches it once."""

    public_id: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedConsentFile:
    """A file as it is stored."""

    name: str
    kind: FileType
    body: bytes
    version: str


def check_file(upload: ConsentUpload) -> CheckedConsentFile | ConsentFileFlaw:
    """Return a file as it is stored: a recording as it came, a picture and a PDF made anew; or why it is refused.

    Raises:
        PicturesBusy: Other files are being prepared.
    """
    kind = _type_of(upload)
    if isinstance(kind, ConsentFileFlaw):
        return kind
    try:
        body = _made_anew(upload, kind)
    except PdfRefused as error:
        return PDF_FLAWS.get(error.flaw, ConsentFileFlaw.DAMAGED)
    except PictureRefused as error:
        return PICTURE_FLAWS.get(error.flaw, ConsentFileFlaw.DAMAGED)
    return CheckedConsentFile(name=stored_name(upload.name, kind), kind=kind, body=body, version=new_public_id())


def _type_of(upload: ConsentUpload) -> FileType | ConsentFileFlaw:
    if not upload.data.strip(b"\0"):
        return ConsentFileFlaw.EMPTY
    if len(upload.data) > MAX_BYTES:
        return ConsentFileFlaw.TOO_BIG
    kind = type_of(upload.data)
    is_wrong = isinstance(kind, FileType) and is_lying(upload.name, kind)
    return ConsentFileFlaw.LYING_NAME if is_wrong else kind


def _made_anew(upload: ConsentUpload, kind: FileType) -> bytes:
    if kind is FileType.PDF:
        return clean_pdf(upload.data)
    return encode_scan(upload.data, ending=ending_of(upload.name)) if kind is FileType.PICTURE else upload.data
