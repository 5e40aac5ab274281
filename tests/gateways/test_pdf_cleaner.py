"""A PDF of somebody else is written anew: its pages stay, and nothing else."""

import io

import pikepdf
import pytest

from campaign.domain.pdf_file import PdfFlaw, PdfRefused
from campaign.gateways.pdf_cleaner import clean_pdf
from campaign.gateways.pdf_process import MAX_NOTES, UnusablePdf, clean, without_notes
from tests.gateways.test_bad_pictures import SECRET as PLACE
from tests.gateways.test_bad_pictures import exif
from tests.support.pictures import file_of
from tests.support.recordings import SECRET, paper

HIDDEN = (b"SECRET", b"JavaScript", b"EmbeddedFile", b"/Annots", b"/Metadata", b"/OpenAction", b"/AA", b"/Author")


def plain(pdf: bytes) -> bytes:
    """The PDF with nothing compressed, as anybody could search it."""
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(
            packed,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            compress_streams=False,
        )
    return packed.getvalue()


def test_scripts_attachments_links_and_metadata_go_and_the_page_stays() -> None:
    cleaned = plain(clean_pdf(paper()))
    assert {word for word in HIDDEN if word in cleaned} == set()
    assert SECRET.encode() in plain(paper())
    assert b"0 0 99 99 re f" in cleaned


def test_what_is_typed_into_a_form_stays_in_view_and_its_pictures_lose_the_place_of_the_shot() -> None:
    pdf, packed = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    look = pdf.make_stream(
        b"0.5 g 0 0 9 9 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9]
    )
    field = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Widget,
        FT=pikepdf.Name.Tx,
        T=pikepdf.String("name"),
        Rect=[0, 0, 9, 9],
        AP=pikepdf.Dictionary(N=look),
    )
    shot = pdf.make_stream(file_of("JPEG", exif=exif()), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
    shot.Width, shot.Height, shot.BitsPerComponent = 400, 360, 8
    shot.ColorSpace, shot.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
    page = pdf.pages[0].obj
    page.Resources = pikepdf.Dictionary(XObject=pdf.make_indirect(pikepdf.Dictionary(A=shot)))
    page.Contents = pdf.make_stream(b"/A Do")
    page.Annots = pikepdf.Array([pdf.make_indirect(field)])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=page.Annots)
    pdf.save(packed)
    cleaned = clean(packed.getvalue())
    assert PLACE.encode() in packed.getvalue()
    assert PLACE.encode() not in plain(cleaned)
    assert b"0.5 g 0 0 9 9 re f" in plain(cleaned)
    with pikepdf.open(io.BytesIO(cleaned)) as opened:
        drawn = opened.pages[0].get_images()["/A"]
        assert isinstance(drawn, pikepdf.Stream)
        image = pikepdf.PdfImage(drawn).as_pil_image()
    assert image.size == (400, 360)
    assert without_notes(b"no picture") == b"no picture"


@pytest.mark.parametrize(
    ("flaw", "data"),
    [("damaged", b"%PDF-1.7\n%%EOF"), ("damaged", paper()[:200]), ("locked", paper(password="open"))],
)
def test_a_pdf_that_cannot_be_opened_is_refused(flaw: str, data: bytes) -> None:
    with pytest.raises(UnusablePdf, match=flaw):
        clean(data)


def test_very_many_notes_are_refused_before_they_are_drawn_and_no_bytes_come_from_elsewhere() -> None:
    pdf, packed = pikepdf.new(), io.BytesIO()
    page = pdf.add_blank_page().obj
    elsewhere = pdf.make_stream(b"", F=pikepdf.String("http://stranger.example/watch"))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=elsewhere))
    pdf.save(packed)
    assert b"stranger.example" in plain(packed.getvalue())
    assert b"stranger.example" not in plain(clean(packed.getvalue()))
    note = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Square, Rect=[0, 0, 9, 9])
    )
    page.Annots = pikepdf.Array([note] * (MAX_NOTES + 1))
    pdf.save(packed := io.BytesIO())
    with pytest.raises(UnusablePdf, match="too_large"):
        clean(packed.getvalue())


def test_the_reason_comes_from_the_process_of_its_own() -> None:
    with pytest.raises(PdfRefused) as refused:
        clean_pdf(paper(password="open"))
    assert refused.value.flaw is PdfFlaw.LOCKED
