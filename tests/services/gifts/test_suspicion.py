"""A gift under suspicion of fraud: booked, but in no public figure and without a receipt until a person decides."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from campaign.domain.errors import NotFound
from campaign.domain.fraud_hold import FraudSign, HoldDecided
from campaign.domain.journal import Account
from campaign.domain.payment import FraudWarningFacts
from campaign.models.staff import AuditEvent, Staff
from campaign.services.campaigns.cards import campaign_with_id
from campaign.services.campaigns.page import public_campaign
from campaign.services.dashboard.page import dashboard
from campaign.services.gifts.progress import step_of
from campaign.services.gifts.refunds import request_refund
from campaign.services.gifts.suspicion import approve_gift
from campaign.services.overview.page import overview
from tests.services.engine import Engine
from tests.services.gifts.dispute_steps import lose, mails, open_one, order, receipts, total, win
from tests.support.builders import NOW, a_member_of_staff


def risky_gift(engine: Engine, *signs: FraudSign) -> tuple[str, str]:
    """A paid gift whose payment came with signs of fraud: its public id and its page."""
    public_id = engine.open(replace(engine.request(minor=25_00), public_name="Aida", is_anonymous=False))
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout)
    engine.payments.settle(checkout, fee_minor=1_03)
    tell_signs(engine, checkout, *(signs or (FraudSign.RISK,)))
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    return public_id, checkout


def tell_signs(engine: Engine, checkout: str, *signs: FraudSign, is_approved: bool = False) -> None:
    facts = tuple(
        FraudWarningFacts(
            provider_id=f"{sign}_1",
            fraud_type="misc",
            is_actionable=not is_approved,
            made_at=engine.clock.now(),
            sign=sign,
            is_approved=is_approved,
        )
        for sign in signs
    )
    engine.payments._tell(checkout, warnings=facts)


def approve(engine: Engine, public_id: str, campaign_id: int | None = None) -> None:
    actor_id = engine.session.execute(select(func.max(Staff.id))).scalar() or a_member_of_staff(role="finance").id
    approve_gift(
        campaign_id or engine.donation(public_id).campaign_id,
        public_id,
        actor_id=actor_id,
        context=engine.context,
    )


def public_figures(campaign_id: int) -> tuple[int, int, int, int, int]:
    public = public_campaign(campaign_with_id(campaign_id), at=NOW)
    main = public.money.main
    return main.raised_minor, main.fees_minor, main.left_minor, public.progress.gifts, len(public.wall.shown)


def test_a_held_gift_is_booked_and_shown_nowhere_until_it_is_approved(engine: Engine) -> None:
    engine.give(minor=10_00, fee_minor=0)
    engine.clock.advance(seconds=1)
    public_id, _ = risky_gift(engine)
    campaign_id = engine.donation(public_id).campaign_id
    assert total(engine, Account.CONTRIBUTIONS) == -35_00
    assert public_figures(campaign_id) == (10_00, 0, 10_00, 1, 0)
    assert receipts(engine) == [("issued", 10_00, None)]
    assert mails(engine) == ["receipt"]
    assert step_of(public_id) is None
    it = dashboard(campaign_with_id(campaign_id), at=NOW, period_days=7, sees_donors=True)
    assert (it.pace.reached, sum(minor for _day, minor in it.days)) == (10_00, 10_00)
    counts = {item.kind: item.count for item in overview(campaign_id, "USD", at=NOW).concerns}
    assert counts["suspected"] == 1

    approve(engine, public_id)
    engine.work()
    assert public_figures(campaign_id) == (35_00, 1_03, 33_97, 2, 1)
    assert receipts(engine) == [("issued", 10_00, None), ("issued", 25_00, None)]
    assert mails(engine) == ["receipt", "receipt"]
    step = step_of(public_id)
    assert step is not None
    assert step.after.minor == 35_00


def test_a_decision_is_audited_and_made_once(engine: Engine) -> None:
    public_id, _ = risky_gift(engine)
    approve(engine, public_id)
    with pytest.raises(HoldDecided):
        approve(engine, public_id)
    acts = engine.session.execute(select(AuditEvent.action).where(AuditEvent.subject == f"donation:{public_id}"))
    assert list(acts.scalars()) == ["donation:suspicion_approved"]
    assert receipts(engine) == [("issued", 25_00, None)]


@pytest.mark.database("sqlite")
def test_the_staff_of_another_campaign_decide_nothing(engine: Engine) -> None:
    public_id, _ = risky_gift(engine)
    with pytest.raises(NotFound):
        approve(engine, public_id, campaign_id=engine.donation(public_id).campaign_id + 1)


def test_a_refund_ends_the_hold_without_a_receipt_and_the_fee_is_public(engine: Engine) -> None:
    public_id, _ = risky_gift(engine)
    request_id = request_refund(order(public_id, 25_00), clock=engine.clock)
    with pytest.raises(HoldDecided):  # money is going back
        approve(engine, public_id)
    engine.work()
    assert public_figures(engine.donation(public_id).campaign_id) == (0, 0, 0, 0, 0), "it does not show up meanwhile"
    engine.payments.settle_refund(request_id)
    engine.tell("refund.updated", f"re_{request_id}")
    engine.work()
    assert engine.donation(public_id).fraud_hold == "ended"
    assert receipts(engine) == []
    assert public_figures(engine.donation(public_id).campaign_id) == (0, 1_03, -1_03, 0, 0)


def test_a_warning_after_the_receipt_takes_the_gift_out_of_public_figures(engine: Engine) -> None:
    public_id = engine.give(minor=25_00, fee_minor=0)
    checkout = engine.checkout_of(public_id)
    campaign_id = engine.donation(public_id).campaign_id
    engine.tell("radar.early_fraud_warning.created", engine.payments.warn(checkout))
    engine.work()
    assert public_figures(campaign_id) == (0, 0, 0, 0, 0)
    assert receipts(engine) == [("issued", 25_00, None)]
    approve(engine, public_id)
    engine.tell("radar.early_fraud_warning.created", engine.payments.warn(checkout))  # late, and nothing new
    engine.work()
    assert engine.donation(public_id).fraud_hold == "approved"
    assert public_figures(campaign_id) == (25_00, 0, 25_00, 1, 0)
    assert receipts(engine) == [("issued", 25_00, None)]


def test_the_bank_decides_about_a_disputed_gift(engine: Engine) -> None:
    public_id, checkout = risky_gift(engine)
    dispute_id = open_one(engine, checkout)
    assert engine.donation(public_id).fraud_hold == "disputed"
    assert receipts(engine) == []
    with pytest.raises(HoldDecided):
        approve(engine, public_id)
    win(engine, dispute_id)
    assert engine.donation(public_id).fraud_hold == "approved"
    assert receipts(engine) == [("issued", 25_00, None)]


def test_a_lost_dispute_ends_the_hold(engine: Engine) -> None:
    public_id, checkout = risky_gift(engine)
    lose(engine, open_one(engine, checkout))
    assert (engine.donation(public_id).fraud_hold, receipts(engine)) == ("ended", [])


def test_a_review_that_is_approved_at_the_provider_is_a_persons_decision(engine: Engine) -> None:
    public_id, checkout = risky_gift(engine, FraudSign.REVIEW)
    assert receipts(engine) == []
    tell_signs(engine, checkout, FraudSign.REVIEW, is_approved=True)
    engine.tell("review.closed", "review_1")
    engine.work()
    assert engine.donation(public_id).fraud_hold == "approved"
    assert receipts(engine) == [("issued", 25_00, None)]
