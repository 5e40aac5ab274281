"""The donor's page of a monthly gift: what it shows, what each button does, and what nobody else can do with it."""

from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.domain.pledge import PledgeWord
from campaign.models.campaign import Campaign
from campaign.services.pledges.links import PledgeLink, sign
from tests.blueprints.donations.pledge_page import DonorsPage
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge
from tests.support.builders import a_fund
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")  # services are tested on both


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    return Engine.started(app, payments, mailer, clock)


@pytest.fixture
def page(client: FlaskClient, engine: Engine) -> DonorsPage:
    return DonorsPage(client, engine, begin_pledge(engine))


def test_it_shows_amount_next_date_card_and_months(page: DonorsPage) -> None:
    text = page.words()
    for words in (
        "$25 every month",
        "Next gift January 1, 2027",
        "Visa •••• 4242",
        "December 1, 2026",
        "WCL-2026-000001",
    ):
        assert words in text


def test_looking_changes_nothing(page: DonorsPage) -> None:
    before = list(page.engine.payments.pledges.requests)
    for _ in range(2):
        page.look()
        page.client.head(page.path)
    assert page.client.get(f"{page.path}/stop").status_code == 405
    assert page.engine.payments.pledges.requests == before
    assert page.pledge.state == "active"


def test_one_click_stops_it(page: DonorsPage) -> None:
    assert "nothing more will be charged" in page.text_after(page.press("stop"))
    assert (page.pledge.state, page.pledge.end_reason) == ("stopped", "asked")
    assert page.look().find("form") is None


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("en", "Stopped was $25 a month"),
        ("ru", "Остановлено было 25 $ в месяц"),
        ("ky", "Токтотулду айына 25 $ болчу"),
    ],
)
def test_a_stopped_gift_says_so_in_its_heading_and_promises_no_month(
    page: DonorsPage, language: str, headline: str
) -> None:
    page.press("stop")
    page.language = language
    assert headline in page.words()
    assert not any(words in page.words() for words in ("every month", "каждый месяц", "ай сайын "))


def test_a_stopped_gift_promises_no_pause(page: DonorsPage) -> None:
    assert "can skip, pause" in page.words()
    page.press("stop")
    assert "can skip, pause" not in page.words()


def test_the_same_press_twice_is_one_request(page: DonorsPage) -> None:
    name = page.look().find("input", {"name": "request_id"})["value"]  # type: ignore[index]
    for _ in range(2):
        assert page.press("skip", request_id=str(name)).status_code == 303
    assert [act for act, _ in page.engine.payments.pledges.requests] == ["pause"]


def test_the_next_gift_is_skipped(page: DonorsPage) -> None:
    assert "The next payment is skipped" in page.text_after(page.press("skip", request_id=""))
    assert "Next gift February 1, 2027" in page.words()


@pytest.mark.parametrize(("act", "expected"), [("skip", "March 31, 2027"), ("pause", "April 30, 2027")])
def test_a_gift_of_the_31st_skipped_in_february_comes_on_the_31st_again(
    client: FlaskClient, engine: Engine, act: str, expected: str
) -> None:
    engine.clock.advance(days=30, hours=8)
    page = DonorsPage(client, engine, begin_pledge(engine))
    engine.clock.advance(days=31)
    engine.tell("invoice.paid", engine.payments.pledges.renew(page.subscription_id))
    engine.work()
    assert "Next gift February 28, 2027" in page.words()
    if act == "pause":
        assert "2 months, until April 30, 2027" in page.words()
    page.press(act, pause="2")
    assert f"Next gift {expected}" in page.words()


def test_it_is_paused_for_some_gifts_or_until_further_notice(page: DonorsPage) -> None:
    page.press("pause", pause="3")
    assert "April 1, 2027" in page.words()
    assert page.press("pause", pause="1").status_code == 409
    page.press_with_code("resume")
    page.press("pause", pause="open")
    assert "when you resume it" in page.look().text


def test_a_pause_says_until_which_day_it_lasts_in_kyrgyz_too(page: DonorsPage) -> None:
    page.language = "ky"
    assert "3 ай (2027-\u2060жылдын 1-\u2060апрели бүтөт)" in page.words().replace("\xa0", " ")


def test_a_lower_amount_applies_from_the_next_gift(page: DonorsPage) -> None:
    page.press("change", amount="20", cover_fees="yes")
    assert page.pledge.gift_minor == 20_00
    assert page.pledge.cover_minor > 0


