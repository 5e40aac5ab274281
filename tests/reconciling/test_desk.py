"""What finance sees of the provider's side, and what they can do: figures, cases, repairs, payouts, files."""

import csv
import io
from dataclasses import dataclass, replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from campaign.database import transaction
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.domain.payout_postings import fee_taken
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.payout import Payout
from campaign.models.staff import Staff
from campaign.services import audit
from campaign.services.exports import payouts
from campaign.services.ledger import posting
from campaign.services.mail import on_hold
from campaign.services.reconciliation import listing as reconciliation_desk
from campaign.services.reconciliation import reconciling
from campaign.services.reconciliation.listing import ListedMovement
from campaign.services.reconciliation.reconciling import Mails
from tests.blueprints.admin.client import browser_of, token_of
from tests.conftest import SeparateClient
from tests.reconciling.stage import A_DAY, ReconciliationScenario
from tests.sandbox.gifts import open_gift
from tests.support.builders import a_member_of_staff, general_fund_of
from tests.support.pages import Page


@pytest.fixture
def campaign(stage: ReconciliationScenario) -> Campaign:
    return stage.site.campaign()


@dataclass
class Finance:
    """A member of finance, who signs in again for each page, since weeks may have passed."""

    stage: ReconciliationScenario
    member: Staff

    def browser(self) -> FlaskClient:
        return browser_of(self.stage.site.app, self.stage.site.clock, self.member)

    def opens(self, address: str) -> Page:
        answer = self.browser().get(address)
        assert answer.status_code == 200, answer.status
        return Page(answer)

    def presses(self, address: str) -> TestResponse:
        browser = self.browser()
        return browser.post(address, data={"csrf_token": token_of(browser)})


@pytest.fixture
def finance(stage: ReconciliationScenario, campaign: Campaign) -> Finance:
    stage.site.app.test_client_class = SeparateClient  # its cookies are of the host that sessions are made for
    return Finance(stage, a_member_of_staff(role="finance"))


def a_foreign_charge(stage: ReconciliationScenario) -> None:
    page = open_gift(stage.site.sandbox.client(), 50_00, metadata={}, payment_intent_data={})
    stage.site.sandbox.pay(page["id"], method="pm_card_bypassPending")


def test_zero_is_a_good_state(stage: ReconciliationScenario, campaign: Campaign, finance: Finance) -> None:
    stage.gift(campaign=campaign)
    stage.pass_time(10)
    reconciling.repair(stage.context, mails=Mails.NONE)
    [figure] = reconciliation_desk.reconciliation_page().figures
    assert (figure.unexplained.minor, figure.provider, figure.cases) == (0, figure.books, 0)
    page = finance.opens("/staff/reconciliation")
    assert "Everything is explained" in page.text("main")


def test_the_figure_is_the_sum_of_its_cases(stage: ReconciliationScenario, campaign: Campaign) -> None:
    stage.gift(campaign=campaign)
    stage.gift(campaign=campaign, minor=30_00, method="pm_sepaDebit_successDelayed_at")
    a_foreign_charge(stage)
    stage.pass_time(10)
    reconciling.repair(stage.context, mails=Mails.NONE)
    desk = reconciliation_desk.reconciliation_page()
    [figure] = desk.figures
    by_problem = {case.problem: case.net for case in desk.cases}
    assert by_problem.keys() == {"foreign", "under_way"}
    assert (figure.unexplained, figure.under_way) == (by_problem["foreign"], by_problem["under_way"])
    assert figure.cases == 1
    stage.pass_time(3 * A_DAY)
    reconciling.repair(stage.context, mails=Mails.NONE)
    [figure] = reconciliation_desk.reconciliation_page().figures
    assert (figure.unexplained, figure.under_way.minor) == (by_problem["foreign"], 0)


def _gift_with_a_case(stage: ReconciliationScenario, campaign: Campaign) -> tuple[str, ListedMovement]:
    """Give, let the news of the payment be lost, and list what needs a person."""
    gift = stage.gift(campaign=campaign)
    stage.pass_time(10)
    stage.note_transactions()
    [case] = reconciliation_desk.reconciliation_page().cases
    return gift, case


