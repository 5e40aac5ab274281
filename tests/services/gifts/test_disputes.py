"""Disputes: money moves by balance transactions alone, in any order, and the donor’s documents say what is left."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.models.donation import Dispute, FraudWarning
from campaign.models.inbox import ProviderEvent
from campaign.models.journal import JournalEntry
from campaign.models.receipt import Receipt
from campaign.services.campaigns.supporters import gift_counts
from campaign.services.campaigns.transparency import transparency_of
from campaign.services.gifts.refunds import refundable, request_refund
from campaign.services.ledger import sums
from tests.services.engine import Engine
from tests.services.gifts.dispute_steps import (
    USD,
    deliver,
    gift,
    lose,
    mails,
    open_one,
    order,
    receipts,
    states,
    total,
    win,
)


def test_an_inquiry_moves_no_money_and_leaves_the_gift_refundable(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    dispute_id = engine.payments.dispute(checkout, status="warning_needs_response")
    deliver(engine, dispute_id, "created")

    assert states(engine) == ["inquiry"]
    assert total(engine, Account.PROVIDER) == 23_97
    assert refundable(engine.session, public_id) == Money(25_00, USD)

    engine.payments.call_dispute(dispute_id, "warning_closed")
    deliver(engine, dispute_id, "closed")
    assert states(engine) == ["closed"]


def test_an_open_dispute_holds_the_money_and_leaves_the_receipt(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    open_one(engine, checkout)

    assert total(engine, Account.DISPUTED) == 25_00
    assert total(engine, Account.DISPUTE_FEES) == 15_00
    assert total(engine, Account.PROVIDER) == 23_97 - 40_00
    assert receipts(engine) == [("issued", 25_00, None)]
    assert engine.donation(public_id).charged_back_minor == 0


def test_a_withdrawal_is_booked_once_whichever_event_reports_it(engine: Engine) -> None:
    _, checkout = gift(engine)
    dispute_id = open_one(engine, checkout)
    for act in ("funds_withdrawn", "created", "updated", "funds_withdrawn"):
        deliver(engine, dispute_id, act)

    assert total(engine, Account.DISPUTED) == 25_00
    assert total(engine, Account.PROVIDER) == 23_97 - 40_00


def test_an_event_whose_name_speaks_of_money_moves_none(engine: Engine) -> None:
    _, checkout = gift(engine)
    dispute_id = engine.payments.dispute(checkout)
    for act in ("funds_withdrawn", "funds_reinstated", "closed"):
        deliver(engine, dispute_id, act)

    assert total(engine, Account.PROVIDER) == 23_97
    assert total(engine, Account.DISPUTED) == 0


def test_a_won_dispute_brings_the_money_back_and_keeps_the_fee(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    win(engine, open_one(engine, checkout))

    assert states(engine) == ["won"]
    assert total(engine, Account.DISPUTED) == 0
    assert total(engine, Account.PROVIDER) == 23_97 - 15_00
    assert receipts(engine) == [("issued", 25_00, None)]
    assert refundable(engine.session, public_id) == Money(25_00, USD)


def test_a_fee_that_comes_back_is_no_cost_any_more(engine: Engine) -> None:
    _, checkout = gift(engine)
    win(engine, open_one(engine, checkout), fee_minor=-15_00)

    assert total(engine, Account.DISPUTE_FEES) == 0
    assert total(engine, Account.PROVIDER) == 23_97


def test_a_lost_dispute_is_charged_back_and_voids_the_receipt(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    lose(engine, open_one(engine, checkout))

    assert states(engine) == ["lost"]
    assert engine.donation(public_id).charged_back_minor == 25_00
    assert total(engine, Account.CHARGEBACKS) == 25_00
    assert total(engine, Account.DISPUTED) == 0
    assert receipts(engine) == [("void", 25_00, "dispute")]
    assert mails(engine) == ["receipt", "receipt_void_dispute"]


def test_a_lost_dispute_is_booked_on_the_day_it_is_lost(engine: Engine) -> None:
    """The money left on 1 December and was lost on the 20th, reported on the 21st, and taken from us on neither again."""
    _, checkout = gift(engine)
    dispute_id = open_one(engine, checkout)
    engine.clock.advance(days=19)
    engine.payments.call_dispute(dispute_id, "lost")
    engine.tell("charge.dispute.closed", dispute_id)
    engine.clock.advance(days=1)
    engine.work()
    engine.clock.advance(days=30)
    deliver(engine, dispute_id)

    rows = engine.session.execute(select(JournalEntry.kind, JournalEntry.effective_on)).all()
    days = {kind: on for kind, on in rows if kind.startswith("dispute")}
    assert days == {"dispute_opened": date(2026, 12, 1), "dispute_lost": date(2026, 12, 20)}


def test_a_part_lost_leaves_a_receipt_for_the_rest_that_says_so(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    lose(engine, open_one(engine, checkout, minor=10_00))

    assert engine.donation(public_id).charged_back_minor == 10_00
    assert receipts(engine) == [("replaced", 25_00, "dispute"), ("issued", 15_00, None)]
    assert mails(engine) == ["receipt", "receipt"]
    note = engine.session.execute(select(Receipt.document).order_by(Receipt.id.desc())).scalars().first()
    assert note is not None
    assert "the bank returned" in note


def test_several_disputes_of_one_payment_are_each_counted_once(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    first, second = open_one(engine, checkout, minor=10_00), open_one(engine, checkout, minor=5_00)
    lose(engine, first)
    win(engine, second)

    assert sorted(states(engine)) == ["lost", "won"]
    assert engine.donation(public_id).charged_back_minor == 10_00
    assert total(engine, Account.DISPUTED) == 0
    assert total(engine, Account.CHARGEBACKS) == 10_00


def test_more_disputed_than_is_left_leaves_nothing_and_never_less(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    request_id = request_refund(order(public_id, 20_00), clock=engine.clock)
    engine.work()
    engine.payments.settle_refund(request_id)
    engine.tell("refund.updated", f"re_{request_id}")
    engine.work()
    lose(engine, open_one(engine, checkout))

    assert engine.donation(public_id).charged_back_minor == 25_00
    assert [state for state, _, _ in receipts(engine)] == ["replaced", "void"]


def test_a_dispute_lost_and_won_on_appeal_leaves_the_gift_whole(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    dispute_id = open_one(engine, checkout)
    lose(engine, dispute_id)
    engine.payments.call_dispute(dispute_id, "appeal_under_review")
    deliver(engine, dispute_id)
    assert states(engine) == ["lost"]  # until the money is back

    win(engine, dispute_id)

    assert states(engine) == ["won"]
    assert engine.donation(public_id).charged_back_minor == 0
    assert total(engine, Account.CHARGEBACKS) == 0
    assert total(engine, Account.DISPUTED) == 0
    assert total(engine, Account.PROVIDER) == 23_97 - 15_00
    assert [(state, minor) for state, minor, _ in receipts(engine)] == [("void", 25_00), ("issued", 25_00)]


def test_a_dispute_won_and_lost_in_the_second_round_is_lost(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    dispute_id = open_one(engine, checkout)
    win(engine, dispute_id)
    engine.payments.withdraw(dispute_id, fee_minor=0)
    engine.payments.call_dispute(dispute_id, "needs_response")
    deliver(engine, dispute_id)
    assert states(engine) == ["open"]

    lose(engine, dispute_id)

    assert engine.donation(public_id).charged_back_minor == 25_00
    assert total(engine, Account.DISPUTED) == 0
    assert total(engine, Account.PROVIDER) == 23_97 - 40_00


def test_a_state_that_is_not_known_is_stored_and_moves_nothing(engine: Engine) -> None:
    _, checkout = gift(engine)
    dispute_id = open_one(engine, checkout)
    engine.payments.call_dispute(dispute_id, "a_word_of_next_year")
    deliver(engine, dispute_id)

    row = engine.session.execute(select(Dispute)).scalar_one()
    assert (row.state, row.status) == ("open", "a_word_of_next_year")
    assert total(engine, Account.DISPUTED) == 25_00


def test_a_dispute_that_is_reported_before_the_payment_is_booked_with_it(engine: Engine) -> None:
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout)
    engine.payments.settle(checkout, fee_minor=1_03)
    dispute_id = open_one(engine, checkout)
    lose(engine, dispute_id)

    assert engine.donation(public_id).state == "paid"
    assert engine.donation(public_id).charged_back_minor == 25_00


def test_a_dispute_in_another_currency_than_the_gift_is_refused_by_name(engine: Engine) -> None:
    """Sums of what was charged back are in the gift's currency: another one is for a person to look at."""
    public_id, checkout = gift(engine)
    books = total(engine, Account.CONTRIBUTIONS), total(engine, Account.PROVIDER)
    dispute_id = engine.payments.dispute(checkout)
    facts = engine.payments.facts[checkout].disputes
    engine.payments._tell(checkout, disputes=tuple(replace(one, amount=Money(25_00, "EUR")) for one in facts))
    deliver(engine, dispute_id, "created")
    event = engine.session.execute(select(ProviderEvent).where(ProviderEvent.object_id == dispute_id)).scalar_one()
    assert (event.state, states(engine)) == ("failed", [])
    assert event.error == f"It does not fit the gift: {dispute_id} is in EUR, the gift in USD"
    assert (total(engine, Account.CONTRIBUTIONS), total(engine, Account.PROVIDER)) == books
    assert engine.donation(public_id).charged_back_minor == 0


