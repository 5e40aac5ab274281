"""Allocations and payments at the desk: two people, balances that are shown, and plain words when it may not be."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaign.domain.money import Money
from campaign.models.allocation import Allocation, Disbursement
from campaign.models.campaign import Campaign
from campaign.models.fund import Fund
from campaign.services.ledger.sums import balance_of
from tests.blueprints.admin.client import sit_down, token_of
from tests.support.builders import a_campaign, a_fund, a_paid_gift, a_restricted_child, general_fund_of, usd
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch, fetch_address


@dataclass
class Desk:
    """Three browsers, and funds: 100 dollars for anything, 50 for events, an event with its child, a grant."""

    campaign: FlaskClient
    finance: FlaskClient
    approver: FlaskClient
    general: Fund
    theme: Fund
    event: Fund
    grant: Fund

    def form(self, source: Fund) -> Page:
        return fetch_address(self.campaign, f"/staff/allocations/new?source={source.public_id}")

    def propose(self, source: Fund, target: Fund, amount: str) -> str:
        """The address of a confirmed proposal's page."""
        preview = Page(self.form(source).submit(self.campaign, target=target.public_id, amount=amount, reason="Plan"))
        return preview.submit(self.campaign, step="confirm").location


@pytest.fixture
def desk(app: Flask, clock: SettableClock) -> Desk:
    campaign = a_campaign()
    theme = a_fund(campaign=campaign, code="THEME-EVENTS")
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    a_restricted_child(theme=theme, target=event)
    a_paid_gift(campaign=campaign, gift=usd(100_00), fee_minor=0)
    a_paid_gift(campaign=campaign, fund=theme, gift=usd(50_00), fee_minor=0)
    return Desk(
        campaign=sit_down(app, clock, role="campaign").client,
        finance=sit_down(app, clock, role="finance").client,
        approver=sit_down(app, clock, role="approver").client,
        general=general_fund_of(campaign),
        theme=theme,
        event=event,
        grant=a_fund(campaign=campaign, code="GRANT-1", kind="grant"),
    )


def notice(client: FlaskClient, answer: TestResponse) -> str:
    """What the next page says about what was just done."""
    assert answer.status_code == 303
    return fetch_address(client, answer.location).text(".notice")


def decide(client: FlaskClient, page: Page, act: str, **typed: str) -> str:
    return notice(client, page.submit(client, f"main form[action$={act}]", **typed))


def test_the_pool_shows_what_every_fund_holds(desk: Desk) -> None:
    page = fetch(desk.campaign, "admin.allocations")
    assert "GEN (en) GEN $100.00 Allocate GEN (en)" in page.texts("tbody tr")


def test_the_form_offers_only_where_the_money_may_go(desk: Desk) -> None:
    assert [text.split()[0] for text in desk.form(desk.theme).texts("#target option")] == ["Choose", "EVENT-1"]
    reached = [text.split()[0] for text in desk.form(desk.general).texts("#target option")]
    assert reached == ["Choose", "EVENT-1", "GRANT-1"]


def test_a_proposal_is_previewed_with_balances_before_and_after(desk: Desk, session: Session) -> None:
    form = desk.form(desk.theme)
    preview = Page(form.submit(desk.campaign, target=desk.event.public_id, amount="20", reason="Plan"))
    assert preview.texts("tbody td") == ["$50.00", "−$20.00", "$30.00", "$0.00", "+$20.00", "$20.00"]
    assert "EVENT-1@THEME-EVENTS" in preview.text("table")
    assert session.execute(select(func.count(Allocation.id))).scalar_one() == 0


def test_a_move_of_more_than_there_is_can_only_be_changed(desk: Desk) -> None:
    form = desk.form(desk.general)
    preview = Page(form.submit(desk.campaign, target=desk.event.public_id, amount="100.01", reason="Plan"))
    assert "The fund does not have enough for this." in preview.text("main")
    assert preview.texts("main form button") == ["Change"]


def test_change_leads_back_to_the_form_with_everything_typed(desk: Desk) -> None:
    form = desk.form(desk.general)
    preview = Page(form.submit(desk.campaign, target=desk.event.public_id, amount="20", reason="Plan"))
    again = Page(preview.submit(desk.campaign, step="change"))
    assert (again.one("#amount")["value"], again.text("#reason")) == ("20", "Plan")
    assert again.one("#target option[selected]")["value"] == desk.event.public_id


