"""Receipts: renders a document as PDF bytes. Depends on no web framework, no database and no campaign.

Importing this package stays light: the renderer and the fonts are loaded with the first receipt, so the web process can
read documents without them.
"""

from collections.abc import Mapping

from receipts.document import EndedState, ReceiptDocument

__all__ = [
    "EndedState",
    "HoldReason",
    "PrintedPicture",
    "ReceiptDocument",
    "ReceiptOnHold",
    "check_document",
    "mark_ended",
    "render_pdf",
    "substituted_characters",
]

from receipts.checks import HoldReason, ReceiptOnHold, check_document
from receipts.pictures import PrintedPicture, has_its_pictures

NO_PICTURES: Mapping[str, PrintedPicture] = {}


def render_pdf(document: ReceiptDocument, pictures: Mapping[str, PrintedPicture] = NO_PICTURES) -> bytes:
    """Render a document as PDF/A-3a and PDF/UA-1, with the document's JSON embedded.

    The same document gives the same bytes. It takes tens of milliseconds of CPU: call it in a worker, not in a web
    request.

    Args:
        document: The facts.
        pictures: The pictures that the document names, by their SHA-256.

    Raises:
        ReceiptOnHold: the document must not be issued; it has the reasons.
    """
    from receipts.rendering import print_receipt  # tens of megabytes that the web process saves

    reasons = check_document(document)
    if not has_its_pictures(document, pictures):
        reasons = [*reasons, HoldReason.NO_PICTURE]
    if reasons:
        raise ReceiptOnHold(reasons)
    return print_receipt(document, pictures)


def substituted_characters(document: ReceiptDocument) -> list[str]:
    """Return the characters of a document that no font has and a substitute replaces, each once, in order."""
    from receipts.printable import substituted  # opens fonts

    return substituted(document)


def mark_ended(pdf: bytes, state: EndedState) -> bytes:
    """Return a copy of a receipt's PDF marked as void or replaced on each page, with a link to the current state.

    The same bytes and the same state give the same copy.
    """
    from receipts.marking import mark_pdf  # opens PDFs and fonts, which few downloads need

    return mark_pdf(pdf, state)
