"""A receipt leaves whatever letters a name has: foreign ones come from fallback fonts, unknown ones are substituted."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from receipts import check_document, render_pdf, rendering, substituted_characters
from receipts.printable import printable, typeface
from tests.receipts.samples import a_receipt, accessibility_findings, text_of

NAMES = [
    "Gʻulom Oʻtkirov", "Gulnora Toʻxtayeva", "ʿAlī", "Əli", "Nguyễn Thị Ánh", "გიორგი", "李小龍", "🌸🌸🌸",
    "김철수", "山田太郎", "Արմեն", "Ἀθηνᾶ", "דוד", "สมชาย", "Айгүл ★",
]  # fmt: skip
SHAPED = ["محمد عبد الله", "देवनागरी क्षत्रिय", "فاطمه (Fatima) 12"]


@cache
def pdf_for(name: str) -> bytes:
    return render_pdf(a_receipt(donor_name=name))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_printed_in_its_own_letters(name: str) -> None:
    document = a_receipt(donor_name=name)
    assert check_document(document) == []
    assert substituted_characters(document) == []
    text = text_of(pdf_for(name)).translate(dict.fromkeys((0x202A, 0x202B, 0x202C)))  # marks that pdftotext adds
    assert f"Received from {name}" in text


@pytest.mark.parametrize("name", SHAPED)
def test_a_name_in_joined_letters_is_printed_accessibly(name: str, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("outloud")
    if not program.exists():
        pytest.skip("outloud is missing: install requirements/contract.txt")
    assert substituted_characters(a_receipt(donor_name=name)) == []
    assert accessibility_findings(pdf_for(name), tmp_path, program) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Aida\tK.\u00a0\u2003B.", "Aida K.\u00a0 B."),
        ("A\u200bi\ufeffd\u2060a\u00ad", "Aida"),
        ("abc\u202etxt\x07", "abctxt"),
        ("Андреи\u0306", "Андрей"),
        ("❤\ufe0f", "❤"),
        ("𝓐𝓲𝓭𝓪 ﷺ", "Aida ﷺ"),
        ("\u16a0 Aida \U0010fffd", "\ufffd Aida \ufffd"),
        ("a" + "\u0335" * 50, "a" + "\u0335" * 4),
        ("1 Demo Street\nOsh", "1 Demo Street\nOsh"),
        ("नि\u200dलय a\u200db", "नि\u200dलय ab"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_what_shows_nothing_is_dropped_and_what_has_no_glyph_substituted(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("name", ["", "\u200b \u2060"])
def test_a_name_that_shows_nothing_is_printed_as_anonymous(name: str) -> None:
    assert check_document(a_receipt(donor_name=name)) == []
    assert "Received from Anonymous donor" in text_of(pdf_for(name))


def test_the_embedded_facts_keep_the_text_as_it_was_given() -> None:
    document = a_receipt(donor_name="Aida \u16a0\tK.")
    pdf = render_pdf(document)
    assert substituted_characters(document) == ["\u16a0"]
    assert "Received from Aida \ufffd K." in text_of(pdf)
    assert document.sha256() in text_of(pdf)
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.attachments["receipt.json"].get_file().read_bytes().decode() == document.to_json()


def test_a_text_is_set_in_one_typeface_and_in_its_own_direction() -> None:
    assert typeface("Aida Үсөнова ★") == ""
    assert typeface("Nguyễn Thị Ánh") == "other european"
    assert typeface("გიორგი") == "other"
    assert typeface("12 فاطمه (Fatima)") == "other leftward"


def test_a_receipt_of_common_letters_carries_no_fallback_font() -> None:
    pdf_for("გიორგი")  # the fallback fonts are loaded, and not used
    with pikepdf.open(BytesIO(pdf_for("Айгүл"))) as pdf:
        fonts = {str(font.BaseFont) for font in pdf.objects if _is_font(font)}
    assert fonts
    assert not [name for name in fonts if "Noto" in name]


def test_the_fallback_fonts_are_loaded_when_a_text_needs_them() -> None:
    def loaded_for(name: str) -> set[str]:
        render_pdf(a_receipt(donor_name=name))
        return set(vars(rendering._local))  # what this thread has loaded

    with ThreadPoolExecutor(1) as fresh:
        assert fresh.submit(loaded_for, "Айгүл").result() == {"common"}
        assert fresh.submit(loaded_for, "გიორგი").result() == {"common", "fallback"}


def test_the_fallback_gives_the_same_bytes_on_another_day_and_in_another_process() -> None:
    code = (
        "import sys, time; time.time = lambda: 2e9; from receipts import ReceiptDocument, render_pdf; "
        "sys.stdout.buffer.write(render_pdf(ReceiptDocument.from_json(sys.stdin.read())))"
    )
    name = "Nguyễn გიორგი 🌸"
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=a_receipt(donor_name=name).to_json().encode(),
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    assert done.stdout == pdf_for(name)


def _is_font(item: pikepdf.Object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