def test_one_proposes_another_approves_and_the_money_moves_once(desk: Desk, session: Session) -> None:
    address = desk.propose(desk.general, desk.event, "30")
    assert "Another person now decides." in fetch_address(desk.campaign, address).text(".notice")
    page = fetch_address(desk.approver, address)
    assert page.texts("tbody td") == ["$100.00", "−$30.00", "$70.00", "$0.00", "+$30.00", "$30.00"]
    assert decide(desk.approver, page, "approve") == "Approved. The money has moved."
    assert decide(desk.approver, page, "approve") == "Someone has already decided on this."
    assert balance_of(session, desk.event.id, "USD") == usd(30_00)


def test_an_allocations_heading_is_its_amount_and_its_target(desk: Desk) -> None:
    address = desk.propose(desk.general, desk.event, "30")
    page, number = fetch_address(desk.approver, address), f"Allocation {address.rpartition('/')[2]}"
    assert (page.h1, page.text("h1 + .kicker")) == ("$30.00 · EVENT-1 (en)", number)
    assert page.text("title") == f"$30.00 · EVENT-1 (en) · {number} – Staff desk"


def test_the_proposer_finds_no_approve_button_and_may_withdraw(desk: Desk, session: Session) -> None:
    address = desk.propose(desk.general, desk.event, "30")
    page = fetch_address(desk.campaign, address)
    assert page.soup.select("form[action$=approve]") == []
    assert decide(desk.campaign, page, "withdraw") == "Withdrawn. Nothing has moved."
    assert session.execute(select(Allocation.state)).scalar_one() == "withdrawn"


def test_an_approval_of_old_figures_is_asked_again(desk: Desk, session: Session) -> None:
    first = fetch_address(desk.approver, desk.propose(desk.general, desk.event, "30"))
    second = fetch_address(desk.approver, desk.propose(desk.general, desk.grant, "40"))
    decide(desk.approver, first, "approve")
    assert decide(desk.approver, second, "approve").startswith("The balances have changed since you opened this page.")
    assert balance_of(session, desk.grant.id, "USD") == usd(0)


def test_what_the_fund_no_longer_holds_is_refused_in_plain_words(desk: Desk, session: Session) -> None:
    first = fetch_address(desk.approver, desk.propose(desk.general, desk.event, "70"))
    late = desk.propose(desk.general, desk.grant, "60")
    decide(desk.approver, first, "approve")
    page = fetch_address(desk.approver, late)
    assert "does not have enough for this." in page.text(".notice.bad")
    assert decide(desk.approver, page, "approve").startswith("The fund does not have enough")
    assert balance_of(session, desk.general.id, "USD") == usd(30_00)


