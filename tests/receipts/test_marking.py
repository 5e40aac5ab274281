"""A receipt that was voided or replaced is downloaded as a copy that says so across the page and links to what stands."""

import sys
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from receipts import EndedState, mark_ended, render_pdf
from receipts.document import Language
from receipts.texts import languages
from tests.receipts.samples import a_receipt, accessibility_findings, text_of

SUCCESSOR = "WCL-2026-000999"
ADDRESS = f"https://give.example.org/en/verify/{SUCCESSOR}?code=abcdefgh23"
STAMPS = {
    ("void", "en"): "VOID Since May 1, 2026 this receipt no longer acknowledges a contribution.",
    ("void", "ru"): "АННУЛИРОВАНА",
    ("void", "ky"): "ЖАРАКСЫЗ",
    ("replaced", "en"): f"REPLACED BY No. {SUCCESSOR} This receipt is no longer valid.",
    ("replaced", "ru"): f"ЗАМЕНЕНА КВИТАНЦИЕЙ № {SUCCESSOR}",
    ("replaced", "ky"): f"№ {SUCCESSOR} МЕНЕН АЛМАШТЫРЫЛДЫ",
}


@cache
def original(language: Language) -> bytes:
    return render_pdf(a_receipt(language))


def ended(status: str, language: Language = "en") -> EndedState:
    is_void = status == "void"
    return EndedState(
        status="void" if is_void else "replaced",
        language=language,
        ended_on=date(2026, 5, 1),
        replaced_by=None if is_void else SUCCESSOR,
        address=ADDRESS,
    )


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("status", ["void", "replaced"])
def test_the_copy_states_that_the_receipt_is_void_or_replaced(status: str, language: Language) -> None:
    copy = mark_ended(original(language), ended(status, language))
    text = text_of(copy)
    assert STAMPS[status, language] in text
    assert ADDRESS in text
    assert text_of(original(language))[:40] in text


def test_it_links_to_the_page_that_verifies_the_receipt() -> None:
    with pikepdf.open(BytesIO(mark_ended(original("en"), ended("replaced")))) as pdf:
        assert ADDRESS in [str(link.A.URI) for link in pdf.pages[0].Annots]


def test_the_same_bytes_and_state_give_the_same_copy_and_the_original_stays() -> None:
    pdf = original("ky")
    assert mark_ended(pdf, ended("void", "ky")) == mark_ended(pdf, ended("void", "ky"))
    assert mark_ended(pdf, ended("void", "ky")) != mark_ended(pdf, ended("replaced", "ky"))
    with pikepdf.open(BytesIO(mark_ended(pdf, ended("void", "ky")))) as copy:
        assert copy.attachments["receipt.json"].get_file().read_bytes().decode() == a_receipt("ky").to_json()


def test_a_copy_of_two_pages_is_marked_on_both() -> None:
    copy = mark_ended(render_pdf(a_receipt(note="very much to say " * 400)), ended("void"))
    assert "".join(text_of(copy).split()).count("VOID") == 3  # across each page, and in the banner of the first


def test_an_independent_checker_finds_the_copy_accessible(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("outloud")
    if not program.exists():
        pytest.skip("outloud is missing: install requirements/contract.txt")
    assert accessibility_findings(mark_ended(original("ru"), ended("replaced", "ru")), tmp_path, program) == []
