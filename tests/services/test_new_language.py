"""A fourth language, added by the documented command: pages, mails and receipts answer in it."""

import json
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign import languages
from campaign.cli.languages import add_catalogue, add_receipt_texts
from campaign.i18n import LANGUAGES
from campaign.languages import UnknownLanguage, catalogue_path, language_facts
from campaign.models.receipt import Receipt
from receipts import texts
from receipts.reading import amount_from_words
from receipts.words import amount_in_words
from tests.services.engine import Engine
from tests.support.pages import Page

WORDS = {
    "Skip to the content": "Mazmunga o‘tish",
    "Thank you for your gift: receipt %(number)s": "Rahmat: %(number)s raqamli kvitansiya",
}


@pytest.fixture
def uzbek(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Uzbek with a few texts translated, in a folder of its own."""
    path = add_catalogue("uz", tmp_path)
    with path.open("rb") as source:
        catalogue = read_po(source, locale="uz")
    for text, translation in WORDS.items():
        catalogue[text].string = translation
    with path.open("wb") as target:
        write_po(target, catalogue)
    for existing in texts.FOLDER.glob("*.toml"):
        (tmp_path / existing.name).write_text(existing.read_text(encoding="utf-8"), encoding="utf-8")
    receipt = add_receipt_texts("uz", tmp_path)
    receipt.write_text(
        receipt.read_text(encoding="utf-8").replace('"Donation receipt"', '"Xayriya kvitansiyasi"'), encoding="utf-8"
    )
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.database("sqlite")
def test_pages_mails_and_receipts_answer_in_a_language_that_was_added(
    uzbek: Path, engine: Engine, client: FlaskClient
) -> None:
    page = Page(client.get("/uz/"))
    assert page.one("html")["lang"] == "uz"
    assert page.text("a.skip") == WORDS["Skip to the content"]
    assert "O‘zbek" in page.texts(".languages a")
    assert page.one("meta[property='og:locale']")["content"] == "uz_UZ"
    assert client.get("/uz/donate").status_code == 200

    engine.give(language="uz")
    engine.work()
    (mail,) = engine.mailer.sent
    assert mail.subject.endswith("raqamli kvitansiya")
    document = json.loads(engine.session.execute(select(Receipt.document)).scalar_one())
    assert document["language"] == "uz"
    assert texts.texts_in("uz").say("title") == "Xayriya kvitansiyasi"


def test_a_receipt_repeats_an_amount_in_digits_where_the_numbers_of_the_language_are_unknown() -> None:
    words = amount_in_words(1_250_50, "KGS", 2, "uz")
    assert words == "1250 KGS 50/100"
    assert amount_from_words(words, 2, "uz") == 1_250_50


@pytest.mark.database("sqlite")
def test_a_language_that_is_not_installed_has_no_page_and_its_donor_gets_a_receipt_in_the_nearest(
    engine: Engine, client: FlaskClient
) -> None:
    assert client.get("/uz/").status_code == 404
    engine.give(language="uz")
    engine.work()
    assert json.loads(engine.session.execute(select(Receipt.document)).scalar_one())["language"] == "ru"


def test_the_languages_of_the_interface_are_the_catalogues_that_are_there(uzbek: Path) -> None:
    assert dict(LANGUAGES) == {"en": "English", "uz": "O‘zbek"}
    assert catalogue_path("uz").is_relative_to(uzbek)


def test_cldr_describes_every_language() -> None:
    facts = {code: language_facts(code) for code in ("ky", "ar")}
    assert (facts["ky"].name, facts["ky"].direction, facts["ky"].og_locale) == ("Кыргызча", "ltr", "ky_KG")
    assert (facts["ar"].direction, facts["ar"].og_locale) == ("rtl", "ar_EG")


@pytest.mark.parametrize("code", ["", "xx", "../etc", "EN", "ky_KG", "english"])
def test_what_is_no_code_of_a_language_is_refused(code: str) -> None:
    with pytest.raises(UnknownLanguage):
        language_facts(code)
