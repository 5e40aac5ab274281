"""Receipts as files: an ended one is downloaded marked, and a held one blocks no period's archive."""

import csv
import io
import zipfile

import pytest
from sqlalchemy import select

from campaign.models.campaign import Campaign
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.receipts import files as receipts_files
from campaign.services.receipts.files import LIST_NAME, ReceiptNotReady
from campaign.services.receipts.listing import ReceiptFilter
from tests.receipts.samples import text_of
from tests.services.engine import Engine
from tests.services.gifts.test_refunds import send_back
from tests.support.builders import set_issuer_text

NUMBERS = [f"TEST-WCL-2026-{serial:06}" for serial in range(5)]


def give(engine: Engine) -> str:
    """A gift whose receipt is printed, or held; its public id."""
    public_id = engine.give()
    engine.work()
    return public_id


def archive_of(engine: Engine) -> tuple[dict[str, bytes], list[list[str]]]:
    """The files of the campaign's archive, and the lines of its list."""
    campaign_id = engine.session.execute(select(Campaign.id)).scalar_one()
    with zipfile.ZipFile(io.BytesIO(receipts_files.receipts_zip(ReceiptFilter(campaign_id=campaign_id)))) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    return files, list(csv.reader(io.StringIO(files.pop(LIST_NAME).decode("utf-8-sig"))))[1:]


def stored(engine: Engine, number: str) -> bytes:
    query = select(ReceiptFile.pdf).join(Receipt, Receipt.id == ReceiptFile.receipt_id).where(Receipt.number == number)
    return engine.session.execute(query).scalar_one()


def test_a_valid_receipt_is_downloaded_as_it_is_stored(engine: Engine) -> None:
    give(engine)
    assert receipts_files.receipt_pdf(NUMBERS[1]) == stored(engine, NUMBERS[1])


def test_a_void_receipt_is_downloaded_as_void_and_its_bytes_stay(engine: Engine) -> None:
    public_id = give(engine)
    before = receipts_files.receipt_pdf(NUMBERS[1])
    send_back(engine, public_id, 25_00)
    engine.work()
    copy = receipts_files.receipt_pdf(NUMBERS[1])
    assert "VOID Since" in text_of(copy)
    assert copy == receipts_files.receipt_pdf(NUMBERS[1])
    assert stored(engine, NUMBERS[1]) == before


def test_a_replaced_receipt_names_and_links_its_successor(engine: Engine) -> None:
    send_back(engine, give(engine), 5_00)
    engine.work()
    text = text_of(receipts_files.receipt_pdf(NUMBERS[1]))
    assert f"REPLACED BY No. {NUMBERS[2]}" in text
    assert f"/en/verify/{NUMBERS[2]}?code=" in text
    assert receipts_files.receipt_pdf(NUMBERS[2]) == stored(engine, NUMBERS[2])


def test_an_archive_holds_the_others_and_says_what_is_missing(engine: Engine) -> None:
    give(engine)
    set_issuer_text("registration", "")
    give(engine)
    set_issuer_text("registration", "No. 1")
    files, lines = archive_of(engine)
    assert files == {f"{NUMBERS[1]}.pdf": stored(engine, NUMBERS[1])}
    assert lines == [
        [NUMBERS[2], "valid", "", "", "It is held. The organisation’s registration is missing."],
        [NUMBERS[1], "valid", "", f"{NUMBERS[1]}.pdf", ""],
    ]
    with pytest.raises(ReceiptNotReady):
        receipts_files.receipt_pdf(NUMBERS[2])


def test_an_archive_marks_what_has_ended_and_is_the_same_twice(engine: Engine) -> None:
    send_back(engine, give(engine), 5_00)
    engine.work()
    files, lines = archive_of(engine)
    assert "REPLACED BY" in text_of(files[f"{NUMBERS[1]}.pdf"])
    assert lines[1][1:4] == ["replaced", NUMBERS[2], f"{NUMBERS[1]}.pdf"]
    assert archive_of(engine) == (files, lines)
