"""The return page of a paid gift: in full to the browser that gave, without personal data to every other."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.blueprints.donations.choices import each_month
from campaign.gateway_registry import current_context
from campaign.gateways.mailer import AddressRefused
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from tests.blueprints.donations.thanks_page import CHECKOUT, STATE, THANKS
from tests.support.builders import a_paid_gift
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock
from tests.support.pages import fetch_address

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("payment_page")]  # services are tested on both


def test_a_paid_gift_is_thanked_for_by_name_in_the_browser_that_gave(
    client: FlaskClient, payments: FakePayments
) -> None:
    payments.pay(CHECKOUT, email="aida@mail.example")
    page = fetch_address(client, THANKS)
    assert page.h1 == "Thank you, Aida"
    assert page.text(".raised") == "$26.06 for Quilt (en)"
    assert "QUI-2026-000001" in page.text(".facts")
    assert "a•••@mail.example" in page.text(".facts")
    assert "aida@mail.example" not in page.answer.text
    assert "utm_source%3Dshared%26utm_medium%3Dwhatsapp" in page.answer.text


def test_the_thanks_page_says_in_which_name_the_receipt_is_to_who_gave_alone(
    app: Flask, client: FlaskClient, payments: FakePayments
) -> None:
    payments.wait(CHECKOUT, email="aida@mail.example", name="Aida Bekova")
    assert "Name on the receipt Aida Bekova" in fetch_address(client, THANKS).text(".facts")
    payments.pay(CHECKOUT, email="aida@mail.example", name="Aida Bekova")
    assert "Name on the receipt Aida Bekova" in fetch_address(client, THANKS).text(".facts")
    assert "Bekova" not in fetch_address(app.test_client(), THANKS).answer.text


def test_a_stranger_who_types_an_address_reads_nobodys_name(
    app: Flask, client: FlaskClient, payments: FakePayments, clock: SettableClock
) -> None:
    payments.pay(CHECKOUT, email="family@example.kg", name="Aida Bekova")
    fetch_address(client, THANKS)
    stranger = app.test_client()
    form = fetch_address(stranger, "/en/donate")
    clock.advance(seconds=10)
    form.submit(stranger, "form[data-give]", amount="25", email="Family@example.kg")
    payments.pay("cs_test_000002", email="Family@example.kg", name="Stranger X")
    page = fetch_address(stranger, "/en/thanks?s=cs_test_000002")
    assert page.h1 == "Thank you, Stranger X"
    assert "Name on the receipt Stranger X" in page.text(".facts")
    assert "f•••@example.kg" in page.text(".facts")
    assert "Aida" not in page.answer.text


def test_a_paid_gift_shows_its_progress_in_every_language(client: FlaskClient, payments: FakePayments) -> None:
    payments.pay(CHECKOUT)
    text = fetch_address(client, THANKS).text(".moved")
    assert text == "You moved the campaign from $0 to $26.06, of the goal of $100,000."
    for language in ("ru", "ky"):
        assert "26,06 $" in fetch_address(client, THANKS.replace("/en/", f"/{language}/")).text(".moved")


def test_the_receipt_email_is_mentioned_once_as_pending_then_as_sent(
    client: FlaskClient, payments: FakePayments
) -> None:
    payments.pay(CHECKOUT, email="aida@mail.example")
    before = fetch_address(client, THANKS)
    assert "Goes to a•••@mail.example" in before.text(".facts")
    assert "by email" not in before.text("main")
    payments.settle(CHECKOUT, fee_minor=1_06)
    work_off_everything()
    assert "Sent to a•••@mail.example" in fetch_address(client, THANKS).text(".facts")


def test_another_browser_learns_whether_the_receipt_was_sent_but_not_where_to(
    app: Flask, payments: FakePayments
) -> None:
    payments.pay(CHECKOUT, email="aida@mail.example")
    stranger = app.test_client()
    assert "Your receipt will come by email in a few minutes." in fetch_address(stranger, THANKS).text("main")
    payments.settle(CHECKOUT, fee_minor=1_06)
    work_off_everything()
    assert "Your receipt has been sent by email." in fetch_address(stranger, THANKS).text("main")


@pytest.mark.parametrize(
    ("language", "headline", "sentence"),
    [
        (
            "en",
            "$25 every month for Quilt (en)",
            "on the 22nd of each month, until you stop it. Next: January 22, 2027.",
        ),
        (
            "ru",
            "25 $ каждый месяц для Quilt (ru)",
            "22-го числа каждого месяца, пока вы не остановите пожертвование; следующий раз — 22 января 2027 г.",
        ),
        (
            "ky",
            "25 $ ай сайын Quilt (ky) үчүн",
            "ар айдын 22-күнү кайра алынат; кийинкиси — 2027-\u2060жылдын 22-\u2060январы.",
        ),
    ],
)
def test_a_monthly_gift_names_its_day_and_the_next_one(
    client: FlaskClient, payments: FakePayments, clock: SettableClock, language: str, headline: str, sentence: str
) -> None:
    clock.advance(days=21)
    address = begun_monthly(client, payments, clock).replace("/en/", f"/{language}/")
    page = fetch_address(client, address)
    assert page.text(".raised").replace("\xa0", " ") == headline
    assert sentence in page.text("main").replace("\xa0", " ")


def test_a_monthly_gift_that_was_stopped_promises_no_next_day(
    client: FlaskClient, payments: FakePayments, clock: SettableClock
) -> None:
    address = begun_monthly(client, payments, clock)
    fetch_address(client, address)
    fetch_address(client, fetch_address(client, address).link("Change, pause or stop")).submit(
        client, "form[action$='/stop']"
    )
    text = fetch_address(client, address).text("main")
    assert "It has been stopped. Nothing more is charged." in text
    assert "charged again" not in text


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("on", "words"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (13, "13th"), (21, "21st"), (28, "28th")],
)
def test_a_day_of_the_month_is_named_as_english_does(app: Flask, on: int, words: str) -> None:
    with app.test_request_context("/en/"):
        assert each_month(on) == f"on the {words} of each month"
        assert each_month(31) == "on the 31st of each month, or on its last day"


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_the_quilt_shows_which_patch_is_the_donors(
    client: FlaskClient, payments: FakePayments, clock: SettableClock, session: Session, language: str
) -> None:
    campaign = session.execute(select(Campaign)).scalar_one()
    for _gift_of_others in range(2):
        a_paid_gift(campaign=campaign)
    payments.pay(CHECKOUT)
    page = fetch_address(client, THANKS.replace("/en/", f"/{language}/"))
    drawing = page.one("figure.quilt svg")
    assert drawing["aria-hidden"] == "true"
    assert len(page.soup.select("figure.quilt .ring")) == 1
    caption = {
        "en": "Your gift is patch no. 3 of this quilt: the one with the white outline.",
        "ru": "Ваше пожертвование — лоскут № 3 этого курака: он обведён белым.",
        "ky": "Жардамыңыз — ушул курактын № 3 кыйындысы: ал ак сызык менен курчалган.",
    }
    assert page.text("figcaption") == caption[language]


def test_another_browser_is_thanked_without_name_address_and_receipt(app: Flask, payments: FakePayments) -> None:
    payments.pay(CHECKOUT, email="aida@mail.example")
    page = fetch_address(app.test_client(), THANKS)
    assert page.h1 == "Thank you"
    assert not any(word in page.answer.text for word in ("Aida", "mail.example", "QUI-2026"))


def test_the_receipt_is_downloaded_by_the_browser_that_gave_and_by_no_other(
    app: Flask, client: FlaskClient, payments: FakePayments
) -> None:
    payments.pay(CHECKOUT)
    address = "/en/thanks/receipt/TEST-QUI-2026-000001"
    assert client.get(address).status_code == 404
    fetch_address(client, THANKS)
    work_off_everything()
    assert fetch_address(client, THANKS).link("Download the receipt (PDF)") == address
    pdf = client.get(address)
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="TEST-QUI-2026-000001.pdf"'
    assert app.test_client().get(address).status_code == 404
    assert client.get("/en/thanks/receipt/TEST-QUI-2026-000002").status_code == 404


@pytest.mark.database("sqlite")
def test_the_page_says_when_the_receipt_is_there_to_the_browser_that_gave_alone(
    app: Flask, client: FlaskClient, payments: FakePayments
) -> None:
    payments.pay(CHECKOUT, email="aida@mail.example")
    page = fetch_address(client, THANKS)
    waiting = {"state": "paid", "has_receipt": False, "is_address_refused": False}
    assert "Your receipt is being prepared" in page.text("[data-receipt]")
    assert page.link("Check again") == THANKS
    assert page.one("[data-receipt]")["data-receipt"] == STATE
    assert client.get(STATE).get_json() == waiting
    work_off_everything()
    assert client.get(STATE).get_json() == waiting | {"has_receipt": True}
    stranger = app.test_client()
    assert stranger.get(STATE).get_json() == waiting
    assert not fetch_address(stranger, THANKS).soup.select("[data-receipt]")


def test_repeated_visits_give_one_gift_one_receipt_one_email(
    client: FlaskClient, payments: FakePayments, session: Session
) -> None:
    payments.pay(CHECKOUT)
    payments.settle(CHECKOUT, fee_minor=1_06)
    for _ in range(3):
        fetch_address(client, THANKS)
    work_off_everything()
    assert session.execute(select(Donation.state)).scalars().all() == ["paid"]
    assert len(current_context().mailer.sent) == 1  # type: ignore[attr-defined]  # the recording one


@pytest.mark.parametrize("address", [THANKS, STATE])
def test_the_page_is_not_cached_and_sends_no_referrer(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_other_languages_lead_to_the_same_gift(client: FlaskClient, payments: FakePayments) -> None:
    payments.pay(CHECKOUT)
    russian = fetch_address(client, fetch_address(client, THANKS).link("Русский"))
    assert "26,06" in russian.text(".raised")


def begun_monthly(client: FlaskClient, payments: FakePayments, clock: SettableClock) -> str:
    """A gift every month, whose first month is paid: the address of its return page."""
    form = fetch_address(client, "/en/donate")
    clock.advance(seconds=10)
    form.submit(client, "form[data-give]", amount="25", frequency="monthly")
    checkout = "cs_test_000002"
    payments.pay(checkout)
    payments.pledges.begin(checkout)
    return f"/en/thanks?s={checkout}"


def test_a_refused_address_is_shown_only_to_the_browser_that_gave(
    app: Flask, client: FlaskClient, payments: FakePayments, mailer: RecordingMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_letter: object) -> None:
        raise AddressRefused("the address was refused (550)")

    monkeypatch.setattr(mailer, "send", refuse)
    payments.pay(CHECKOUT, email="aida@mail.example")
    stranger = app.test_client()
    before = fetch_address(stranger, THANKS).text("main")
    work_off_everything()
    assert fetch_address(stranger, THANKS).text("main") == before
    assert [who.get(STATE).get_json()["is_address_refused"] for who in (client, stranger)] == [True, False]
    page = fetch_address(client, THANKS)
    assert "The address a•••@mail.example cannot receive email." in page.text(".notice.warn")
    assert page.soup.select(".notice.warn a[href^='mailto:']")
    assert page.link("Download the receipt (PDF)")


@pytest.mark.database("sqlite")
def test_a_paid_gift_leaves_no_draft_of_the_form_in_the_browser(
    client: FlaskClient, payments: FakePayments, clock: SettableClock
) -> None:
    """On a shared computer the next person must not find what was typed."""
    form = fetch_address(client, "/en/donate")
    clock.advance(seconds=10)
    form.submit(client, "form[data-give]", amount="25", email="aida@mail", message="For my daughter")
    draft = "/en/donate?draft=last"
    assert fetch_address(client, draft).filled("form[data-give]")["message"] == "For my daughter"
    fetch_address(client, THANKS)  # not paid yet: they may go back
    assert fetch_address(client, draft).filled("form[data-give]")["message"] == "For my daughter"
    payments.pay(CHECKOUT, email="aida@mail.example")
    fetch_address(client, THANKS)
    assert fetch_address(client, draft).filled("form[data-give]")["message"] == ""