def test_a_missed_gift_is_fetched_by_a_button(
    stage: ReconciliationScenario, campaign: Campaign, finance: Finance
) -> None:
    gift, case = _gift_with_a_case(stage, campaign)
    assert case.problem == "missed"
    assert "Fetch" in finance.opens("/staff/reconciliation").text("main")
    assert finance.presses(f"/staff/reconciliation/{case.transaction_id}/fetch").status_code == 303
    assert (stage.donation(gift).state, reconciliation_desk.reconciliation_page().cases) == ("paid", [])
    assert finance.presses(f"/staff/reconciliation/{case.transaction_id}/fetch").status_code == 303
    assert stage.entries("gift_settled") == 1


def test_somebody_elses_money_is_booked_as_not_identified_once(
    stage: ReconciliationScenario, campaign: Campaign, finance: Finance
) -> None:
    a_foreign_charge(stage)
    stage.gift(campaign=campaign)
    stage.pass_night()
    stage.pass_time(2 * A_DAY)
    reconciling.repair(stage.context, mails=Mails.NONE)
    [case] = reconciliation_desk.reconciliation_page().cases
    assert "not identified" in finance.opens(f"/staff/reconciliation/{case.transaction_id}").text("main")
    for _ in range(2):
        finance.presses(f"/staff/reconciliation/{case.transaction_id}/unidentified")
    assert stage.on(Account.UNIDENTIFIED) == {"USD": -case.net.minor}
    [payout] = stage.payouts()
    assert payout.reconciled_at is not None
    assert stage.on(Account.BANK) == {"USD": payout.amount_minor}
    [figure] = reconciliation_desk.reconciliation_page().figures
    assert (figure.unexplained.minor, figure.cases) == (0, 0)


def test_a_movement_of_another_amount_is_made_whole_and_given_back_when_it_is_corrected(
    stage: ReconciliationScenario, campaign: Campaign, finance: Finance
) -> None:
    gift, case = _gift_with_a_case(stage, campaign)
    book_wrongly(case.transaction_id, campaign, Money(-1_00, "USD"), name="wrong", clock=stage.site.clock)
    reconciling.repair(stage.context, mails=Mails.NONE)
    [case] = reconciliation_desk.reconciliation_page().cases
    assert (case.problem, case.missing) == ("differs", Money(1_00, "USD"))
    assert "a different amount" in finance.opens(f"/staff/reconciliation/{case.transaction_id}").text("main")
    for _ in range(2):
        finance.presses(f"/staff/reconciliation/{case.transaction_id}/unidentified")
    [figure] = reconciliation_desk.reconciliation_page().figures
    assert (figure.unexplained.minor, figure.cases, stage.on(Account.UNIDENTIFIED)) == (0, 0, {"USD": -1_00})
    book_wrongly(case.transaction_id, campaign, Money(1_00, "USD"), name="right", clock=stage.site.clock)
    assert reconciling.repair(stage.context, mails=Mails.NONE).is_clean
    [figure] = reconciliation_desk.reconciliation_page().figures
    assert (figure.unexplained.minor, stage.on(Account.UNIDENTIFIED)) == (0, {})
    stage.agrees_with_the_truth([gift])


def book_wrongly(transaction_id: str, campaign: Campaign, net: Money, *, name: str, clock: Clock) -> None:
    """What a person with the command line might do: an entry on a movement that is a gift's."""
    with transaction() as session:
        entry = fee_taken(
            transaction_id=transaction_id, net=net, fund_id=general_fund_of(campaign).id, on=clock.now().date()
        )
        entry = replace(entry, source=f"{entry.source}:{name}")
        posting.post(session, entry, campaign_id=campaign.id, at=clock.now())
        about = entry.subject
        audit.record(session, actor_id=None, action="reconciliation:fee", subject=about, at=clock.now(), detail={})


