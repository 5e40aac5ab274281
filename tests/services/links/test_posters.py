"""Links, their QR codes and posters."""

import pymupdf
import pytest

from campaign.domain.gift_source import GiftSource
from campaign.domain.money import Money
from campaign.services.links.campaign_link import CampaignLink
from campaign.services.links.poster import PaperSize, Poster, UnknownPosterFile, _fetch, render_poster
from campaign.services.links.qr_code import qr_inline, qr_png, qr_svg

MM = 72 / 25.4
TAGS = GiftSource(utm_source="cafe", utm_medium="print", utm_campaign="march 8")


def a_link(**facts: object) -> CampaignLink:
    chosen = {"public_url": "https://kurak.example", "language": "ky", "slug": None, "source": TAGS, "to_form": True}
    return CampaignLink(**{**chosen, **facts})  # type: ignore[arg-type]  # fields of several types


def test_a_link_to_the_form_has_its_tags_and_what_is_filled_in() -> None:
    link = a_link(fund_code="GEN", amount=Money(2_500_00, "KGS"), is_monthly=True)
    assert link.address == (
        "https://kurak.example/ky/donate?fund=GEN&amount=2500&currency=KGS&frequency=monthly"
        "&utm_source=cafe&utm_medium=print&utm_campaign=march+8"
    )
    assert link.short_address == "kurak.example/ky"


def test_a_link_to_the_page_of_another_campaign_fills_in_nothing() -> None:
    link = a_link(slug="loom", to_form=False, amount=Money(5_00, "USD"), source=GiftSource(utm_source="cafe"))
    assert link.address == "https://kurak.example/ky/c/loom/?utm_source=cafe"
    assert a_link(slug="loom").address.startswith("https://kurak.example/ky/donate?campaign=loom&utm_source")
    assert link.short_address == "kurak.example/ky/c/loom"


def test_a_code_is_a_drawing_and_a_picture() -> None:
    address = a_link().address
    assert qr_svg(address).startswith("<svg ")
    assert qr_png(address).startswith(b"\x89PNG")
    assert "width=" not in qr_inline(address).partition(">")[0]


@pytest.mark.parametrize(("size", "width", "height"), [(PaperSize.A4, 210, 297), (PaperSize.A3, 297, 420)])
def test_a_poster_is_one_page_with_its_texts_in_our_typeface(size: PaperSize, width: int, height: int) -> None:
    poster = Poster(
        language="ky",
        name="Аялдардын чыгармачыл лабораториясы",
        title="Аялдардын өз иши болсун: <b>үч максат</b>, бир курак",
        call="Телефонуңуз менен жардам бериңиз",
        hint="Камераны кодго каратыңыз.",
        short_address="kurak.example/ky",
        organisation="Уюм",
        qr=qr_inline(a_link().address),
        colour="#005f56",
    )
    with pymupdf.open(stream=render_poster(poster, size), filetype="pdf") as document:  # type: ignore[no-untyped-call]
        (page,) = document
        assert (round(page.rect.width / MM), round(page.rect.height / MM)) == (width, height)
        text = " ".join(page.get_text().split())
        assert "<b>үч максат</b>, бир курак" in text
        assert "kurak.example/ky" in text
        assert {font[3].partition("+")[2] for font in page.get_fonts()} <= {"PT-Sans", "PT-Sans-Bold"}
        spans = [span for block in page.get_text("dict")["blocks"] for line in block["lines"] for span in line["spans"]]
        assert {0x005F56} < {span["color"] for span in spans}
        assert 0x8C1C2B not in {span["color"] for span in spans}
        words = [word[:4] for word in page.get_text("words")]
        assert all(
            left > 0 and right < page.rect.width and bottom < page.rect.height for left, _top, right, bottom in words
        )


def test_a_poster_reads_nothing_but_fonts() -> None:
    for url in ("https://example.org/x.png", "file:///etc/passwd", "file://server/PT_Sans-Web-Bold.ttf"):
        with pytest.raises(UnknownPosterFile):
            _fetch(url)
