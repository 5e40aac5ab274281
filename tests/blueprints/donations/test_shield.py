"""The donation form where card testing is likely: with script, without it, in three languages, alike for everybody."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaign.database import transaction
from campaign.domain.proof_of_work import solve
from campaign.extensions import db
from campaign.gateway_registry import current_context
from campaign.jobs import send_mail, settle_inbox
from campaign.models.abuse import AttemptCount, GiftStart
from campaign.models.donation import Donation
from campaign.models.outbox import Message
from campaign.services.gifts.settlement import refresh_checkout
from campaign.services.shield import judging as shield
from campaign.services.shield.state import activate_manually
from tests.support.builders import a_campaign, a_donor, a_member_of_staff, add_other_way
from tests.support.fakes import SIGNATURE, FakePayments, RecordingMailer, SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")

FORM = "form[data-give]"


@pytest.fixture(autouse=True)
def _campaign(app: Flask) -> None:
    """USD gifts from 5; the shield is switched on, and away."""
    app.config["KURAK"] = replace(app.config["KURAK"], shield="on")
    add_other_way(a_campaign())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that keeps no cookie: each of its forms is one by itself."""
    return app.test_client(use_cookies=False)


@pytest.fixture
def _shield_up(clock: SettableClock) -> None:
    activate_manually(actor_id=a_member_of_staff(role="finance").id, reason="A test", clock=clock)


def opened(client: FlaskClient, clock: SettableClock, lang: str = "en") -> Page:
    """The form, open as long as a person needs."""
    page = fetch_address(client, f"/{lang}/donate")
    clock.advance(seconds=10)
    return page


def gifts(session: Session) -> int:
    return session.execute(select(func.count(Donation.id))).scalar_one()


def mailed_code(mailer: RecordingMailer) -> str:
    while send_mail():
        pass
    match = re.search(r"\b(\d{6})\b", mailer.sent[-1].text)
    assert match
    return match[1]


def fail_newest(session: Session, clock: SettableClock) -> None:
    """The provider refuses the card of the newest gift."""
    newest = session.execute(select(func.max(Donation.id))).scalar_one()
    with transaction() as writing:
        shield.count_failure(writing, newest, at=clock.now())


def test_with_little_traffic_there_is_no_challenge(client: FlaskClient, clock: SettableClock) -> None:
    page = opened(client, clock)
    assert not page.soup.select("[data-work], [name=proof], [name=code], noscript, script[src*=proof]")
    assert page.submit(client, FORM, amount="10").status_code == 303


