"""Commands for developers: make a sample receipt, or redraw the patchwork files."""

import argparse
from dataclasses import replace
from datetime import date
from pathlib import Path

from receipts import ReceiptDocument, render_pdf
from receipts.document import Language
from receipts.kurak import band_svg, hem_svg
from receipts.texts import languages

_ASSETS = Path(__file__).parent / "assets"

_SAMPLE = ReceiptDocument(
    number="TEST-WCL-2026-000001",
    status="original",
    replaces=None,
    replaced_by=None,
    voided_on=None,
    issued_on=date(2026, 3, 8),
    issued_at_place="Osh",
    issuer_name="Women Creative Lab (sample)",
    issuer_address="Osh, Kyrgyzstan",
    issuer_registration="sample",
    signatory="",
    donor_name="Demo donor 12",
    received_on=date(2026, 3, 8),
    amount_minor=1_250_50,
    currency="KGS",
    exponent=2,
    settled_minor=None,
    settled_currency=None,
    settled_exponent=None,
    rate=None,
    method="card",
    method_brand="Visa",
    method_last4="4242",
    method_reference=None,
    purpose="Grants for women entrepreneurs",
    restricted=True,
    given_in_return=None,
    language="en",
    verify_url="https://example.org/en/verify/TEST-WCL-2026-000001",
    verify_code="7F3K-9QXA",
    campaign_title="Women Creative Lab",
    is_test=True,
    template_version="1",
    note=None,
)
_SAMPLE_TEXTS: dict[Language, dict[str, str]] = {
    "en": {},
    "ru": {
        "issued_at_place": "Ош",
        "issuer_name": "Women Creative Lab (образец)",
        "issuer_address": "Ош, Кыргызстан",
        "issuer_registration": "образец",
        "purpose": "Гранты для предпринимательниц",
        "donor_name": "Демонстрационный донор 12",
    },
    "ky": {
        "issued_at_place": "Ош",
        "issuer_name": "Women Creative Lab (үлгү)",
        "issuer_address": "Ош, Кыргызстан",
        "issuer_registration": "үлгү",
        "purpose": "Ишкер аялдарга гранттар",
        "donor_name": "Үлгү жардам берүүчү 12",
    },
}


def sample(language: Language) -> ReceiptDocument:
    """Return a synthetic receipt of test money in a language."""
    return replace(_SAMPLE, language=language, **_SAMPLE_TEXTS.get(language, {}))  # type: ignore[arg-type]


def main() -> None:
    """Run `python -m receipts sample --language ky --out FILE` or `python -m receipts draw`."""
    parser = argparse.ArgumentParser(prog="python -m receipts")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("sample", help="make the PDF of a sample receipt")
    make.add_argument("--language", choices=languages(), default="en")
    make.add_argument("--out", type=Path, required=True)
    commands.add_parser("draw", help="draw the patchwork of the page anew")
    arguments = parser.parse_args()
    if arguments.command == "draw":
        (_ASSETS / "band.svg").write_text(band_svg(), encoding="utf-8")
        (_ASSETS / "hem.svg").write_text(hem_svg(), encoding="utf-8")
    else:
        arguments.out.write_bytes(render_pdf(sample(arguments.language)))


if __name__ == "__main__":
    main()
