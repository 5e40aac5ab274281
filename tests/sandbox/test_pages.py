"""The hosted page and its 3-D Secure step as a browser without script sees them."""

import re
from string import Formatter

import pytest
import requests
import stripe
from bs4 import BeautifulSoup

from campaign.sandbox.catalogue.cards import CARDS, Card
from campaign.sandbox.texts import LANGUAGES, TEXTS
from tests.sandbox.gifts import full_session, open_gift
from tests.sandbox.running import RunningSandbox

GOOD = "4242 4242 4242 4242"
SECURE = "4000002760003184"


class Visitor:
    """Somebody at a session's page."""

    def __init__(self, running: RunningSandbox, session_id: str) -> None:
        self.running = running
        self.address = f"{running.api_base}/sandbox/c/{session_id}"

    def look(self, suffix: str = "", **headers: str) -> tuple[requests.Response, BeautifulSoup]:
        """Open the page."""
        answer = self.running.http.get(self.address + suffix, headers=headers, timeout=15, allow_redirects=False)
        return answer, BeautifulSoup(answer.text, "html.parser")

    def submit(self, suffix: str = "", **fields: str) -> requests.Response:
        """Send the page's form with its own token, unless another is given."""
        _, page = self.look(suffix)
        token = page.find("input", {"name": "token"})
        sent = {"token": str(token["value"]) if token else "", **fields}
        return self.running.http.post(self.address + suffix, data=sent, timeout=15, allow_redirects=False)

    def pay(self, number: str = GOOD, **fields: str) -> requests.Response:
        """Fill in a card and send the form."""
        return self.submit(number=number, **{"expiry": "12/34", "cvc": "123", "name": "Aizada", **fields})


@pytest.fixture
def session_id(client: stripe.StripeClient) -> str:
    return str(open_gift(client)["id"])


@pytest.fixture
def visitor(running: RunningSandbox, session_id: str) -> Visitor:
    return Visitor(running, session_id)


def test_the_page_says_that_it_is_a_test_and_what_is_to_be_paid(visitor: Visitor) -> None:
    answer, page = visitor.look()
    assert answer.status_code == 200
    assert "TEST MODE" in page.find("header").text  # type: ignore[union-attr]
    assert page.find("button").text == "Donate 25.00\N{NO-BREAK SPACE}USD"  # type: ignore[union-attr]
    assert page.find("input", {"name": "email"})["value"] == "donor@example.org"  # type: ignore[index]
    assert "Thank you!" in page.text


def test_paying_leads_back_to_the_merchant(visitor: Visitor, session_id: str, client: stripe.StripeClient) -> None:
    answer = visitor.pay()
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://127.0.0.1:8310/en/thanks?session_id={session_id}"
    charge = full_session(client, session_id)["payment_intent"]["latest_charge"]
    assert charge["billing_details"]["name"] == "Aizada"
    assert charge["payment_method_details"]["card"]["last4"] == "4242"


def test_percent_encoded_braces_are_not_a_session_id(running: RunningSandbox, client: stripe.StripeClient) -> None:
    address = "http://127.0.0.1:8310/en/thanks?session_id=%7BCHECKOUT_SESSION_ID%7D"
    session = open_gift(client, success_url=address)
    assert Visitor(running, session["id"]).pay().headers["Location"] == address


def test_a_page_names_its_icon_and_has_it(visitor: Visitor) -> None:
    _, page = visitor.look()
    icon = page.find("link", rel="icon")
    answer = visitor.running.http.get(f"{visitor.running.api_base}{icon['href']}", timeout=5)  # type: ignore[index]
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "image/svg+xml")


@pytest.mark.parametrize("card", [card for card in CARDS.values() if card.decline and not card.three_d_secure])
def test_a_decline_is_told_and_everything_is_kept_but_the_code(visitor: Visitor, card: Card) -> None:
    answer = visitor.pay(card.number)
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code in {402, 422}
    assert "The payment was not made" in page.find("div", {"role": "alert"}).text  # type: ignore[union-attr]
    assert page.find("input", {"name": "number"})["value"] == card.number  # type: ignore[index]
    assert visitor.pay().status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", "4111111111111111"), ("number", "12"), ("expiry", "13/34"), ("expiry", "01/20"), ("cvc", "12")],
)
def test_what_no_test_card_has_is_refused_and_not_kept(visitor: Visitor, field: str, value: str) -> None:
    answer = visitor.submit(**{"number": GOOD, "expiry": "12/34", "cvc": "123", field: value})
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    wrong = page.find("input", {"name": field})
    assert wrong["aria-describedby"] == f"{field}-error"  # type: ignore[index]
    assert page.find(id=f"{field}-error") is not None
    dump = "\n".join(visitor.running.sandbox.box.store._connection.iterdump())
    assert "4111111111111111" not in dump