def test_a_fraud_warning_is_shown_until_it_is_dealt_with(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    engine.tell("radar.early_fraud_warning.created", engine.payments.warn(checkout))
    engine.work()
    warning = engine.session.execute(select(FraudWarning)).scalar_one()
    assert (warning.is_actionable, warning.fraud_type) == (True, "unauthorized_use_of_card")

    request_id = request_refund(order(public_id, 25_00), clock=engine.clock)
    engine.payments.warn(checkout, is_actionable=False)
    engine.work()
    engine.session.expire_all()
    assert engine.session.execute(select(FraudWarning.is_actionable)).scalar_one() is False
    assert request_id


def test_what_was_charged_back_is_in_no_public_sum(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    lose(engine, open_one(engine, checkout, minor=10_00))
    campaign_id = engine.donation(public_id).campaign_id

    flows = sums.fund_flows(engine.session, campaign_id=campaign_id)
    assert [flow.charged_back_minor for flow in flows] == [10_00]
    assert [figures.given_minor for figures in transparency_of(campaign_id, USD).totals] == [15_00]


def test_a_gift_that_the_bank_took_back_is_on_no_wall(engine: Engine) -> None:
    public_id, checkout = gift(engine)
    campaign_id = engine.donation(public_id).campaign_id
    with reading() as session:
        assert gift_counts(session, campaign_id).gifts == 1

    lose(engine, open_one(engine, checkout))

    with reading() as session:
        assert gift_counts(session, campaign_id).gifts == 0