def test_a_rejection_needs_a_reason_and_keeps_it(desk: Desk) -> None:
    address = desk.propose(desk.general, desk.event, "30")
    page = fetch_address(desk.approver, address)
    refused = page.submit(desk.approver, "main form[action$=reject]", note=" ")
    assert (refused.status_code, Page(refused).texts(".error-summary li")) == (422, ["Say why."])
    assert decide(desk.approver, page, "reject", note="The event is off") == "Rejected. Nothing has moved."
    assert "The event is off" in fetch_address(desk.campaign, address).texts(".timeline li")[-1]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "100.01"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "ten"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"target": ""}, "target"),
        ({"target": "zzzzzzzzzzzzzzzz"}, "amount"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_proposal_that_cannot_be_is_told_and_nothing_is_lost(
    desk: Desk, session: Session, typed: dict[str, str], field: str
) -> None:
    good = {"target": desk.event.public_id, "amount": "20", "reason": "Plan"}
    answer = desk.form(desk.general).submit(desk.campaign, **{**good, **typed}, step="confirm")
    page = Page(answer)
    assert answer.status_code == 422
    assert [link["href"] for link in page.soup.select(".error-summary a")] == [f"#{field}"]
    assert session.execute(select(func.count(Allocation.id))).scalar_one() == 0


def test_a_fund_below_zero_is_covered_by_two_people(desk: Desk, session: Session) -> None:
    campaign = session.get_one(Campaign, desk.general.campaign_id)
    lacking = a_fund(campaign=campaign, code="THEME-SPACE", kind="theme")
    a_paid_gift(campaign=campaign, fund=lacking, gift=usd(5_00), fee_minor=7_00)
    pool = fetch_address(desk.campaign, "/staff/allocations")
    form = fetch_address(desk.campaign, str(pool.one("a[href*=cover]")["href"]))
    assert (form.one("#amount")["value"], "THEME-EVENTS" in form.text("main")) == ("2", False)
    good = {"source": desk.general.public_id, "reason": "A dispute"}
    refused = Page(form.submit(desk.campaign, **good, amount="2.01", step="confirm"))
    assert refused.text(".error-summary li") == "That is more than the fund lacks. Enter a smaller amount."
    preview = Page(form.submit(desk.campaign, **good))
    proposed = fetch_address(desk.approver, preview.submit(desk.campaign, step="confirm").location)
    assert "Cover of a deficit" in proposed.text("main")
    assert decide(desk.approver, proposed, "approve") == "Approved. The money has moved."
    assert balance_of(session, lacking.id, "USD") == usd(0)
    fetch_address(desk.campaign, f"/staff/allocations/cover?target={lacking.public_id}", status=404)


@pytest.mark.database("sqlite")
def test_an_ambiguous_amount_is_refused_with_both_readings(desk: Desk, session: Session) -> None:
    """`1.000` was booked as 1,000; `0` was called too much."""
    typed = {"target": desk.event.public_id, "amount": "1.000", "reason": "Plan"}
    refused = Page(desk.form(desk.general).submit(desk.campaign, **typed, step="confirm"))
    assert refused.texts(".error-summary li") == ["“1.000” can mean two amounts. Choose the one you mean."]
    assert refused.texts("label:has([name=amount_meant])") == ["$1,000", "$1"]
    preview = Page(refused.submit(desk.campaign, amount_meant="1", step="preview"))
    preview.submit(desk.campaign, "main form", step="confirm")
    assert session.execute(select(Allocation.amount_minor)).scalar_one() == 1_00
    zero = Page(desk.form(desk.general).submit(desk.campaign, **{**typed, "amount": "0"}, step="confirm"))
    assert zero.texts(".error-summary li") == ["Enter an amount of more than 0."]


def test_money_against_its_purpose_is_refused_in_plain_words(desk: Desk) -> None:
    bent = desk.form(desk.theme).submit(
        desk.campaign, target=desk.grant.public_id, amount="20", reason="Plan", step="confirm"
    )
    assert "The donors gave this money for something else" in Page(bent).text(".error-summary")


def test_what_is_unspent_is_taken_back_by_two_people_too(desk: Desk, session: Session) -> None:
    decide(desk.approver, fetch_address(desk.approver, desk.propose(desk.general, desk.event, "30")), "approve")
    form = fetch_address(desk.campaign, f"/staff/allocations/back?source={desk.event.public_id}")
    preview = Page(form.submit(desk.campaign, target=desk.general.public_id, amount="10", reason="Less is needed"))
    address = preview.submit(desk.campaign, step="confirm").location
    page = fetch_address(desk.approver, address)
    assert (page.h1, page.text("h1 + .kicker").split()[:2]) == ("$10.00 · EVENT-1 (en)", ["Reversal", "of"])
    decide(desk.approver, page, "approve")
    assert balance_of(session, desk.event.id, "USD") == usd(20_00)


@pytest.mark.parametrize(("language", "word"), [("en", "Spending"), ("ru", "Расходы"), ("ky", "Чыгым төлөмдөрү")])
def test_the_page_of_what_was_spent_is_called_so(desk: Desk, language: str, word: str) -> None:
    fetch(desk.finance, "admin.account").submit(desk.finance, "main form[action$=language]", language=language)
    page = fetch(desk.finance, "admin.disbursements")
    assert (page.h1, page.link(word)) == (word, "/staff/disbursements")


def test_a_payment_is_previewed_and_booked_once(desk: Desk, session: Session) -> None:
    decide(desk.approver, fetch_address(desk.approver, desk.propose(desk.general, desk.event, "30")), "approve")
    form = fetch(desk.finance, "admin.disbursement_form")
    paid = {"fund": desk.event.public_id, "amount": "12,50", "payee": "A hall", "evidence": "INV-7"}
    preview = Page(form.submit(desk.finance, **paid))
    assert "$17.50" in preview.text(".facts")
    for _ in range(2):
        assert notice(desk.finance, preview.submit(desk.finance, step="confirm")) == "The payment is recorded."
    assert session.execute(select(func.count(Disbursement.id))).scalar_one() == 1
    assert balance_of(session, desk.event.id, "USD") == usd(17_50)
    assert "INV-7" in fetch(desk.finance, "admin.disbursements").text("tbody")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "30.01"}, "amount"),
        ({"paid_on": "2027-01-01"}, "paid_on"),
        ({"paid_on": "yesterday"}, "paid_on"),
        ({"paid_on": "0001-01-01"}, "paid_on"),
        ({"form_id": "INV-7"}, "amount"),
        ({"payee": " "}, "payee"),
        ({"evidence": ""}, "evidence"),
        ({"fund": ""}, "fund"),
    ],
)
def test_a_payment_that_cannot_be_is_told_at_its_field(
    desk: Desk, session: Session, typed: dict[str, str], field: str
) -> None:
    decide(desk.approver, fetch_address(desk.approver, desk.propose(desk.general, desk.event, "30")), "approve")
    good = {"fund": desk.event.public_id, "amount": "10", "payee": "A hall", "evidence": "INV-7"}
    form = fetch(desk.finance, "admin.disbursement_form")
    answer = form.submit(desk.finance, **{**good, **typed}, step="confirm")
    assert answer.status_code == 422
    assert [link["href"] for link in Page(answer).soup.select(".error-summary a")] == [f"#{field}"]
    assert session.execute(select(func.count(Disbursement.id))).scalar_one() == 0


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("1,500", "“1,500” can mean two amounts. Choose the one you mean."),
        ("0", "Enter an amount of more than 0."),
        ("10 сом", "That amount is in a different currency. Enter only the number."),
    ],
)
def test_the_amount_of_a_payment_is_read_strictly(desk: Desk, amount: str, message: str) -> None:
    decide(desk.approver, fetch_address(desk.approver, desk.propose(desk.general, desk.event, "30")), "approve")
    good = {"fund": desk.event.public_id, "payee": "A hall", "evidence": "INV-7"}
    form = fetch(desk.finance, "admin.disbursement_form")
    answer = form.submit(desk.finance, **good, amount=amount, step="confirm")
    assert Page(answer).texts(".error-summary li") == [message]


