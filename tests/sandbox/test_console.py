"""The console as somebody in training uses it, without script."""

import pytest
import requests
import stripe
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from campaign.sandbox.console.texts import CONSOLE_TEXTS
from campaign.sandbox.texts import LANGUAGES
from tests.sandbox.gifts import open_gift
from tests.sandbox.monthly import subscribe
from tests.sandbox.running import Listener, RunningSandbox
from tests.sandbox.test_proxy import product_at


@pytest.fixture
def gift(running: RunningSandbox) -> str:
    session = open_gift(running.client())
    running.pay(session["id"])
    running.advance(3)
    return str(session["id"])


def look(running: RunningSandbox, language: str = "en") -> BeautifulSoup:
    answer = running.http.get(f"{running.api_base}/sandbox/?lang={language}", timeout=15)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def press(running: RunningSandbox, label: str) -> BeautifulSoup:
    """Press the first button of that name; the page that follows."""
    button = next(one for one in look(running).find_all("button") if one.text == label)
    form = button.find_parent("form")
    assert form is not None
    fields = {str(one["name"]): str(one["value"]) for one in form.find_all("input")}
    answer = post(running, **fields, act=str(button["value"]))
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def post(running: RunningSandbox, **fields: str) -> requests.Response:
    return running.http.post(f"{running.api_base}/sandbox/", data=fields, timeout=15)


def rows(page: BeautifulSoup, section: str) -> list[list[str]]:
    table = page.find(id=section).find_parent("section").find("table")  # type: ignore[union-attr]
    assert table is not None
    return [[" ".join(cell.text.split()) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")[1:]]


def status(page: BeautifulSoup) -> str:
    [status] = page.select("[role=status]")
    return str(status.text)


def test_it_says_that_it_is_a_test_and_what_was_paid(running: RunningSandbox, gift: str) -> None:
    page = look(running)
    assert "TEST MODE" in page.find("header").text  # type: ignore[union-attr]
    [payment] = rows(page, "payments")
    assert payment[:2] == ["donor@example.org, d-1", "25.00 USD"]
    assert payment[3] == "paid"


def test_an_empty_console_says_what_to_do(running: RunningSandbox) -> None:
    page = look(running)
    assert "No payment yet" in page.text
    assert "Nothing has been sent yet" in page.text


def test_a_day_and_a_month_pass(running: RunningSandbox, client: stripe.StripeClient) -> None:
    subscribe(running)
    before = running.sandbox.box.now()
    assert status(press(running, "Next day")) == "A day has passed."
    assert running.sandbox.box.now() - before >= 24 * 3600
    press(running, "Next month")
    assert len(client.v1.invoices.list().data) == 2


def test_a_payment_is_disputed_and_decided(running: RunningSandbox, client: stripe.StripeClient, gift: str) -> None:
    page = press(running, "Dispute this")
    assert rows(page, "payments")[0][3] == "paid; disputed: we have to answer"
    assert "Dispute this" not in rows(page, "payments")[0][4]
    press(running, "Decide for us")
    assert [one.status for one in client.v1.disputes.list().data] == ["won"]
    press(running, "Dispute this")
    press(running, "Decide for the donor")
    assert [one.status for one in client.v1.disputes.list().data] == ["lost", "won"]


def test_the_next_payout_is_failed(running: RunningSandbox, client: stripe.StripeClient, gift: str) -> None:
    press(running, "Fail next payout")
    for _ in range(6):
        page = press(running, "Next day")
    assert client.v1.payouts.list().data[-1].status == "failed"
    assert "came back from the bank" in page.text


def test_three_webhooks_get_lost_and_one_is_sent_again(running: RunningSandbox, listener: Listener, gift: str) -> None:
    running.deliver()
    listener.received.clear()
    page = press(running, "Lose the next three webhooks")
    assert "drop, 3 more times" in " ".join(page.text.split())
    session = open_gift(running.client())
    running.pay(session["id"])
    running.deliver()
    assert listener.received == []
    lost = rows(look(running), "webhooks")[0]
    assert (lost[0], lost[1]) == ("checkout.session.completed", "to be sent")
    assert "lost on purpose" in lost[2]
    press(running, "Send again")
    running.deliver()
    assert listener.types() == ["checkout.session.completed"]
    press(running, "Let nothing go wrong")
    assert "Let nothing go wrong" not in look(running).text


@pytest.mark.parametrize(
    ("language", "title", "paid"),
    [("ru", "Пульт песочницы", "оплачен"), ("ky", "Сыноо чөйрөсүнүн пульту", "төлөндү")],
)
def test_it_speaks_the_chosen_language(
    running: RunningSandbox, gift: str, language: str, title: str, paid: str
) -> None:
    page = look(running, language)
    assert page.find("html")["lang"] == language  # type: ignore[index]
    assert page.find("h1").text == title  # type: ignore[union-attr]
    assert rows(page, "payments")[0][3] == paid
    others = [str(link["href"]) for link in page.select(".languages a")]
    assert others == [f"/sandbox/?lang={other}" for other in LANGUAGES if other != language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_it_stands_in_every_language(language: str) -> None:
    assert list(CONSOLE_TEXTS[language]) == list(CONSOLE_TEXTS["en"])


def test_a_form_of_another_site_and_an_unknown_act_are_refused(running: RunningSandbox, gift: str) -> None:
    token = str(look(running).find("input", {"name": "token"})["value"])  # type: ignore[index]
    before = running.sandbox.box.clock.offset_seconds
    assert post(running, act="next_day", token="forged").status_code == 400
    assert post(running, act="steal", token=token).status_code == 400
    assert post(running, act="resend", of="999999", token=token).status_code == 400
    assert post(running, act="resend", of="x", token=token).status_code == 400
    assert post(running, act="dispute", of="pi_nobody", token=token).status_code == 400
    assert running.sandbox.box.clock.offset_seconds == before


def test_every_button_has_a_name_of_its_own(running: RunningSandbox, gift: str) -> None:
    running.pay(open_gift(running.client())["id"])
    page = look(running)
    named = [str(one.get("aria-label") or one.text) for one in page.find_all("button")]
    # Two gifts of the same pledge sound the same; everything else can be told apart.
    assert len(set(named)) >= len(named) - 1
    assert "<script" not in str(page)
    assert " style=" not in str(page)


def test_the_console_comes_through_the_products_address(running: RunningSandbox, gift: str) -> None:
    product: FlaskClient = product_at(running.api_base)
    page = BeautifulSoup(product.get("/sandbox/?lang=ru").text, "html.parser")
    token = str(page.find("input", {"name": "token"})["value"])  # type: ignore[index]
    answer = product.post("/sandbox/", data={"token": token, "act": "next_day", "lang": "ru"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sandbox/?lang=ru&done=next_day")
