"""The PDF: every fact on one page in three languages, archivable, accessible, and the same bytes each time."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from receipts import render_pdf
from receipts.document import Language
from receipts.texts import languages
from tests.receipts.pictures import PICTURES, WITH_BOTH
from tests.receipts.samples import A_CONVERTED_GIFT, A_TEST_RECEIPT, a_receipt, accessibility_findings, text_of

A_VOID_RECEIPT: dict[str, Any] = {"status": "void", "voided_on": date(2026, 5, 1)}
A_REPLACED_RECEIPT: dict[str, Any] = {"status": "replaced", "replaced_by": "WCL-2026-000999"}


@cache
def plain_pdf(language: Language) -> bytes:
    return render_pdf(a_receipt(language))


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "Donation receipt No. WCL-2026-000123 Issued on March 9, 2026, Osh",
                "Demo Foundation 1 Demo Street Osh, Kyrgyzstan Registration: DEMO-1",
                "Amount received KGS 1,250.50 One thousand, two hundred and fifty soms and 50 tyiyns",
                "Received from Demo donor 12",
                "Purpose Grants Restricted by the donor: used for this purpose only.",
                "Received on March 8, 2026",
                "Method Card: Visa, ending in 4242",
                "Nothing: no goods or services were given in return.",
                "https://give.example.org/en/verify/WCL-2026-000123 Code: 7F3K-9QXA",
                "This is an acknowledgement of a contribution. This document makes no claim about tax.",
            ],
        ),
        (
            "ru",
            [
                "Получено 1 250,50 сом Одна тысяча двести пятьдесят сомов 50 тыйынов",
                "Донор Съешь ещё этих Ёлок",
                "Дата получения 8 марта 2026 г.",
            ],
        ),
        (
            "ky",
            [
                "Алынган сумма 1 250,50 сом Бир миң эки жүз элүү сом 50 тыйын",
                "Жардам берүүчү Өмүрбек Үсөнов Ңң",
                "Алынган күнү 2026-жылдын 8-марты",
            ],
        ),
    ],
)
def test_all_letters_can_be_taken_out_again(language: Language, sentences: list[str]) -> None:
    text = text_of(plain_pdf(language))
    for sentence in sentences:
        assert sentence in text


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (A_VOID_RECEIPT, "VOID Since May 1, 2026 this receipt no longer acknowledges a contribution."),
        (A_REPLACED_RECEIPT, "REPLACED This receipt is no longer valid. Receipt No. WCL-2026-000999 stands"),
        ({"status": "copy"}, "COPY Made again from the stored facts. The original was issued on March 9, 2026."),
        (A_TEST_RECEIPT, "TEST No money was moved. This is not a receipt."),
        ({"replaces": "WCL-2026-000100"}, "Cancels and replaces receipt No. WCL-2026-000100."),
        ({"donor_name": None}, "Received from Anonymous donor"),
        ({"restricted": False}, "Not restricted by the donor."),
        (A_CONVERTED_GIFT, "Converted to KGS 8,745.00 at USD 1 = KGS 87.45"),
        (
            {"method": "bank", "method_reference": "REF 7"},
            "Method Bank transfer: Visa, ending in 4242, reference REF 7",
        ),
        ({"given_in_return": "A scarf worth KGS 300.00"}, "Given in return A scarf worth KGS 300.00"),
        ({"note": "Part refund of KGS 10.00"}, "Note Part refund of KGS 10.00"),
        ({"signatory": "Demo signatory"}, "Demo signatory Signed for the issuer"),
        ({"donor_name": "<b>Zoe\u0308 & co</b>"}, "Received from <b>Zoë & co</b>"),
    ],
)
def test_unusual_facts_are_stated_in_words(facts: dict[str, Any], sentence: str) -> None:
    assert sentence in text_of(render_pdf(a_receipt(**facts)))


@pytest.mark.parametrize("facts", [A_VOID_RECEIPT, A_REPLACED_RECEIPT, A_TEST_RECEIPT])
def test_a_void_replaced_or_test_receipt_acknowledges_nothing(facts: dict[str, Any]) -> None:
    assert "This is an acknowledgement" not in text_of(render_pdf(a_receipt(**facts)))


@pytest.mark.parametrize("language", languages())
def test_the_file_says_what_it_is(language: Language) -> None:
    with pikepdf.open(BytesIO(plain_pdf(language))) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == language
        assert "WCL-2026-000123" in str(pdf.docinfo.Title)
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert b"pdfaExtension:schemas" in pdf.Root.Metadata.read_bytes()
        assert b"kurak" not in pdf.Root.Metadata.read_bytes().lower()
        assert not any("kurak" in str(value).lower() for value in dict(pdf.docinfo).values())
        assert pdf.docinfo.CreationDate == "D:20260309"
    assert "kurak" not in text_of(plain_pdf(language)).lower()


@pytest.mark.parametrize("language", languages())
def test_its_facts_are_embedded_once_as_json(language: Language) -> None:
    with pikepdf.open(BytesIO(plain_pdf(language))) as pdf:
        assert list(pdf.attachments) == ["receipt.json"]
        embedded = pdf.attachments["receipt.json"].get_file()
        assert embedded.read_bytes().decode() == a_receipt(language).to_json()
        assert embedded.mime_type == "application/json"
        assert [str(file.AFRelationship) for file in pdf.Root.AF] == ["/Data"]


def test_only_the_receipts_own_fonts_are_embedded() -> None:
    with pikepdf.open(BytesIO(plain_pdf("ky"))) as pdf:
        names = {str(font.BaseFont) for font in pdf.objects if _is_font(font)}
    assert names
    assert all("PT-Sans" in name or "PTSans" in name for name in names), names


def _is_font(item: pikepdf.Object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"


@pytest.mark.parametrize("language", languages())
def test_an_independent_checker_finds_it_accessible(language: Language, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("outloud")
    if not program.exists():
        pytest.skip("outloud is missing: install requirements/contract.txt")
    full = A_CONVERTED_GIFT | A_VOID_RECEIPT | {"signatory": "Demo", "note": "Demo", "replaces": "WCL-2026-000100"}
    pdf = render_pdf(a_receipt(language, **full | WITH_BOTH), PICTURES)
    assert accessibility_findings(pdf, tmp_path, program) == []


def test_the_same_facts_give_the_same_bytes_in_another_process_and_folder(tmp_path: Path) -> None:
    assert render_pdf(a_receipt("ky")) == plain_pdf("ky")
    code = (
        "import sys; from receipts import ReceiptDocument, render_pdf; "
        "sys.stdout.buffer.write(render_pdf(ReceiptDocument.from_json(sys.stdin.read())))"
    )
    elsewhere = os.environ | {"PYTHONPATH": str(Path.cwd()), "TZ": "Asia/Bishkek", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=a_receipt("ky").to_json().encode(),
        cwd=tmp_path,
        env=elsewhere,
        capture_output=True,
        check=True,
    )
    assert done.stdout == plain_pdf("ky")


def test_threads_do_not_disturb_each_other() -> None:
    all_of_them = languages() * 3
    with ThreadPoolExecutor(max_workers=3) as pool:
        pdfs = list(pool.map(lambda language: render_pdf(a_receipt(language)), all_of_them))
    assert pdfs == [plain_pdf(language) for language in all_of_them]


def test_a_long_receipt_is_set_more_tightly() -> None:
    long = {
        "donor_name": "Demo donor with a very long name " * 6,
        "purpose": "A purpose with very many words in it " * 5,
        "issuer_name": "A demo foundation with a long legal name " * 3,
        "note": "A note about something that was refunded in part " * 6,
        "given_in_return": "A scarf " * 20,
        "signatory": "Demo signatory",
    }
    everything = A_CONVERTED_GIFT | A_VOID_RECEIPT | A_TEST_RECEIPT | long
    text = text_of(render_pdf(a_receipt("ky", **everything)))
    assert all(" ".join(words.split()) in text for words in long.values())


def test_a_receipt_too_long_for_one_page_gets_a_second() -> None:
    with pikepdf.open(BytesIO(render_pdf(a_receipt(note="very much to say " * 400)))) as pdf:
        assert len(pdf.pages) == 2