@pytest.mark.parametrize(
    ("typed", "message"),
    [("1", "The minimum gift is $5."), ("a lot", "Enter an amount"), ("€40", "keeps its currency")],
)
def test_an_invalid_amount_is_refused_and_stays_in_its_field(page: DonorsPage, typed: str, message: str) -> None:
    answer = page.press("change", amount=typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert BeautifulSoup(answer.text, "html.parser").find("input", {"name": "amount"})["value"] == typed  # type: ignore[index]
    assert page.pledge.gift_minor == 25_00


def test_a_gift_that_ends_later_can_be_continued(page: DonorsPage) -> None:
    page.press("stop_later")
    assert page.pledge.state == "stopping"
    assert page.press("change", amount="30").status_code == 409
    page.press_with_code("keep")
    assert page.pledge.state == "active"


def test_while_the_provider_does_not_answer_a_worker_retries(page: DonorsPage) -> None:
    page.engine.payments.is_down = True
    assert "Your request is saved" in page.text_after(page.press("stop"))
    assert page.pledge.state == "active"
    page.engine.payments.is_down = False
    page.engine.clock.advance(minutes=10)
    page.engine.work()
    assert page.pledge.state == "stopped"


def test_another_card_is_entered_at_the_provider(page: DonorsPage) -> None:
    answer = page.press("mend")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("https://billing.example/")
    back = dict(page.engine.payments.pledges.requests)["card_page"]
    assert "back=" in str(back)


def test_a_gift_that_could_not_be_charged_says_why_and_how_to_fix_it(page: DonorsPage) -> None:
    page.engine.payments.pledges.refuse(page.subscription_id, reason="expired")
    page.engine.tell("customer.subscription.updated", page.subscription_id)
    page.engine.work()
    shown = page.look()
    assert "The card has expired." in shown.text
    assert shown.find("a", href=lambda href: bool(href) and href.startswith("https://invoice.example/"))


@pytest.mark.parametrize("token", ["nonsense", "WyJhYSIsMV0.x"])
def test_a_token_that_we_did_not_sign_opens_nothing(page: DonorsPage, token: str) -> None:
    assert page.client.get(f"/en/p/{token}").status_code == 404
    assert page.client.post(f"/en/p/{token}/stop").status_code == 404


def test_a_withdrawn_link_opens_nothing(page: DonorsPage) -> None:
    pledge = page.pledge
    old = sign(PledgeLink(pledge.public_id, pledge.link_version - 1))
    withdrawn = page.client.get(f"/en/p/{old}")
    assert withdrawn.status_code == 404
    assert "This link doesn’t work any more" in withdrawn.text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "This link doesn’t work any more It may be incomplete, withdrawn or too old. We can email you a new one.",
        ),
        (
            "ru",
            "Эта ссылка больше не работает Возможно, она неполная, отозвана или устарела.",
        ),
        (
            "ky",
            "Бул шилтеме мындан ары иштебейт Балким, ал толук эмес, жокко чыгарылган же эскирген.",
        ),
    ],
)
def test_a_cut_link_says_how_to_open_it_and_not_whether_there_is_such_a_gift(
    page: DonorsPage, language: str, sentence: str
) -> None:
    page.language = language
    pledge = page.pledge
    cut, foreign = page.path[:-3], f"/{language}/p/{sign(PledgeLink('nobody', pledge.link_version))}"
    answers = [page.client.get(address) for address in (cut, foreign)]
    assert [answer.status_code for answer in answers] == [404, 404]
    mains = [BeautifulSoup(answer.text, "html.parser").select_one("main") for answer in answers]
    assert mains[0] == mains[1]
    assert sentence in " ".join(str(mains[0].get_text(" ") if mains[0] else "").split())


def test_another_site_cannot_post_for_the_donor(page: DonorsPage) -> None:
    answer = page.client.post(f"{page.path}/stop", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert page.engine.payments.pledges.subscriptions[page.subscription_id].word is PledgeWord.RUNS


def test_the_monthly_page_is_not_cached_and_sends_no_referrer(page: DonorsPage) -> None:
    answer = page.client.get(page.path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_it_is_drawn_in_each_language(page: DonorsPage, language: str) -> None:
    page.language = language
    html = page.look().find("html")
    assert html["lang"] == language  # type: ignore[index]


def test_the_page_says_that_it_ends_with_the_campaign(page: DonorsPage) -> None:
    assert "Ends with the campaign March 8, 2028 , last payment on March 1, 2028" in page.words()
    with transaction() as session:
        session.execute(update(Campaign).values(ends_on=date(2027, 1, 31)))
    page.engine.work()
    assert "1 month, until" not in page.words()
    page.engine.clock.advance(days=31)
    invoice = page.engine.payments.pledges.renew(page.subscription_id)
    page.engine.tell("customer.subscription.updated", page.subscription_id)
    page.engine.work()
    assert "Next gift the last one is being charged now Ends" in page.words()
    page.engine.tell("invoice.paid", invoice)
    page.engine.work()
    text = page.words()
    assert "Next gift none before the campaign ends Ends with the campaign January 31, 2027" in text
    assert "Keep my monthly gift" not in text
    assert "Stop now" in text
    page.engine.clock.advance(days=31)
    page.engine.work()
    assert "It ended with the campaign." in page.words()


def test_to_give_again_keeps_amount_purpose_and_fee(client: FlaskClient, engine: Engine) -> None:
    with reading() as session:
        a_fund(campaign=session.execute(select(Campaign)).scalar_one(), code="THEME-GRANTS")
    request = replace(engine.request(minor=33_00, covers_fee=True), fund_code="THEME-GRANTS", frequency="monthly")
    checkout = engine.checkout_of(engine.open(request))
    engine.payments.pay(checkout)
    charge = engine.payments.facts[checkout].amount
    name = engine.payments.pledges.begin(checkout, cover_minor=charge.minor - 33_00)
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    page = DonorsPage(client, engine, name)
    page.press("stop")
    again = page.look().find("a", string="Give again")
    form = fetch_address(client, str(again["href"]))  # type: ignore[index]
    filled = form.filled("form[data-give]")
    chosen = {name: filled[name] for name in ("frequency", "other_amount", "fund", "currency")}
    assert chosen == {
        "frequency": "monthly",
        "other_amount": "33",
        "fund": "THEME-GRANTS",
        "currency": "USD",
    }
    assert filled["cover_fees"]
