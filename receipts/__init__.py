"""Receipts: a document in, PDF bytes out. Knows no web framework, no database and no campaign.

Importing this package stays light: the renderer and the fonts are loaded by the first receipt made, so
the web process may read documents and never carries them.
"""

from receipts.document import EndedState, ReceiptDocument

__all__ = [
    "EndedState",
    "HeldReceipt",
    "HoldReason",
    "ReceiptDocument",
    "check_document",
    "mark_ended",
    "render_pdf",
    "substituted_characters",
]

from receipts.checks import HeldReceipt, HoldReason, check_document


def render_pdf(document: ReceiptDocument) -> bytes:
    """Make the PDF of a document: PDF/A-3a and PDF/UA-1, with the document's JSON embedded.

    The same document gives the same bytes. Raise HeldReceipt, with the reasons, for a document that
    must not leave. Takes tens of milliseconds of CPU: call it in a worker, not in a web request.
    """
    from receipts.rendering import print_receipt  # tens of megabytes that the web process spares

    reasons = check_document(document)
    if reasons:
        raise HeldReceipt(reasons)
    return print_receipt(document)


def substituted_characters(document: ReceiptDocument) -> list[str]:
    """Return the characters of a document that no font can print, and a substitute stands for, each once, in order."""
    from receipts.printable import substituted  # opens fonts

    return substituted(document)


def mark_ended(pdf: bytes, state: EndedState) -> bytes:
    """Return a copy of a receipt's PDF that says across the page that it is void or replaced, with a link to what stands.

    The same bytes and the same state give the same copy.
    """
    from receipts.marking import mark_pdf  # opens PDFs and fonts, which few downloads need

    return mark_pdf(pdf, state)
