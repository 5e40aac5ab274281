"""One receipt's CPU time beside a similar page by reportlab, and the memory of a process that prints a thousand.

`python -m tests.bench.printing COUNT` measures and prints JSON: it is a process of its own, so its memory is its own.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from itertools import cycle
from statistics import median
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from receipts import ReceiptDocument, render_pdf
from receipts.document import Language
from receipts.fonts import FONT_FOLDER
from tests.bench.processes import ROOT, resident_mb
from tests.bench.results import Row, at_most
from tests.receipts.samples import a_receipt

RECEIPTS, RECEIPTS_QUICK = 1000, 200
SETTLED_AFTER = 100
"""Fonts, styles and pools are filled by then: from there on memory is to stay as it is."""
CPU_MS, TIMES_REPORTLAB, GROWTH_MB = 90, 3, 10
LANGUAGES: tuple[Language, ...] = ("en", "ru", "ky")
QR_POINTS = 90


def printing(*, quick: bool) -> list[Row]:
    """Three rows: CPU, the ratio to reportlab, memory."""
    count = RECEIPTS_QUICK if quick else RECEIPTS
    command = [sys.executable, "-m", "tests.bench.printing", str(count)]
    result = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    ratio = result["ours_ms"] / result["reportlab_ms"]
    return [
        at_most("receipt, median CPU", result["ours_ms"], aim=CPU_MS, unit="ms"),
        Row(
            what="receipt vs a similar page by reportlab",
            ours=f"{result['ours_ms']:.3g} ms",
            limit=f"{result['reportlab_ms']:.3g} ms",
            ratio=ratio,
            aim=f"≤ {TIMES_REPORTLAB} × peer",
            is_met=ratio <= TIMES_REPORTLAB,
        ),
        at_most(
            f"memory gained from receipt {SETTLED_AFTER} to {count:,} (then {result['resident_mb']:.0f} MB)",
            result["gained_mb"],
            aim=GROWTH_MB,
            unit="MB",
        ),
    ]


def measure(receipts: int) -> dict[str, float]:
    """Print them in three languages, every tenth by reportlab too; CPU in milliseconds, memory in megabytes."""
    ours: list[float] = []
    peer: list[float] = []
    before_mb = 0.0
    for number, language in zip(range(receipts), cycle(LANGUAGES), strict=False):
        document = a_receipt(language, number=f"WCL-2026-{number:06}")
        ours.append(_cpu_ms(render_pdf, document))
        if number % 10 == 0:
            peer.append(_cpu_ms(_by_reportlab, document))
        if number == SETTLED_AFTER:
            before_mb = resident_mb(os.getpid())
    resident = resident_mb(os.getpid())
    return {
        "ours_ms": median(ours),
        "reportlab_ms": median(peer),
        "resident_mb": resident,
        "gained_mb": resident - before_mb,
    }


def _cpu_ms(print_it: Callable[[ReceiptDocument], bytes], document: ReceiptDocument) -> float:
    begin = time.process_time()
    if not print_it(document).startswith(b"%PDF"):
        raise RuntimeError("no PDF was made")
    return (time.process_time() - begin) * 1000


def _by_reportlab(document: ReceiptDocument) -> bytes:
    """The same facts on one page in the same typeface, a subset of it embedded, and the same QR code.

    As its manual does it, with a table of paragraphs. No tags, no archive format, no attachment.
    """
    pdfmetrics.registerFont(TTFont("PT Sans", FONT_FOLDER / "PT_Sans-Web-Regular.ttf"))
    pdfmetrics.registerFont(TTFont("PT Sans Bold", FONT_FOLDER / "PT_Sans-Web-Bold.ttf"))
    plain, bold = ParagraphStyle("plain", fontName="PT Sans"), ParagraphStyle("bold", fontName="PT Sans Bold")
    facts = [(name, str(value)) for name, value in json.loads(document.to_json()).items() if value not in (None, "")]
    table = Table([[Paragraph(escape(name), bold), Paragraph(escape(value), plain)] for name, value in facts])
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.5, black)]))
    code = Drawing(QR_POINTS, QR_POINTS)
    code.add(QrCodeWidget(document.verify_url, barWidth=QR_POINTS, barHeight=QR_POINTS, barLevel="M"))
    made = BytesIO()
    SimpleDocTemplate(made, pagesize=A4).build([Paragraph(escape(document.campaign_title), bold), table, code])
    return made.getvalue()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]))))
