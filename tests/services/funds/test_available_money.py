"""What an open dispute holds cannot be moved or paid out, and a fund below zero can be covered; by service and database."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain import postings
from campaign.domain.allocation import BalancesChanged, MoneyMayNotGoThere, MoreThanIsMissing, NotEnoughFunds
from campaign.domain.journal import Account, Entry, EntryKind, Line
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction
from campaign.models.donation import Dispute, Donation
from campaign.models.fund import Fund
from campaign.services.campaigns.revision import count_public_change
from campaign.services.campaigns.transparency import transparency_of
from campaign.services.funds import balances
from campaign.services.funds.allocations import Move
from campaign.services.funds.disbursements import NewDisbursement, record_disbursement
from campaign.services.funds.previews import preview_of_payment
from campaign.services.ledger import posting
from tests.services.funds.scenario import Funds
from tests.support.builders import NOW, a_fund, a_paid_gift, add_history, usd
from tests.support.pages import fetch


def dispute(gift: Donation, minor: int) -> BalanceTransaction:
    """The donor's bank takes this much of the gift, in dollars."""
    withdrawn = BalanceTransaction(f"txn_dispute_{gift.id}", usd(minor), usd(0))
    row = {"donation_id": gift.id, "provider_id": f"dp_{gift.id}", "currency": "USD", "amount_minor": minor}
    row |= {"reason": "fraudulent", "state": "open", "status": "needs_response", "opened_at": NOW}
    with transaction() as session:
        session.execute(insert(Dispute), row | {"withdrawal_id": withdrawn.transaction_id})
        add_history(session, gift.id, "dispute_open")
    post(
        gift,
        postings.dispute_opened(subject=subject_of(gift), withdrawn=withdrawn, fund_id=gift.fund_id, on=NOW.date()),
    )
    return withdrawn


def win(gift: Donation, withdrawn: BalanceTransaction) -> None:
    returned = BalanceTransaction(f"txn_back_{gift.id}", withdrawn.gross, usd(0))
    with transaction() as session:
        session.execute(update(Dispute).values(state="won", reinstatement_id=returned.transaction_id))
        add_history(session, gift.id, "dispute_won")
    post(
        gift,
        postings.dispute_won(
            subject=subject_of(gift), withdrawn=withdrawn, returned=returned, fund_id=gift.fund_id, on=NOW.date()
        ),
    )


def subject_of(gift: Donation) -> str:
    return f"donation:{gift.public_id}"


def post(about: Donation | Fund, entry: Entry) -> None:
    with transaction() as session:
        posting.post(session, entry, campaign_id=about.campaign_id, at=NOW)


def moved(kind: EntryKind, source: Fund, target: Fund, minor: int) -> Entry:
    """A move past the services, which the database alone can refuse."""
    return postings.transferred(
        kind=kind, public_id="attack", amount=usd(minor), source_fund=source.id, target_fund=target.id, on=NOW.date()
    )


class TestDisputedMoney:
    """A hundred dollars for anything, of which a dispute holds forty."""

    @pytest.fixture
    def gift(self, funds: Funds, session: Session) -> Donation:
        return session.execute(select(Donation).where(Donation.fund_id == funds.general.id)).scalar_one()

    def test_staff_pages_and_public_page_show_it_apart_from_what_is_available(self, gift: Donation) -> None:
        dispute(gift, 40_00)
        row = next(row for row in balances.funds(gift.campaign_id) if row.id == gift.fund_id)
        assert (row.balances, row.disputed) == ((usd(100_00),), (usd(40_00),))
        money = transparency_of(gift.campaign_id, "USD")
        figures = money.purposes[0].in_currency("USD")
        assert (figures.left_minor, figures.disputed_minor, figures.available_minor) == (100_00, 40_00, 60_00)
        assert (money.main.disputed_minor, money.purposes[0].is_below_zero) == (40_00, False)

    def test_it_is_not_available_for_allocation(self, funds: Funds, gift: Donation) -> None:
        withdrawn = dispute(gift, 40_00)
        preview = funds.preview(funds.move(usd(60_01)))
        assert (preview.transfer.source_before, preview.transfer.source.disputed, preview.transfer.is_too_much) == (
            usd(100_00),
            usd(40_00),
            True,
        )
        with pytest.raises(NotEnoughFunds):
            funds.propose(funds.move(usd(60_01)))
        with pytest.raises(NotEnoughFunds):
            post(funds.general, moved(EntryKind.ALLOCATION, funds.general, funds.event, 60_01))
        funds.approve(funds.propose(funds.move(usd(60_00))))
        win(gift, withdrawn)
        funds.approve(funds.propose(funds.move(usd(40_00))))

    def test_it_stops_what_was_proposed_before(self, funds: Funds, gift: Donation) -> None:
        figures = funds.preview(funds.move(usd(70_00))).transfer.figures
        proposed = funds.propose(funds.move(usd(70_00)))
        dispute(gift, 40_00)
        with pytest.raises(BalancesChanged):
            funds.approve(proposed, figures=figures)
        with pytest.raises(NotEnoughFunds):
            funds.approve(proposed)

    def test_it_is_not_available_for_a_payment(self, funds: Funds) -> None:
        gift = a_gift_to(funds, funds.event, usd(30_00))
        dispute(gift, 10_00)
        too_much = payment(funds, usd(20_01))
        assert preview_of_payment(too_much, clock=funds.clock).is_too_much
        with pytest.raises(NotEnoughFunds):
            record_disbursement(too_much, public_id="paid", actor_id=funds.proposer, clock=funds.clock)
        spend = postings.disbursed(
            public_id="attack", cost=Account.PROGRAMME, amount=usd(20_01), fund_id=funds.event.id, on=NOW.date()
        )
        with pytest.raises(NotEnoughFunds):
            post(funds.event, spend)
        record_disbursement(payment(funds, usd(20_00)), public_id="paid", actor_id=funds.proposer, clock=funds.clock)


