"""The logo and the signature: printed with a text for those who cannot see them, and only as they were at issue."""

from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO

import pikepdf
import pytest

from receipts import HoldReason, PrintedPicture, ReceiptDocument, ReceiptOnHold, check_document, render_pdf
from receipts.pictures import DENSE, LARGEST, printed, printed_size
from tests.receipts.pictures import LOGO, PICTURES, SIGNATURE, WITH_BOTH
from tests.receipts.samples import A_CONVERTED_GIFT, A_TEST_RECEIPT, a_receipt


@cache
def pdf_with_both() -> bytes:
    return render_pdf(a_receipt(**WITH_BOTH), PICTURES)


def test_both_have_a_text_and_fit_on_one_page() -> None:
    with pikepdf.open(BytesIO(pdf_with_both())) as pdf:
        assert len(pdf.pages) == 1
        texts = {str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item}
        pictures = [
            item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
    assert {"Logo of Demo Foundation", "Signature of Demo signatory"} <= texts
    assert not any(item.get("/Interpolate") or "/SMask" in item for item in pictures)


def test_with_a_mark_and_a_conversion_it_is_set_a_little_closer_not_small() -> None:
    pdf = render_pdf(a_receipt(**WITH_BOTH | A_CONVERTED_GIFT | A_TEST_RECEIPT), PICTURES)
    with pikepdf.open(BytesIO(pdf)) as opened:
        steps = pikepdf.parse_content_stream(opened.pages[0])
    assert len(opened.pages) == 1
    assert max(float(step.operands[1]) for step in steps if str(step.operator) == "Tf") == pytest.approx(
        32 * 4 / 3, abs=0.01
    )


def test_the_heading_and_the_amount_have_the_issuers_colour_until_the_receipt_ends() -> None:
    ended = render_pdf(a_receipt(**WITH_BOTH, status="void", voided_on=date(2026, 5, 1)), PICTURES)
    assert [_uses((0x00, 0x5F, 0x56), pdf) for pdf in (pdf_with_both(), ended)] == [True, False]
    assert check_document(a_receipt(**WITH_BOTH | {"accent": "red; background: url(x)"})) == [
        HoldReason.UNREADABLE_COLOUR
    ]


def _uses(colour: tuple[int, int, int], data: bytes) -> bool:
    with pikepdf.open(BytesIO(data)) as pdf:
        fills = [step.operands for step in pikepdf.parse_content_stream(pdf.pages[0]) if str(step.operator) == "rg"]
    return any([round(float(part) * 255) for part in fill] == list(colour) for fill in fills)


def test_the_same_pictures_give_the_same_bytes() -> None:
    printed.cache_clear()
    assert render_pdf(a_receipt(**WITH_BOTH), PICTURES) == pdf_with_both()


def test_a_document_names_its_pictures_and_one_without_any_is_the_same_text_as_before() -> None:
    document = a_receipt(**WITH_BOTH)
    assert ReceiptDocument.from_json(document.to_json()) == document
    assert all(digest in document.to_json() for digest in PICTURES)
    assert "sha256" not in a_receipt().to_json()


def test_a_picture_that_is_lost_or_changed_holds_the_receipt() -> None:
    logo, signature = PICTURES
    for pictures in ({}, {logo: LOGO}, {logo: LOGO, signature: replace(SIGNATURE, content=SIGNATURE.content + b"0")}):
        with pytest.raises(ReceiptOnHold) as hold:
            render_pdf(a_receipt(**WITH_BOTH), pictures)
        assert hold.value.reasons == [HoldReason.NO_PICTURE]


@pytest.mark.parametrize(
    ("picture", "box", "size"),
    [
        (PrintedPicture("image/svg+xml", b"", 400, 10), LARGEST, (60.0, 1.5)),
        (PrintedPicture("image/svg+xml", b"", 10, 400), LARGEST, (0.4, 16.0)),
        (PrintedPicture("image/png", b"", 1200, 480), LARGEST, (40.0, 16.0)),
        (PrintedPicture("image/png", b"", 1200, 480), DENSE, (22.5, 9.0)),
        (PrintedPicture("image/png", b"", 60, 30), LARGEST, (10.16, 5.08)),
    ],
)
def test_a_picture_is_fitted_and_a_small_one_not_blown_up(
    picture: PrintedPicture, box: tuple[float, float], size: tuple[float, float]
) -> None:
    assert printed_size(picture, box) == size