def test_a_fee_by_itself_is_booked_on_the_general_fund(
    stage: ReconciliationScenario, campaign: Campaign, finance: Finance
) -> None:
    gift = stage.gift(campaign=campaign)
    stage.pass_time(10)
    stage.site.sandbox.take_fee(300)
    stage.pass_night()
    stage.pass_time(2 * A_DAY)
    reconciling.repair(stage.context, mails=Mails.NONE)
    [case] = reconciliation_desk.reconciliation_page().cases
    assert (case.problem, case.net.minor) == ("fee", -300)
    for _ in range(2):
        assert finance.presses(f"/staff/reconciliation/{case.transaction_id}/fee").status_code == 303
    assert stage.on(Account.PROVIDER_FEES)["USD"] - 300 == stage.donation(gift).fee_minor
    [payout] = stage.payouts()
    assert payout.reconciled_at is not None
    assert stage.on(Account.BANK) == {"USD": payout.amount_minor}
    assert "Booked a movement as a fee" in finance.opens("/staff/audit").text("main")


def test_a_payout_is_shown_movement_by_movement(
    stage: ReconciliationScenario, campaign: Campaign, finance: Finance
) -> None:
    gift = stage.gift(campaign=campaign)
    stage.pass_night()
    stage.pass_time(2 * A_DAY)
    reconciling.repair(stage.context, mails=Mails.NONE)
    [payout] = stage.payouts()
    page = finance.opens(f"/staff/payouts/{payout.provider_id}")
    assert gift in page.text("table")
    rows = list(
        csv.reader(
            io.StringIO(finance.browser().get("/staff/payouts/register.csv", buffered=True).data.decode("utf-8-sig"))
        )
    )
    lines = [row for row in rows if row and row[0] == payout.provider_id]
    assert [row[6] for row in lines] == ["charge", "payout"]
    assert [row[-1] for row in rows if row and row[0] == "Total"] == ["0.00"]


def test_late_mails_leave_by_a_button(stage: ReconciliationScenario, campaign: Campaign, finance: Finance) -> None:
    stage.gift(campaign=campaign)
    stage.pass_time(10)
    reconciling.repair(stage.context, mails=Mails.NONE)
    assert (on_hold.count_on_hold(), stage.mails()) == (1, [("receipt", "held")])
    assert "1 email to a donor is held" in finance.opens("/staff/reconciliation").text("main")
    finance.presses("/staff/reconciliation/mails")
    assert (on_hold.count_on_hold(), stage.mails()) == (0, [("receipt", "queued")])


def test_the_overview_shows_what_is_unexplained(
    stage: ReconciliationScenario, campaign: Campaign, finance: Finance
) -> None:
    assert "not explained" not in finance.opens("/staff/").text("main")
    stage.gift(campaign=campaign)
    a_foreign_charge(stage)
    stage.site.sandbox.fail_next_payout()
    stage.pass_night()
    stage.pass_time(3 * A_DAY)
    reconciling.repair(stage.context, mails=Mails.NONE)
    overview = finance.opens("/staff/").text("main")
    assert "Money at the payment provider is not explained" in overview
    assert "A payout came back" in overview


def test_payouts_of_one_second_are_all_in_the_file(
    stage: ReconciliationScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider pays out every currency at once; a page of the list may end between two of them."""
    made_at = stage.site.clock.now()
    rows = [
        {
            "provider_id": f"po_{number}",
            "currency": currency,
            "amount_minor": 10_00,
            "state": "arrived",
            "is_automatic": True,
            "made_at": made_at,
            "arrives_on": made_at.date(),
            "is_complete": True,
        }
        for number, currency in enumerate(("USD", "EUR", "KGS"))
    ]
    with transaction() as session:
        session.execute(insert(Payout), rows)
    monkeypatch.setattr(payouts, "PAGE_ROWS", 2)
    assert [payout.payout_id for payout in payouts.payouts(None, None)] == ["po_2", "po_1", "po_0"]
