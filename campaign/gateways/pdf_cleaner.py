"""Writes a PDF anew in a process of its own: its pages alone, without scripts, attachments, forms, links and metadata."""

from pathlib import Path

from campaign.domain.pdf_file import PdfFlaw, PdfRefused
from campaign.gateways.file_process import FileBroken, FileTooSlow, run_program

PROGRAM = Path(__file__).with_name("pdf_process.py")
FLAW = b"flaw "
CPU_SECONDS = 20
"""Anybody who applies for a grant may send a PDF, and others wait meanwhile; 300 scanned pages take a tenth of it."""


def clean_pdf(data: bytes) -> bytes:
    """Return a PDF with what can be seen on its pages, and nothing else.

    Raises:
        PdfRefused: It is damaged, needs a password, has too many pages or notes, or takes too long.
        PicturesBusy: Other files are being prepared.
    """
    try:
        answer = run_program(PROGRAM, data, seconds=CPU_SECONDS)
    except FileTooSlow:
        raise PdfRefused(PdfFlaw.TOO_LARGE) from None
    except FileBroken:
        raise PdfRefused(PdfFlaw.DAMAGED) from None
    if answer.startswith(FLAW):
        raise PdfRefused(PdfFlaw(answer.removeprefix(FLAW).decode().strip()))
    return answer