def test_eighteen_thousand_refused_cards_from_one_address_begin_with_six(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    """The pure figures of the rest are in tests/domain/test_abuse.py."""
    statuses = []
    for _ in range(10):
        answer = opened(client, clock).submit(client, FORM, amount="10")
        statuses.append(answer.status_code)
        if answer.status_code == 303:
            fail_newest(session, clock)
    assert statuses == [303] * 6 + [422] * 4
    assert gifts(session) == 6


def test_the_providers_report_of_a_refused_card_is_counted(
    client: FlaskClient, clock: SettableClock, session: Session, payments: FakePayments
) -> None:
    opened(client, clock).submit(client, FORM, amount="10")
    for number in range(6):
        body = payments.event("payment_intent.payment_failed", "cs_test_000001", event_id=f"evt_{number}")
        for _ in range(2):  # a delivery that comes twice is one event
            client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": SIGNATURE})
        while settle_inbox():
            pass
    assert session.execute(select(GiftStart.failures)).scalar() == 6
    assert opened(client, clock).submit(client, FORM, amount="10").status_code == 422


def test_another_address_is_not_challenged_for_the_attempts_of_one(
    app: Flask, client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    for _ in range(6):
        opened(client, clock).submit(client, FORM, amount="10")
        fail_newest(session, clock)
    assert opened(client, clock).submit(client, FORM, amount="10").status_code == 422
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.20"
    assert opened(elsewhere, clock).submit(elsewhere, FORM, amount="10").status_code == 303


def test_repeated_attempts_must_pause_and_everything_typed_stays(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    opened(client, clock).submit(client, FORM, amount="10")
    for _ in range(20):
        fail_newest(session, clock)
    answer = opened(client, clock).submit(client, FORM, amount="25", message="Salam", email="a@example.org")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 600
    page = Page(answer)
    assert page.text(".notice.bad p").startswith("We’re receiving an unusual number of attempts")
    assert page.link("Other ways to give") == "/en/other-ways"
    filled = page.filled(FORM)
    assert (filled["amount"], filled["message"], filled["email"]) == ("25", "Salam", "a@example.org")


@pytest.mark.usefixtures("_shield_up")
def test_behind_the_shield_the_work_of_the_pages_script_is_accepted(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    page = opened(client, clock)
    assert page.one(FORM)["data-work"] == "8,13"
    assert page.soup.select("script[src*='js/proof']")
    proof = solve(str(page.filled(FORM)["form_id"]))
    assert page.submit(client, FORM, amount="10", proof=proof).status_code == 303
    other = opened(client, clock)
    assert other.submit(client, FORM, amount="10", proof=proof).status_code == 422  # it was another form's
    assert gifts(session) == 1


@pytest.mark.usefixtures("_shield_up")
@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "Extra protection is on. After you continue, a check takes a few seconds."),
        ("ru", "Сейчас включена дополнительная защита: после нажатия кнопки проверка займёт несколько секунд."),
        ("ky", "Азыр кошумча коргоо күйгүзүлгөн: баскычты баскандан кийин текшерүү бир нече секунд алат."),
    ],
)
def test_behind_the_shield_no_page_mentions_stolen_cards_and_only_scripts_are_promised_seconds(
    client: FlaskClient, clock: SettableClock, lang: str, sentence: str
) -> None:
    page = opened(client, clock, lang)
    assert page.text(".notice.warn p.js-only") == sentence
    assert page.one(".notice.warn noscript p").get_text() != sentence
    warning = page.text(".notice.warn").lower()
    assert not any(word in warning for word in ("stolen", "украден", "уурдалган"))


def test_a_donor_who_must_type_a_code_is_promised_no_seconds(
    app: Flask, client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    opened(client, clock).submit(client, FORM, amount="10")
    for _ in range(40):
        fail_newest(session, clock)
    neighbour = app.test_client()
    neighbour.environ_base["REMOTE_ADDR"] = "127.0.0.77"
    warning = opened(neighbour, clock).one(".notice.warn p").get_text()
    assert warning == "Extra protection is on. Enter your email address and continue; we’ll send you a code to enter."


@pytest.mark.usefixtures("_shield_up")
@pytest.mark.parametrize(("lang", "amount"), [("en", "10"), ("ru", "10"), ("ky", "1000")])
def test_without_script_a_code_by_email_is_accepted(
    client: FlaskClient, clock: SettableClock, mailer: RecordingMailer, session: Session, lang: str, amount: str
) -> None:
    page = opened(client, clock, lang)
    assert page.soup.select("main noscript p")
    answer = page.submit(client, FORM, amount=amount, email="aida@example.org", message="Salam")
    assert answer.status_code == 422
    shown = Page(answer)
    assert "aida@example.org" in shown.text(".notice[tabindex]")
    assert shown.filled(FORM)["message"] == "Salam"
    code = mailed_code(mailer)
    letter = mailer.sent[-1]
    assert (letter.recipient, letter.language) == ("aida@example.org", lang)
    assert code in letter.subject
    assert shown.submit(client, FORM, code=code).status_code == 303
    assert gifts(session) == 1


@pytest.mark.usefixtures("_shield_up")
def test_without_script_and_without_an_address_the_address_is_required(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    answer = opened(client, clock).submit(client, FORM, amount="10")
    page = Page(answer)
    assert page.texts(".error-summary a[href='#email']")[0].startswith("Enter your email address")
    assert session.execute(select(func.count(Message.id))).scalar() == 0


@pytest.mark.usefixtures("_shield_up")
def test_a_wrong_code_is_refused_at_its_field_and_after_five_another_one_is_emailed(
    client: FlaskClient, clock: SettableClock, mailer: RecordingMailer
) -> None:
    page = Page(opened(client, clock).submit(client, FORM, amount="10", email="aida@example.org"))
    code = mailed_code(mailer)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(4):
        page = Page(page.submit(client, FORM, code=wrong))
        assert page.texts(".error-summary a[href='#code']")
    used_up = Page(page.submit(client, FORM, code=wrong))
    for shown in (used_up, Page(page.submit(client, FORM, code=code))):
        assert "That code can’t be used any more" in shown.text(".notice[tabindex]")
        assert not shown.texts(".error-summary")
        assert "code" not in shown.filled(FORM)
    assert len(mailer.sent) == 1
    clock.advance(seconds=10)
    page = Page(used_up.submit(client, FORM))
    assert page.submit(client, FORM, code=code).status_code == 422
    assert page.submit(client, FORM, code=mailed_code(mailer)).status_code == 303


@pytest.mark.usefixtures("_shield_up")
def test_no_mailbox_is_flooded_with_codes(
    client: FlaskClient, clock: SettableClock, session: Session, mailer: RecordingMailer
) -> None:
    answers = [opened(client, clock).submit(client, FORM, amount="10", email="victim@example.org") for _ in range(8)]
    assert {answer.status_code for answer in answers} == {422}
    assert session.execute(select(func.count(Message.id)).where(Message.kind == "gift_code")).scalar() == 4
    assert len({Page(answer).text(".notice[tabindex]") for answer in answers}) == 1  # and nothing tells it


@pytest.mark.usefixtures("_shield_up")
def test_a_form_opened_before_the_shield_needs_one_more_press_and_no_email_is_sent(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    answer = opened(client, clock).submit(client, FORM, amount="10", email="aida@example.org", proof=None)
    page = Page(answer)
    assert page.text(".notice[tabindex]").startswith("We’re running an extra security check.")
    assert session.execute(select(func.count(Message.id))).scalar() == 0
    assert page.submit(client, FORM, proof=solve(str(page.filled(FORM)["form_id"]))).status_code == 303


@pytest.mark.usefixtures("_shield_up")
def test_behind_the_shield_the_smallest_gift_is_higher(client: FlaskClient, clock: SettableClock) -> None:
    page = opened(client, clock)
    assert "The minimum gift is higher than usual: $10." in page.text("main")
    answer = page.submit(client, FORM, amount="other", other_amount="9.99")
    assert Page(answer).texts(".error-summary li") == ["The minimum gift is $10."]


def test_a_field_that_nobody_sees_catches_a_robot(client: FlaskClient, clock: SettableClock, session: Session) -> None:
    page = opened(client, clock)
    hidden = page.one("[name=homepage]")
    assert hidden["tabindex"] == "-1"
    assert hidden.find_parent(attrs={"aria-hidden": "true"})
    caught = page.submit(client, FORM, amount="10", homepage="https://spam.example")
    assert caught.status_code == 422
    assert gifts(session) == 0
    again = Page(caught)
    assert again.filled(FORM)["homepage"] == ""
    assert again.submit(client, FORM).status_code == 303


def statements(client: FlaskClient, page: Page, **typed: str) -> tuple[TestResponse, list[str]]:
    """An answer, and the statements that it took."""
    executed: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        executed.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        return page.submit(client, FORM, **typed), executed
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)


def without_names(answer: TestResponse, email: str) -> str:
    """The answer without what every form has of its own."""
    return re.sub(r'name="form_id" value="[^"]*"', "", answer.text).replace(email, "EMAIL")


@pytest.mark.parametrize("is_up", [False, True])
def test_known_and_unknown_email_addresses_get_the_same_answer_by_the_same_statements(
    client: FlaskClient, clock: SettableClock, is_up: bool
) -> None:
    a_donor(email="gave@example.org")
    if is_up:
        activate_manually(actor_id=a_member_of_staff(role="finance").id, reason="A test", clock=clock)
    answers = []
    for email in ("gave@example.org", "none@example.org"):
        answer, executed = statements(client, opened(client, clock), amount="10", email=email)
        answers.append((answer.status_code, without_names(answer, email) if is_up else "", executed))
    assert answers[0] == answers[1]


def test_a_stranger_meets_the_same_limit_for_an_email_that_gave_and_one_that_did_not(
    app: Flask, client: FlaskClient, clock: SettableClock, payments: FakePayments
) -> None:
    """A donor paid five gifts today; a stranger elsewhere tries their address, and one that never gave."""
    for _ in range(5):
        page = opened(client, clock).submit(client, FORM, amount="10", email="gave@example.org")
        checkout_id = page.headers["Location"].rpartition("/")[2]
        payments.pay(checkout_id, email="gave@example.org")
        refresh_checkout(checkout_id, context=current_context())
    passed = []
    for network, email in enumerate(("gave@example.org", "none@example.org")):
        stranger = app.test_client(use_cookies=False)
        stranger.environ_base["REMOTE_ADDR"] = f"198.51.{network}.9"
        answers = [opened(stranger, clock).submit(stranger, FORM, amount="10", email=email) for _ in range(8)]
        passed.append([answer.status_code for answer in answers])
    assert passed[0] == passed[1] == [303] * 6 + [422] * 2


def test_switched_off_it_counts_nothing(
    app: Flask, client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    app.config["KURAK"] = replace(app.config["KURAK"], shield="off")
    assert opened(client, clock).submit(client, FORM, amount="10").status_code == 303
    assert session.execute(select(func.count()).select_from(AttemptCount)).scalar() == 0
