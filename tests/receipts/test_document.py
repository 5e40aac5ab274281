"""A receipt document has one text form, gives itself back from it, and loads without the renderer."""

import subprocess
import sys
from datetime import date

import pytest

from receipts import ReceiptDocument
from receipts.document import NotAReceiptDocument
from tests.receipts.samples import a_receipt


def test_a_document_comes_back_from_its_json() -> None:
    document = a_receipt("ky", status="void", voided_on=date(2026, 5, 1))
    assert ReceiptDocument.from_json(document.to_json()) == document


def test_the_json_is_canonical() -> None:
    text = a_receipt("ky").to_json()
    keys = [part.split('"')[0] for part in text.split(',"')]
    assert text.startswith('{"amount_minor":125050,"campaign_title":')
    assert keys[1:] == sorted(keys[1:])
    assert '"issued_on":"2026-03-09"' in text
    assert "Өмүрбек Үсөнов Ңң" in text


def test_one_changed_fact_changes_the_fingerprint() -> None:
    assert a_receipt().sha256() == a_receipt().sha256()
    assert a_receipt().sha256() != a_receipt(amount_minor=1_250_51).sha256()
    assert len(a_receipt().sha256()) == 64


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "{}",
        a_receipt().to_json().replace('"number":', '"nummer":'),
        a_receipt().to_json().replace('"2026-03-09"', '"9 March"'),
    ],
)
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(NotAReceiptDocument):
        ReceiptDocument.from_json(text)


def test_reading_documents_loads_neither_renderer_nor_fonts_nor_speller() -> None:
    heavy = {"weasyprint", "fontTools", "num2words", "jinja2", "segno"}
    code = f"import sys, receipts.document; print({heavy!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
