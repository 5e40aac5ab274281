"""Staff pages of allocations and payments: two people, balances that are shown, refusals in plain words."""

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
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.support.builders import a_campaign, a_fund, a_paid_gift, a_restricted_child, general_fund_of, usd
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")  # services are tested on both


@dataclass
class Team:
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
def team(app: Flask, clock: SettableClock) -> Team:
    campaign = a_campaign()
    theme = a_fund(campaign=campaign, code="THEME-EVENTS")
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    a_restricted_child(theme=theme, target=event)
    a_paid_gift(campaign=campaign, gift=usd(100_00), fee_minor=0)
    a_paid_gift(campaign=campaign, fund=theme, gift=usd(50_00), fee_minor=0)
    return Team(
        campaign=sign_in_as(app, clock, role="campaign").client,
        finance=sign_in_as(app, clock, role="finance").client,
        approver=sign_in_as(app, clock, role="approver").client,
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


def test_the_pool_shows_the_balance_of_every_fund(team: Team) -> None:
    page = fetch(team.campaign, "admin.allocations")
    assert "GEN (en) GEN $100.00 Allocate GEN (en)" in page.texts("tbody tr")


def test_the_form_offers_only_where_the_money_may_go(team: Team) -> None:
    assert [text.split()[0] for text in team.form(team.theme).texts("#target option")] == ["Choose", "EVENT-1"]
    reached = [text.split()[0] for text in team.form(team.general).texts("#target option")]
    assert reached == ["Choose", "EVENT-1", "GRANT-1"]


def test_a_proposal_is_previewed_with_balances_before_and_after(team: Team, session: Session) -> None:
    form = team.form(team.theme)
    preview = Page(form.submit(team.campaign, target=team.event.public_id, amount="20", reason="Plan"))
    assert preview.texts("tbody td") == ["$50.00", "−$20.00", "$30.00", "$0.00", "+$20.00", "$20.00"]
    assert "EVENT-1@THEME-EVENTS" in preview.text("table")
    assert session.execute(select(func.count(Allocation.id))).scalar_one() == 0


def test_a_preview_above_the_balance_can_only_be_changed(team: Team) -> None:
    form = team.form(team.general)
    preview = Page(form.submit(team.campaign, target=team.event.public_id, amount="100.01", reason="Plan"))
    assert "The fund does not have enough for this." in preview.text("main")
    assert preview.texts("main form button") == ["Change"]


def test_change_leads_back_to_the_form_with_everything_typed(team: Team) -> None:
    form = team.form(team.general)
    preview = Page(form.submit(team.campaign, target=team.event.public_id, amount="20", reason="Plan"))
    again = Page(preview.submit(team.campaign, step="change"))
    assert (again.one("#amount")["value"], again.text("#reason")) == ("20", "Plan")
    assert again.one("#target option[selected]")["value"] == team.event.public_id


def test_one_proposes_another_approves_and_the_money_moves_once(team: Team, session: Session) -> None:
    address = team.propose(team.general, team.event, "30")
    assert "Another person now decides." in fetch_address(team.campaign, address).text(".notice")
    page = fetch_address(team.approver, address)
    assert page.texts("tbody td") == ["$100.00", "−$30.00", "$70.00", "$0.00", "+$30.00", "$30.00"]
    assert decide(team.approver, page, "approve") == "Approved. The money has moved."
    assert decide(team.approver, page, "approve") == "Someone has already decided on this."
    assert balance_of(session, team.event.id, "USD") == usd(30_00)


def test_an_allocations_heading_is_its_amount_and_its_target(team: Team) -> None:
    address = team.propose(team.general, team.event, "30")
    page, number = fetch_address(team.approver, address), f"Allocation {address.rpartition('/')[2]}"
    assert (page.h1, page.text("h1 + .kicker")) == ("$30.00 · EVENT-1 (en)", number)
    assert page.text("title") == f"$30.00 · EVENT-1 (en) · {number} – Staff desk"


def test_the_proposer_finds_no_approve_button_and_may_withdraw(team: Team, session: Session) -> None:
    address = team.propose(team.general, team.event, "30")
    page = fetch_address(team.campaign, address)
    assert page.soup.select("form[action$=approve]") == []
    assert decide(team.campaign, page, "withdraw") == "Withdrawn. Nothing has moved."
    assert session.execute(select(Allocation.state)).scalar_one() == "withdrawn"


def test_an_approval_of_changed_balances_must_be_confirmed_again(team: Team, session: Session) -> None:
    first = fetch_address(team.approver, team.propose(team.general, team.event, "30"))
    second = fetch_address(team.approver, team.propose(team.general, team.grant, "40"))
    decide(team.approver, first, "approve")
    assert decide(team.approver, second, "approve").startswith("The balances have changed since you opened this page.")
    assert balance_of(session, team.grant.id, "USD") == usd(0)


def test_an_approval_above_the_balance_of_the_fund_is_refused(team: Team, session: Session) -> None:
    first = fetch_address(team.approver, team.propose(team.general, team.event, "70"))
    late = team.propose(team.general, team.grant, "60")
    decide(team.approver, first, "approve")
    page = fetch_address(team.approver, late)
    assert "does not have enough for this." in page.text(".notice.bad")
    assert decide(team.approver, page, "approve").startswith("The fund does not have enough")
    assert balance_of(session, team.general.id, "USD") == usd(30_00)


def test_a_rejection_needs_a_reason_and_keeps_it(team: Team) -> None:
    address = team.propose(team.general, team.event, "30")
    page = fetch_address(team.approver, address)
    refused = page.submit(team.approver, "main form[action$=reject]", note=" ")
    assert (refused.status_code, Page(refused).texts(".error-summary li")) == (422, ["Say why."])
    assert decide(team.approver, page, "reject", note="The event is off") == "Rejected. Nothing has moved."
    assert "The event is off" in fetch_address(team.campaign, address).texts(".timeline li")[-1]


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
def test_an_invalid_proposal_is_refused_and_its_entries_stay(
    team: Team, session: Session, typed: dict[str, str], field: str
) -> None:
    good = {"target": team.event.public_id, "amount": "20", "reason": "Plan"}
    answer = team.form(team.general).submit(team.campaign, **{**good, **typed}, step="confirm")
    page = Page(answer)
    assert answer.status_code == 422
    assert [link["href"] for link in page.soup.select(".error-summary a")] == [f"#{field}"]
    assert session.execute(select(func.count(Allocation.id))).scalar_one() == 0


def test_a_fund_below_zero_is_covered_by_two_people(team: Team, session: Session) -> None:
    campaign = session.get_one(Campaign, team.general.campaign_id)
    lacking = a_fund(campaign=campaign, code="THEME-SPACE", kind="theme")
    a_paid_gift(campaign=campaign, fund=lacking, gift=usd(5_00), fee_minor=7_00)
    pool = fetch_address(team.campaign, "/staff/allocations")
    form = fetch_address(team.campaign, str(pool.one("a[href*=cover]")["href"]))
    assert (form.one("#amount")["value"], "THEME-EVENTS" in form.text("main")) == ("2", False)
    good = {"source": team.general.public_id, "reason": "A dispute"}
    refused = Page(form.submit(team.campaign, **good, amount="2.01", step="confirm"))
    assert refused.text(".error-summary li") == "That is more than the fund lacks. Enter a smaller amount."
    preview = Page(form.submit(team.campaign, **good))
    proposed = fetch_address(team.approver, preview.submit(team.campaign, step="confirm").location)
    assert "Cover of a deficit" in proposed.text("main")
    assert decide(team.approver, proposed, "approve") == "Approved. The money has moved."
    assert balance_of(session, lacking.id, "USD") == usd(0)
    fetch_address(team.campaign, f"/staff/allocations/cover?target={lacking.public_id}", status=404)


@pytest.mark.database("sqlite")
def test_an_ambiguous_amount_is_refused_with_both_readings(team: Team, session: Session) -> None:
    """`1.000` was booked as 1,000; `0` was called too much."""
    typed = {"target": team.event.public_id, "amount": "1.000", "reason": "Plan"}
    refused = Page(team.form(team.general).submit(team.campaign, **typed, step="confirm"))
    assert refused.texts(".error-summary li") == ["“1.000” can mean two amounts. Choose the one you mean."]
    assert refused.texts("label:has([name=amount_meant])") == ["$1,000", "$1"]
    preview = Page(refused.submit(team.campaign, amount_meant="1", step="preview"))
    preview.submit(team.campaign, "main form", step="confirm")
    assert session.execute(select(Allocation.amount_minor)).scalar_one() == 1_00
    zero = Page(team.form(team.general).submit(team.campaign, **{**typed, "amount": "0"}, step="confirm"))
    assert zero.texts(".error-summary li") == ["Enter an amount of more than 0."]


def test_money_against_its_purpose_is_refused_in_plain_words(team: Team) -> None:
    bent = team.form(team.theme).submit(
        team.campaign, target=team.grant.public_id, amount="20", reason="Plan", step="confirm"
    )
    assert "The donors gave this money for something else" in Page(bent).text(".error-summary")


def test_unspent_money_is_returned_by_two_people_too(team: Team, session: Session) -> None:
    decide(team.approver, fetch_address(team.approver, team.propose(team.general, team.event, "30")), "approve")
    form = fetch_address(team.campaign, f"/staff/allocations/back?source={team.event.public_id}")
    preview = Page(form.submit(team.campaign, target=team.general.public_id, amount="10", reason="Less is needed"))
    address = preview.submit(team.campaign, step="confirm").location
    page = fetch_address(team.approver, address)
    assert (page.h1, page.text("h1 + .kicker").split()[:2]) == ("$10.00 · EVENT-1 (en)", ["Reversal", "of"])
    decide(team.approver, page, "approve")
    assert balance_of(session, team.event.id, "USD") == usd(20_00)


@pytest.mark.parametrize(("language", "word"), [("en", "Spending"), ("ru", "Расходы"), ("ky", "Чыгым төлөмдөрү")])
def test_the_page_of_payments_has_its_name_in_each_language(team: Team, language: str, word: str) -> None:
    fetch(team.finance, "admin.account").submit(team.finance, "main form[action$=language]", language=language)
    page = fetch(team.finance, "admin.disbursements")
    assert (page.h1, page.link(word)) == (word, "/staff/disbursements")


def test_a_payment_is_previewed_and_booked_once(team: Team, session: Session) -> None:
    decide(team.approver, fetch_address(team.approver, team.propose(team.general, team.event, "30")), "approve")
    form = fetch(team.finance, "admin.disbursement_form")
    paid = {"fund": team.event.public_id, "amount": "12,50", "payee": "A hall", "evidence": "INV-7"}
    preview = Page(form.submit(team.finance, **paid))
    assert "$17.50" in preview.text(".facts")
    for _ in range(2):
        assert notice(team.finance, preview.submit(team.finance, step="confirm")) == "The payment is recorded."
    assert session.execute(select(func.count(Disbursement.id))).scalar_one() == 1
    assert balance_of(session, team.event.id, "USD") == usd(17_50)
    assert "INV-7" in fetch(team.finance, "admin.disbursements").text("tbody")


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
def test_an_invalid_payment_is_refused_at_its_field(
    team: Team, session: Session, typed: dict[str, str], field: str
) -> None:
    decide(team.approver, fetch_address(team.approver, team.propose(team.general, team.event, "30")), "approve")
    good = {"fund": team.event.public_id, "amount": "10", "payee": "A hall", "evidence": "INV-7"}
    form = fetch(team.finance, "admin.disbursement_form")
    answer = form.submit(team.finance, **{**good, **typed}, step="confirm")
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
def test_the_amount_of_a_payment_is_read_strictly(team: Team, amount: str, message: str) -> None:
    decide(team.approver, fetch_address(team.approver, team.propose(team.general, team.event, "30")), "approve")
    good = {"fund": team.event.public_id, "payee": "A hall", "evidence": "INV-7"}
    form = fetch(team.finance, "admin.disbursement_form")
    answer = form.submit(team.finance, **good, amount=amount, step="confirm")
    assert Page(answer).texts(".error-summary li") == [message]


def test_a_reused_form_with_other_entries_is_refused_and_can_be_sent_again(team: Team, session: Session) -> None:
    form = team.form(team.general)
    typed = {"target": team.event.public_id, "reason": "Plan", "step": "confirm"}
    form.submit(team.campaign, **typed, amount="30")
    changed = form.submit(team.campaign, **typed, amount="20")
    assert (changed.status_code, "was already submitted" in Page(changed).text(".error-summary")) == (422, True)
    Page(Page(changed).submit(team.campaign, step="preview")).submit(team.campaign, step="confirm")
    assert session.execute(select(Allocation.amount_minor).order_by(Allocation.id)).scalars().all() == [30_00, 20_00]


def test_no_link_names_a_form(team: Team) -> None:
    decide(team.approver, fetch_address(team.approver, team.propose(team.general, team.event, "30")), "approve")
    for address in (f"/staff/allocations/new?source={team.general.public_id}", "/staff/disbursements/new?"):
        page = fetch_address(team.finance, f"{address}&form_id=23456789abcdefgh")
        assert page.one("main [name=form_id]")["value"] != "23456789abcdefgh"


def test_the_list_is_filtered_by_state_and_downloaded(team: Team) -> None:
    address = team.propose(team.general, team.event, "30")
    assert (
        len(fetch_address(team.campaign, "/staff/allocations?state=proposed").texts("#register ~ .table tbody tr")) == 1
    )
    assert fetch_address(team.campaign, "/staff/allocations?state=approved").texts("#register ~ .table") == []
    text = team.campaign.get("/staff/allocations/file.csv?state=proposed", buffered=True).data.decode("utf-8-sig")
    assert address.rpartition("/")[2] in text
    assert '"GEN","EVENT-1","USD",30.00,"Plan"' in text


def test_an_approver_cannot_propose_nor_a_proposer_approve(team: Team) -> None:
    address = team.propose(team.general, team.event, "30")
    token = token_of(team.campaign)
    assert team.campaign.post(f"{address}/approve", data={"csrf_token": token}).status_code == 403
    assert team.approver.get(f"/staff/allocations/new?source={team.general.public_id}").status_code == 403


def test_the_campaigns_own_currency_comes_first(team: Team, session: Session) -> None:
    campaign = session.execute(select(Campaign)).scalar_one()
    session.expunge(campaign)
    session.rollback()
    a_paid_gift(campaign=campaign, gift=Money(10_00, "EUR"), fee_minor=0)
    assert team.form(team.general).texts("#currency option") == ["USD", "EUR"]