def test_a_form_that_was_sent_with_something_else_says_so_and_can_be_sent_anew(desk: Desk, session: Session) -> None:
    form = desk.form(desk.general)
    asked = {"target": desk.event.public_id, "reason": "Plan", "step": "confirm"}
    form.submit(desk.campaign, **asked, amount="30")
    changed = form.submit(desk.campaign, **asked, amount="20")
    assert (changed.status_code, "was already submitted" in Page(changed).text(".error-summary")) == (422, True)
    Page(Page(changed).submit(desk.campaign, step="preview")).submit(desk.campaign, step="confirm")
    assert session.execute(select(Allocation.amount_minor).order_by(Allocation.id)).scalars().all() == [30_00, 20_00]


def test_no_link_names_a_form(desk: Desk) -> None:
    decide(desk.approver, fetch_address(desk.approver, desk.propose(desk.general, desk.event, "30")), "approve")
    for address in (f"/staff/allocations/new?source={desk.general.public_id}", "/staff/disbursements/new?"):
        page = fetch_address(desk.finance, f"{address}&form_id=23456789abcdefgh")
        assert page.one("main [name=form_id]")["value"] != "23456789abcdefgh"


def test_the_register_is_filtered_by_state_and_taken_away(desk: Desk) -> None:
    address = desk.propose(desk.general, desk.event, "30")
    assert (
        len(fetch_address(desk.campaign, "/staff/allocations?state=proposed").texts("#register ~ .table tbody tr")) == 1
    )
    assert fetch_address(desk.campaign, "/staff/allocations?state=approved").texts("#register ~ .table") == []
    text = desk.campaign.get("/staff/allocations/file.csv?state=proposed", buffered=True).data.decode("utf-8-sig")
    assert address.rpartition("/")[2] in text
    assert '"GEN","EVENT-1","USD",30.00,"Plan"' in text


def test_an_approver_cannot_propose_nor_a_proposer_approve(desk: Desk) -> None:
    address = desk.propose(desk.general, desk.event, "30")
    token = token_of(desk.campaign)
    assert desk.campaign.post(f"{address}/approve", data={"csrf_token": token}).status_code == 403
    assert desk.approver.get(f"/staff/allocations/new?source={desk.general.public_id}").status_code == 403


def test_the_campaigns_own_currency_comes_first(desk: Desk, session: Session) -> None:
    campaign = session.execute(select(Campaign)).scalar_one()
    session.expunge(campaign)
    session.rollback()
    a_paid_gift(campaign=campaign, gift=Money(10_00, "EUR"), fee_minor=0)
    assert desk.form(desk.general).texts("#currency option") == ["USD", "EUR"]
