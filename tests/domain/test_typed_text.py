"""What people type into names and messages: what shows nothing is nothing, and marks do not pile up."""

import time
import unicodedata

import pytest

from campaign.domain.folding import fold
from campaign.domain.typed_text import one_line, paragraphs

NOTHING = ["\u3164", "\u2800", "\u115f\u1160", "\uffa0", "\u200b\u200d\ufeff", "\u0301\u0302", "\ufe0f", "\u00a0\u2003"]


@pytest.mark.parametrize("text", NOTHING)
def test_invisible_text_is_no_name_and_no_message(text: str) -> None:
    assert one_line(text) == one_line(f" {text} {text}") == paragraphs(f"{text}\n{text}") == ""


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Z" + "\u0301\u0302\u0303\u0304" * 9, "Ź\u0302\u0303"),
        ("Z\u0301\u200d\u0302\u200d\u0303\u200d\u0304", "Ź\u200d\u0302\u200d\u0303"),
        ("\u0e01" + "\u0e47" * 30, "\u0e01\u0e47\u0e47"),
        ("\u0301Aida", "Aida"),
        ("Ai\u3164da", "Ai da"),
        ("\u200dAida\u200d", "Aida"),
        ("Aida\u202e\u2066", "Aida"),
    ],
)
def test_excess_marks_and_invisible_characters_are_removed(typed: str, name: str) -> None:
    assert one_line(typed) == name


@pytest.mark.parametrize(
    "name",
    [
        *("Айгүл Өмүрбекова", "Nguyễn Thị Ệ", "שָׁלוֹם בּ֫ן", "مُحَمَّد", "می‌خواهم", "नमस्ते क़ि", "ক্ষ্ম", "กำลัง ผู้ที่", "ຜູ້ທີ່"),
        *("བསྒྲུབས", "မြွှို့", "ខ្ញុំស្រឡាញ់", "김철수", "葛\U000e0100飾", "👩‍👩‍👧 ❤️ 1️⃣ 🏳️‍🌈", "O’Neill-Łukasz"),
    ],
)
def test_names_of_every_writing_system_stay_as_they_are(name: str) -> None:
    assert one_line(unicodedata.normalize("NFD", name)) == unicodedata.normalize("NFC", name)


def test_a_message_keeps_its_lines() -> None:
    assert paragraphs("Ийгилик!\r\n\r\n\r\n\r\n Бир  дей\u3164\rСалам ") == "Ийгилик!\n\nБир дей\nСалам"


@pytest.mark.parametrize("marks", ["\u0315\u0300", "\u0f73", "\u0f81\u0f75", "\u0344\u0315"])
def test_marks_without_number_take_no_time(marks: str) -> None:
    """Putting them in order, as normalizing does, took seconds of the whole process for what fits into one request."""
    begun = time.process_time()
    for read in (one_line, paragraphs, fold):
        assert read(f"Aida{marks * 20_000}").startswith(("Aid", "aid"))
    assert time.process_time() - begun < 1
