"""A donor's gifts of all campaigns, their receipts, their monthly gifts; nobody else's."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, event, insert, select, update

from campaign.database import reading, transaction
from campaign.extensions import db
from campaign.models.donation import Donation
from campaign.models.receipt import Receipt
from campaign.services import search_index
from tests.blueprints.my.conftest import Browser
from tests.services.pledges.steps import begin_pledge
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")


def test_gifts_receipts_and_monthly_gifts_stand_on_one_page(browser: Browser) -> None:
    begin_pledge(browser.engine)
    browser.engine.work()
    page = browser.sign_in().home()
    assert len(page.texts("section[aria-labelledby=gifts] li")) == 2
    assert page.texts("section[aria-labelledby=monthly] dt")[2:4] == ["Next payment", "Card"]
    manage = page.link("Change amount, card or pause; stop it")
    assert browser.client.get(manage).status_code == 200
    number = page.one("a[download]")
    pdf = browser.client.get(str(number["href"]))
    assert (pdf.mimetype, pdf.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert page.answer.headers["Cache-Control"] == "no-store"
    allocations = page.one("section[aria-labelledby=gifts] a[href*=transparency]")
    assert browser.client.get(str(allocations["href"])).status_code == 200
    for language in ("ru", "ky"):
        fetch_address(browser.client, f"/{language}/my/")
    text = browser.engine.mailer.sent[0].text
    assert "/en/my/" in text  # of the receipt: every email about a gift leads here


def test_somebody_elses_receipt_is_not_found(browser: Browser) -> None:
    engine = browser.engine
    foreign = engine.open(replace(engine.request(), email="other@example.org"))
    engine.payments.pay(engine.checkout_of(foreign), email="other@example.org")
    engine.tell("checkout.session.completed", engine.checkout_of(foreign))
    engine.work()
    with reading() as session:
        numbers = list(session.execute(select(Receipt.number).order_by(Receipt.id)).scalars())
    browser.sign_in()
    statuses = [browser.client.get(f"/en/my/receipts/{number}").status_code for number in [*numbers, "WCL-1"]]
    assert statuses == [200, 404, 404]
    assert (
        len(fetch_address(browser.client, f"/en/my/?before={foreign}").texts("a[download]")) == 1
    )  # their list begins anew
    assert browser.engine.app.test_client().get(f"/en/my/receipts/{numbers[0]}").headers["Location"] == "/en/my/"


def test_a_thousand_gifts_take_a_few_queries_and_pages(browser: Browser) -> None:
    with transaction() as session:
        row = session.execute(select(Donation.__table__)).mappings().one()
        unique = {
            "state": "processing",
            "settlement_id": None,
            "checkout_id": None,
            "payment_id": None,
            "charge_id": None,
        }
        copies = [
            dict(row) | unique | {"id": 1000 + n, "public_id": f"{n:016}", "form_id": f"copy-{n}"} for n in range(1000)
        ]
        session.execute(insert(Donation), copies)
    browser.sign_in()
    queries: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: queries.append(call[2]))
    first = browser.home()
    assert 3 < len([query for query in queries if query.startswith("SELECT")]) <= 12, queries
    older = fetch_address(browser.client, first.link("Older"))
    shown = [page.texts("section[aria-labelledby=gifts] li h3") for page in (first, older)]
    assert [len(texts) for texts in shown] == [25, 25]
    with transaction() as session:
        session.execute(delete(Donation).where(Donation.id >= 1000))


def test_a_donor_hides_and_shows_their_own_name_alone(browser: Browser) -> None:
    with transaction() as session:
        session.execute(update(Donation).values(public_name="Aida the weaver", is_anonymous=False))
        search_index.refresh(session)
    client = browser.sign_in().client
    page = browser.home()
    page.submit(client, "form[action$='/hide']")
    assert "Aida the weaver" not in client.get("/en/supporters/").text
    page = browser.home()
    assert "your name is not shown" in page.text()
    name = str(page.one("form[action$='/show']")["action"])
    assert client.post(name).status_code == 403
    assert (
        client.post("/en/my/gifts/zzzzzzzzzzzzzzzz/show", data=page.filled("form[action$='/show']")).status_code == 404
    )
    page.submit(client, "form[action$='/show']")
    assert "Aida the weaver" in client.get("/en/supporters/").text
