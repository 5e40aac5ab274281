"""Receipts to test with, each a plainly synthetic document with sensible facts, and how to look into them."""

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from receipts import ReceiptDocument
from receipts.__main__ import sample
from receipts.document import Language

_ENGLISH = replace(
    sample("en"),
    number="WCL-2026-000123",
    issued_on=date(2026, 3, 9),
    issuer_name="Demo Foundation",
    issuer_address="1 Demo Street\nOsh, Kyrgyzstan",
    issuer_registration="DEMO-1",
    purpose="Grants",
    verify_url="https://give.example.org/en/verify/WCL-2026-000123",
    is_test=False,
)
_LOCAL: dict[Language, dict[str, Any]] = {
    "en": {},
    "ru": {"donor_name": "Съешь ещё этих Ёлок", "purpose": "Гранты", "issued_at_place": "Ош"},
    "ky": {"donor_name": "Өмүрбек Үсөнов Ңң", "purpose": "Гранттар", "issued_at_place": "Ош"},
}

A_TEST_RECEIPT: dict[str, Any] = {"is_test": True, "number": "TEST-WCL-2026-000001"}
A_CONVERTED_GIFT: dict[str, Any] = {
    "amount_minor": 100_00,
    "currency": "USD",
    "settled_minor": 8_745_00,
    "settled_currency": "KGS",
    "settled_exponent": 2,
    "rate": "87.45",
}


def a_receipt(language: Language = "en", **facts: Any) -> ReceiptDocument:
    """Give a receipt in a language with some of its facts changed."""
    return replace(_ENGLISH, language=language, **_LOCAL[language] | facts)


def text_of(pdf: bytes) -> str:
    """Give the words of a PDF as another program extracts them, on one line."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is missing: install poppler-utils")
    done = subprocess.run([program, "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def accessibility_findings(pdf: bytes, folder: Path, program: Path) -> list[str]:
    """Give what an independent checker finds against PDF/UA-1: errors and warnings."""
    receipt, report = folder / "receipt.pdf", folder / "report.json"
    receipt.write_bytes(pdf)
    subprocess.run([program, "--json", report, "-q", "--fail-on", "never", receipt], check=True, capture_output=True)
    return [str(finding) for finding in _findings(json.loads(report.read_text(encoding="utf-8")))]


def _findings(report: Any) -> list[Any]:
    (checked,) = report["results"]
    return [finding for finding in checked["findings"] if finding["severity"] in {"error", "warning"}]
