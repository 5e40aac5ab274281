"""The logo and the signature on receipts: copied when a receipt is issued, so that it is printed again as it was."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import insert_once, reading
from campaign.models.organisation import OrganisationLogo
from campaign.models.receipt import ReceiptPicture
from receipts import PrintedPicture, ReceiptDocument
from receipts.pictures import digests_of

_COLUMNS = ("sha256", "media_type", "content", "width", "height")


def copy_pictures(session: Session, digests: set[str]) -> set[str]:
    """Copy the organisation's pictures of these digests for good; return those that receipts can print."""
    if not digests:
        return set()
    known = _known(session, digests)
    missing = digests - known
    if not missing:
        return known
    for row in session.execute(_ORIGINALS.where(OrganisationLogo.sha256.in_(missing))).mappings():
        insert_once(session, ReceiptPicture, dict(row))
    return _known(session, digests)


def pictures_of(document: ReceiptDocument) -> Mapping[str, PrintedPicture]:
    """Return the pictures that a document names, by digest; one that is lost is left out."""
    digests = digests_of(document)
    if not digests:
        return {}
    query = select(*(getattr(ReceiptPicture, name) for name in _COLUMNS)).where(ReceiptPicture.sha256.in_(digests))
    with reading() as session:
        return {row.sha256: PrintedPicture(*row[1:]) for row in session.execute(query)}


def _known(session: Session, digests: set[str]) -> set[str]:
    return set(session.execute(select(ReceiptPicture.sha256).where(ReceiptPicture.sha256.in_(digests))).scalars())


_ORIGINALS = select(*(getattr(OrganisationLogo, name) for name in _COLUMNS))