def test_an_address_is_asked_for_when_the_session_has_none(
    running: RunningSandbox, client: stripe.StripeClient
) -> None:
    bare = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "http://127.0.0.1:8310/",
            "line_items": [
                {
                    "price_data": {"currency": "kgs", "unit_amount": 100_000, "product_data": {"name": "Gift"}},
                    "quantity": 2,
                }
            ],
        }
    )
    visitor = Visitor(running, bare.id)
    assert visitor.pay(email="nobody").status_code == 422
    assert visitor.pay(email="somebody@example.org").status_code == 303
    assert full_session(client, bare.id)["customer_details"]["email"] == "somebody@example.org"


def test_the_three_d_secure_step_can_be_passed(visitor: Visitor, session_id: str, client: stripe.StripeClient) -> None:
    answer = visitor.pay(SECURE)
    assert answer.headers["Location"] == f"/sandbox/c/{session_id}/3ds"
    assert full_session(client, session_id)["payment_intent"]["status"] == "requires_action"
    assert visitor.look()[0].headers["Location"] == f"/sandbox/c/{session_id}/3ds"
    assert visitor.submit("/3ds", outcome="complete").headers["Location"].startswith("http://127.0.0.1:8310/en/thanks")
    assert full_session(client, session_id)["payment_status"] == "paid"


