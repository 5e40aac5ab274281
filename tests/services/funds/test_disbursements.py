"""Disbursement: what was paid is booked once, from a fund that holds it, with evidence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.allocation import NotEnoughFunds
from campaign.domain.errors import FormReused, NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.journal import Account, EntryKind
from campaign.models.fund import Fund
from campaign.models.staff import AuditEvent
from campaign.services.funds.allocations import Move, approve, propose
from campaign.services.funds.disbursements import (
    EvidenceMissing,
    NewDisbursement,
    NothingPaid,
    PaidInTheFuture,
    PaidTooEarly,
    disbursements,
    record_disbursement,
)
from campaign.services.ledger.sums import account_totals, balance_of
from tests.support.builders import a_campaign, a_fund, a_member_of_staff, a_paid_gift, general_fund_of, usd
from tests.support.fakes import SettableClock


@pytest.fixture
def finance(app: Flask) -> int:
    return a_member_of_staff(role="finance").id


@pytest.fixture
def payment(app: Flask, clock: SettableClock) -> NewDisbursement:
    """Forty dollars of the fifty that an event holds."""
    return payment_from(a_fund_with_money(kind="event", clock=clock))


def a_fund_with_money(*, kind: str, clock: SettableClock) -> Fund:
    campaign = a_campaign()
    a_paid_gift(campaign=campaign, gift=usd(100_00), fee_minor=0)
    fund = a_fund(campaign=campaign, code=f"{kind.upper()}-1", kind=kind)
    move = Move(
        campaign_id=campaign.id,
        kind=EntryKind.ALLOCATION,
        source=general_fund_of(campaign).public_id,
        target=fund.public_id,
        amount=usd(50_00),
    )
    proposer, approver = a_member_of_staff(role="campaign"), a_member_of_staff(role="approver")
    public_id = propose(move, public_id=new_public_id(), reason="Planned", actor_id=proposer.id, clock=clock)
    approve(public_id, actor_id=approver.id, clock=clock)
    return fund


def payment_from(fund: Fund) -> NewDisbursement:
    return NewDisbursement(
        campaign_id=fund.campaign_id,
        fund=fund.public_id,
        amount=usd(40_00),
        paid_on=date(2026, 11, 30),
        payee="A hall in Osh",
        evidence="INV-7",
    )


def record(payment: NewDisbursement, *, actor_id: int, clock: SettableClock, public_id: str | None = None) -> str:
    return record_disbursement(payment, public_id=public_id or new_public_id(), actor_id=actor_id, clock=clock)


@pytest.mark.parametrize(("kind", "account"), [("event", Account.PROGRAMME), ("grant", Account.GRANTS)])
def test_a_payment_is_a_cost_of_its_fund(
    app: Flask, session: Session, finance: int, clock: SettableClock, kind: str, account: Account
) -> None:
    fund = a_fund_with_money(kind=kind, clock=clock)
    record(payment_from(fund), actor_id=finance, clock=clock)
    totals = account_totals(session)
    assert (totals[account, "USD"], totals[Account.BANK, "USD"]) == (40_00, -40_00)
    assert balance_of(session, fund.id, "USD") == usd(10_00)


def test_a_payment_is_listed_with_its_evidence_and_audited(
    payment: NewDisbursement, session: Session, finance: int, clock: SettableClock
) -> None:
    public_id = record(payment, actor_id=finance, clock=clock)
    (row,) = disbursements(payment.campaign_id)
    assert (row.public_id, row.payee, row.evidence, row.amount) == (public_id, "A hall in Osh", "INV-7", usd(40_00))
    assert "disbursement:record" in session.execute(select(AuditEvent.action)).scalars().all()


def test_a_form_sent_twice_is_one_payment(payment: NewDisbursement, finance: int, clock: SettableClock) -> None:
    public_id = new_public_id()
    for _ in range(2):
        record(payment, actor_id=finance, clock=clock, public_id=public_id)
    assert len(disbursements(payment.campaign_id)) == 1


def test_a_form_of_another_payment_is_not_taken_for_this_one(
    payment: NewDisbursement, finance: int, clock: SettableClock
) -> None:
    public_id = record(payment, actor_id=finance, clock=clock)
    for other in (replace(payment, amount=usd(1_00)), replace(payment, evidence="INV-8")):
        with pytest.raises(FormReused):
            record(other, actor_id=finance, clock=clock, public_id=public_id)
    assert [row.amount for row in disbursements(payment.campaign_id)] == [usd(40_00)]


def test_a_fund_does_not_pay_more_than_it_holds(payment: NewDisbursement, finance: int, clock: SettableClock) -> None:
    with pytest.raises(NotEnoughFunds):
        record(replace(payment, amount=usd(50_01)), actor_id=finance, clock=clock)
    assert disbursements(payment.campaign_id) == []


def test_a_fund_that_only_collects_pays_nobody(
    payment: NewDisbursement, session: Session, finance: int, clock: SettableClock
) -> None:
    general = session.execute(select(Fund.public_id).where(Fund.kind == "general")).scalar_one()
    with pytest.raises(NotFound):
        record(replace(payment, fund=general), actor_id=finance, clock=clock)


def test_what_is_not_whole_is_refused_by_name(payment: NewDisbursement, finance: int, clock: SettableClock) -> None:
    broken = (
        (replace(payment, paid_on=clock.now().date() + timedelta(days=1)), PaidInTheFuture),
        (replace(payment, paid_on=date.min), PaidTooEarly),
        (replace(payment, paid_on=date(2025, 9, 29)), PaidTooEarly),
        (replace(payment, payee=" "), EvidenceMissing),
        (replace(payment, evidence=""), EvidenceMissing),
        (replace(payment, amount=usd(0)), NothingPaid),
    )
    for wrong, rule in broken:
        with pytest.raises(rule):
            record(wrong, actor_id=finance, clock=clock)