class TestCover:
    """A fund lacks two dollars: its gift cost more in fees than it brought."""

    @pytest.fixture
    def lacking(self, funds: Funds) -> Fund:
        fund = a_fund(campaign=funds.campaign, code="THEME-GRANTS")
        a_gift_to(funds, fund, usd(5_00), fee_minor=7_00)
        return fund

    def cover(self, funds: Funds, target: Fund, minor: int, *, source: Fund | None = None) -> Move:
        return Move(
            campaign_id=funds.campaign_id,
            kind=EntryKind.COVER,
            source=(source or funds.general).public_id,
            target=target.public_id,
            amount=usd(minor),
        )

    def test_the_general_fund_covers_it_by_two_people(self, funds: Funds, lacking: Fund) -> None:
        assert funds.holds(lacking) == usd(-2_00)
        funds.approve(funds.propose(self.cover(funds, lacking, 2_00)))
        assert (funds.holds(lacking), funds.holds(funds.general)) == (usd(0), usd(98_00))

    def test_another_unrestricted_fund_may_cover_it_and_a_restricted_one_may_not(
        self, funds: Funds, lacking: Fund
    ) -> None:
        funds.approve(funds.propose(funds.move(usd(1_00))))
        funds.approve(funds.propose(self.cover(funds, lacking, 1_00, source=funds.event)))
        for source in (funds.theme, lacking):
            with pytest.raises(MoneyMayNotGoThere):
                funds.propose(self.cover(funds, lacking, 1_00, source=source))
        with pytest.raises(MoneyMayNotGoThere):
            post(funds.theme, moved(EntryKind.COVER, funds.theme, lacking, 1_00))

    def test_it_goes_no_further_than_zero(self, funds: Funds, lacking: Fund) -> None:
        with pytest.raises(MoreThanIsMissing):
            funds.propose(self.cover(funds, lacking, 2_01))
        with pytest.raises(MoreThanIsMissing):
            funds.propose(self.cover(funds, funds.event, 1))
        with pytest.raises(MoneyMayNotGoThere):
            post(funds.general, moved(EntryKind.COVER, funds.general, lacking, 2_01))
        proposed = funds.propose(self.cover(funds, lacking, 2_00))
        a_gift_to(funds, lacking, usd(1_00))
        with pytest.raises(MoreThanIsMissing):
            funds.approve(proposed)

    def test_it_takes_no_more_than_is_available(self, funds: Funds, lacking: Fund) -> None:
        funds.approve(funds.propose(funds.move(usd(99_00))))
        with pytest.raises(NotEnoughFunds):
            funds.propose(self.cover(funds, lacking, 1_01))


@pytest.mark.database("sqlite")
def test_the_public_page_explains_disputed_money_and_a_figure_below_zero(funds: Funds, client: FlaskClient) -> None:
    """In every language, and only where there is something to explain."""
    gift = a_gift_to(funds, funds.event, usd(40_00))
    theme = a_fund(campaign=funds.campaign, code="THEME-GRANTS")
    sentences = {
        "en": ("banks hold $40 because", "below zero"),
        "ru": ("удерживают 40 $", "ниже нуля"),
        "ky": ("боюнча 40 $ кармап", "Нөлдөн төмөн"),
    }

    def said(language: str) -> list[bool]:
        text = fetch(client, "public.transparency", lang=language).text("main").replace("\xa0", " ")
        return [sentence in text for sentence in sentences[language]]

    assert {language: said(language) for language in sentences} == {language: [False, False] for language in sentences}
    dispute(gift, 40_00)
    a_gift_to(funds, theme, usd(5_00), fee_minor=7_00)
    with transaction() as session:
        count_public_change(session, funds.campaign_id)
    assert {language: said(language) for language in sentences} == {language: [True, True] for language in sentences}


def test_the_database_lets_only_a_payment_spend(funds: Funds) -> None:
    lines = (Line(Account.PROGRAMME, usd(1), funds.event.id), Line(Account.BANK, usd(-1)))
    fee = Entry(
        source="fee:attack", kind=EntryKind.PROVIDER_FEE, effective_on=NOW.date(), lines=lines, subject="transaction:t"
    )
    with pytest.raises(IntegrityError, match="only a payment spends"):
        post(funds.event, fee)


def a_gift_to(funds: Funds, fund: Fund, gift: Money, *, fee_minor: int = 0) -> Donation:
    return a_paid_gift(campaign=funds.campaign, fund=fund, gift=gift, fee_minor=fee_minor)


def payment(funds: Funds, amount: Money) -> NewDisbursement:
    return NewDisbursement(
        campaign_id=funds.campaign_id,
        fund=funds.event.public_id,
        amount=amount,
        paid_on=NOW.date() - timedelta(days=1),
        payee="Printer",
        evidence="Act 7",
    )