def test_the_three_d_secure_step_can_be_failed_and_tried_again(
    visitor: Visitor, session_id: str, client: stripe.StripeClient
) -> None:
    visitor.pay(SECURE)
    visitor.submit("/3ds", outcome="fail")
    assert "could not authenticate" in visitor.look()[0].text
    intent = full_session(client, session_id)["payment_intent"]
    assert intent["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    assert visitor.pay().status_code == 303


def test_a_card_can_be_declined_after_three_d_secure(
    visitor: Visitor, session_id: str, client: stripe.StripeClient
) -> None:
    visitor.pay("4000008400001629")
    assert visitor.submit("/3ds", outcome="complete").headers["Location"] == f"/sandbox/c/{session_id}"
    assert "Your card was declined" in visitor.look()[0].text
    assert full_session(client, session_id)["status"] == "open"


def test_a_second_click_after_paying_pays_nothing_more(visitor: Visitor, running: RunningSandbox) -> None:
    _, page = visitor.look()
    token = str(page.find("input", {"name": "token"})["value"])  # type: ignore[index]
    visitor.pay()
    again = visitor.pay(token=token)
    assert "This payment is complete" in again.text
    assert len(running.sandbox.box.store.all("charge")) == 1


def test_a_form_of_another_site_is_refused(visitor: Visitor, running: RunningSandbox) -> None:
    assert visitor.pay(token="forged").status_code == 400
    assert running.truth() == []


def test_an_expired_session_offers_the_way_back(visitor: Visitor, running: RunningSandbox) -> None:
    running.advance(24 * 3600)
    _, page = visitor.look()
    assert page.find("h1").text == "This checkout has expired"  # type: ignore[union-attr]
    assert page.find("main").find("a")["href"].endswith("cancelled=1")  # type: ignore[index, union-attr]


def test_an_unknown_session_is_404(running: RunningSandbox) -> None:
    assert Visitor(running, "cs_test_nobody").look()[0].status_code == 404


def test_the_policy_lets_the_form_lead_to_the_merchant_only(visitor: Visitor) -> None:
    policy = visitor.look()[0].headers["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:8310" in policy
    assert "script" not in policy
    assert "<script" not in visitor.look()[0].text
    assert " style=" not in visitor.look()[0].text


@pytest.mark.parametrize(
    ("locale", "accepted", "language"),
    [
        ("ru", "en", "ru"),
        ("en", "ru", "en"),
        ("auto", "ru,en;q=0.5", "ru"),
        ("auto", "ky-KG,ru;q=0.5", "ky"),
        ("auto", "fr", "en"),
        ("de", "ru", "en"),
    ],
)
def test_the_page_speaks_the_sessions_language(
    running: RunningSandbox, client: stripe.StripeClient, locale: str, accepted: str, language: str
) -> None:
    session = open_gift(client, 1_250_00, "kgs", locale=locale)
    _, page = Visitor(running, session["id"]).look(**{"Accept-Language": accepted})
    assert page.find("html")["lang"] == language  # type: ignore[index]
    shown = "1,250.00" if language == "en" else "1\N{NO-BREAK SPACE}250,00"
    assert f"{shown}\N{NO-BREAK SPACE}KGS" in page.text


def test_every_field_has_a_name_that_can_be_read_out(visitor: Visitor) -> None:
    _, page = visitor.look()
    visible = [field for field in page.find_all(["input", "select"]) if field.get("type") != "hidden"]
    labels = {label["for"] for label in page.find_all("label")}
    assert {str(field["id"]) for field in visible} == labels


def test_a_listed_card_fills_in_the_form(visitor: Visitor) -> None:
    _, page = visitor.look("?card=378282246310005")
    assert page.find("input", {"name": "number"})["value"] == "378282246310005"  # type: ignore[index]
    assert re.fullmatch(r"\d{4}", str(page.find("input", {"name": "cvc"})["value"]))  # type: ignore[index]


def fields_of(text: str) -> list[str]:
    """What is filled into a text."""
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_stands_in_every_language(language: str) -> None:
    assert list(TEXTS[language]) == list(TEXTS["en"])
    for key, english in TEXTS["en"].items():
        assert TEXTS[language][key].strip(), key
        assert fields_of(TEXTS[language][key]) == fields_of(english), key


def test_whoever_looks_may_choose_the_language(visitor: Visitor) -> None:
    _, page = visitor.look()
    nav = page.find("nav", {"aria-label": "Language"})
    assert nav.text.split() == ["English", "Русский", "Кыргызча"]  # type: ignore[union-attr]
    choice = nav.find("a", {"hreflang": "ky"})  # type: ignore[union-attr]
    answer = visitor.running.http.get(f"{visitor.running.api_base}{choice['href']}", timeout=15)  # type: ignore[index]
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.find("html")["lang"] == "ky"  # type: ignore[index]
    assert page.find("button").text == "Жардам берүү: 25,00\N{NO-BREAK SPACE}USD"  # type: ignore[union-attr]


def test_the_chosen_language_survives_a_declined_card(visitor: Visitor) -> None:
    _, page = visitor.look("?lang=ky")
    form, cards = page.find("form"), page.select(".cards a")
    assert form["action"].endswith("?lang=ky")  # type: ignore[index, union-attr]
    assert all("lang=ky" in str(card["href"]) for card in cards)
    answer = visitor.submit("?lang=ky", number="4000000000009995", expiry="12/34", cvc="123")
    again = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 402
    assert again.find("html")["lang"] == "ky"  # type: ignore[index]
    assert "Картада акча жетишсиз." in again.text
    assert again.find("form")["action"] == form["action"]  # type: ignore[index]


def test_the_chosen_language_survives_the_three_d_secure_step(visitor: Visitor, session_id: str) -> None:
    secure = f"/sandbox/c/{session_id}/3ds?lang=ky"
    answer = visitor.submit("?lang=ky", number=SECURE, expiry="12/34", cvc="123")
    assert answer.headers["Location"] == secure
    _, page = visitor.look("/3ds?lang=ky")
    assert page.find("h1").text == "Төлөмдү ырастаңыз"  # type: ignore[union-attr]
    assert page.find("form")["action"] == secure  # type: ignore[index]
    assert visitor.look("?lang=ky")[0].headers["Location"] == secure
    done = visitor.submit("/3ds?lang=ky", outcome="complete")
    assert done.headers["Location"] == f"http://127.0.0.1:8310/en/thanks?session_id={session_id}"
    assert visitor.look("?lang=ky")[1].find("h1").text == "Төлөм аяктады"  # type: ignore[union-attr]


def test_a_language_that_is_not_spoken_leaves_the_sessions(visitor: Visitor) -> None:
    _, page = visitor.look("?lang=tr", **{"Accept-Language": "ky"})
    assert page.find("html")["lang"] == "en"  # type: ignore[index]
    assert page.find("form")["action"] == visitor.address.removeprefix(visitor.running.api_base)  # type: ignore[index]
