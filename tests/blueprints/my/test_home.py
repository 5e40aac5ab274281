"""A donor's gifts of all campaigns, their receipts, their monthly gifts; nobody else's."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, event, insert, select, update

from campaign.database import reading, transaction
from campaign.domain.blocks import read_word
from campaign.extensions import db
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.receipt import Receipt
from campaign.services import search_index
from campaign.services.campaigns.blocks import add_block
from campaign.services.donors.merging import MergeOrder, merge
from tests.blueprints.my.conftest import DONOR, Browser
from tests.services.pledges.steps import begin_pledge
from tests.support.builders import a_member_of_staff
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")


def give_as(browser: Browser, email: str) -> str:
    """Let somebody else give; return the gift."""
    engine = browser.engine
    gift = engine.open(replace(engine.request(), email=email))
    engine.payments.pay(engine.checkout_of(gift), email=email)
    engine.tell("checkout.session.completed", engine.checkout_of(gift))
    engine.work()
    return gift


def campaign_id_of(browser: Browser) -> int:
    with reading() as session:
        return session.execute(select(Donation.campaign_id).limit(1)).scalar_one()


def test_gifts_receipts_and_monthly_gifts_stand_on_one_page(browser: Browser) -> None:
    begin_pledge(browser.engine)
    browser.engine.work()
    page = browser.sign_in().home()
    assert len(page.texts("section[aria-labelledby=gifts] li")) == 2
    assert page.texts("section[aria-labelledby=monthly] dt")[2:4] == ["Next payment", "Card"]
    manage = page.link("Change amount, card or pause; stop it")
    assert browser.client.get(manage).status_code == 200
    browser.engine.clock.advance(hours=1, seconds=1)
    assert browser.client.get(manage).status_code == 404  # it is in the history of the browser
    browser.engine.clock.advance(hours=-1, seconds=-1)
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
    foreign = give_as(browser, "other@example.org")
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


def test_a_name_that_was_blocked_while_it_was_hidden_stays_hidden(browser: Browser) -> None:
    with transaction() as session:
        session.execute(update(Donation).values(public_name="Casino king", is_anonymous=False))
    client, staff = browser.sign_in().client, a_member_of_staff(role="campaign")
    browser.home().submit(client, "form[action$='/hide']")
    campaign_id, clock = campaign_id_of(browser), browser.engine.clock
    add_block(campaign_id, read_word("casino"), typed="casino", hides_approved=True, actor_id=staff.id, clock=clock)
    browser.home().submit(client, "form[action$='/show']")
    assert "Casino king" not in client.get("/en/supporters/").text


def test_a_mailbox_opens_only_what_is_its_own_after_a_merge(browser: Browser) -> None:
    """A merge can join an address with a slip in it, which is a stranger's, and two people by mistake."""
    engine, other = browser.engine, "other@example.org"
    begin_pledge(engine)
    give_as(browser, other)
    with reading() as session:
        ids = dict(session.execute(select(Donor.email, Donor.public_id)).all())
    campaign_id, staff = campaign_id_of(browser), a_member_of_staff(role="finance")
    order = MergeOrder(
        campaign_id=campaign_id, target=ids[DONOR], source=ids[other], public_id="m" * 16, actor_id=staff.id
    )
    merge(order, clock=engine.clock)
    page = browser.sign_in(other).home()
    assert page.texts("section[aria-labelledby=gifts] li") == page.texts("section[aria-labelledby=monthly] dt") == []
    assert DONOR not in fetch_address(browser.client, "/en/my/data").submit(browser.client, "form[action$='json']").text
    assert len(browser.sign_in().home().texts("section[aria-labelledby=gifts] li")) == 3, "moved gifts are the target's"
