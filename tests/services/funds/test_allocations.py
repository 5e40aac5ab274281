"""Allocations: proposed and approved by two people, with balances shown, and refused by the database where the rules forbid."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.allocation import (
    AllocationReasonMissing,
    AlreadyDecided,
    BalancesChanged,
    MoneyMayNotGoThere,
    NotEnoughFunds,
    NothingToMove,
    NotProposer,
    SelfApproval,
)
from campaign.domain.errors import DomainError, FormReused, NotFound
from campaign.domain.identity import new_public_id
from campaign.extensions import db
from campaign.models.allocation import Allocation
from campaign.models.campaign import CampaignRevision
from campaign.models.staff import AuditEvent
from campaign.services import audit
from campaign.services.funds.allocations import approve, propose, reject, withdraw
from tests.services.funds.scenario import Funds
from tests.support.builders import (
    NOW,
    a_campaign,
    a_fund,
    usd,
)


def state_of(session: Session, public_id: str) -> str:
    return session.execute(select(Allocation.state).where(Allocation.public_id == public_id)).scalar_one()


def test_a_preview_shows_balances_before_and_after(funds: Funds) -> None:
    preview = funds.preview(funds.move(usd(30_00)))
    assert (preview.transfer.source_before, preview.transfer.source_after) == (usd(100_00), usd(70_00))
    assert (preview.transfer.target_before, preview.transfer.target_after) == (usd(0), usd(30_00))
    assert not preview.transfer.is_too_much


def test_a_proposal_moves_no_money(funds: Funds, session: Session) -> None:
    public_id = funds.propose(funds.move(usd(30_00)))
    assert state_of(session, public_id) == "proposed"
    assert funds.holds(funds.event) == usd(0)


def test_an_approved_proposal_moves_the_money_and_tells_the_public_page(funds: Funds, session: Session) -> None:
    public_id = funds.propose(funds.move(usd(30_00)))
    funds.approve(public_id)
    assert (funds.holds(funds.general), funds.holds(funds.event)) == (usd(70_00), usd(30_00))
    assert state_of(session, public_id) == "approved"
    assert session.execute(select(CampaignRevision.revision)).scalar_one() > 1


def test_a_themes_money_goes_to_the_child_fund_of_its_target(funds: Funds) -> None:
    move = funds.move(usd(20_00), source=funds.theme)
    assert funds.preview(move).target_code == "EVENT-1@THEME-EVENTS"
    funds.approve(funds.propose(move))
    assert (funds.holds(funds.theme), funds.holds(funds.child), funds.holds(funds.event)) == (
        usd(30_00),
        usd(20_00),
        usd(0),
    )


def test_a_theme_does_not_reach_a_target_outside_its_purpose(funds: Funds) -> None:
    with pytest.raises(MoneyMayNotGoThere):
        funds.propose(funds.move(usd(20_00), source=funds.theme, target=funds.grant))


def test_the_database_refuses_what_is_against_the_purpose(funds: Funds, session: Session) -> None:
    public_id = new_public_id()
    with transaction() as writing:  # a proposal that somebody has written past the service
        writing.add(
            Allocation(
                public_id=public_id,
                campaign_id=funds.campaign_id,
                kind="allocation",
                source_id=funds.theme.id,
                target_id=funds.grant.id,
                currency="USD",
                amount_minor=20_00,
                reason="",
                proposed_by=funds.proposer,
                proposed_at=NOW,
            )
        )
        subject = f"allocation:{public_id}"
        audit.record(writing, actor_id=funds.proposer, action="allocation:propose", subject=subject, at=NOW, detail={})
    with pytest.raises(MoneyMayNotGoThere):
        funds.approve(public_id)
    assert state_of(session, public_id) == "proposed"
    assert funds.holds(funds.theme) == usd(50_00)


def test_more_than_the_fund_holds_is_not_proposed(funds: Funds) -> None:
    assert funds.preview(funds.move(usd(100_01))).transfer.is_too_much
    with pytest.raises(NotEnoughFunds):
        funds.propose(funds.move(usd(100_01)))


def test_the_database_refuses_a_second_approval_of_the_same_money(funds: Funds, session: Session) -> None:
    first, second = funds.propose(funds.move(usd(60_00))), funds.propose(funds.move(usd(60_00), target=funds.grant))
    funds.approve(first)
    with pytest.raises(NotEnoughFunds):
        funds.approve(second)
    assert state_of(session, second) == "proposed"
    assert funds.holds(funds.general) == usd(40_00)


def test_nobody_approves_or_rejects_their_own_proposal(funds: Funds) -> None:
    public_id = funds.propose(funds.move(usd(30_00)))
    with pytest.raises(SelfApproval):
        approve(public_id, actor_id=funds.proposer, clock=funds.clock)
    with pytest.raises(SelfApproval):
        reject(public_id, note="no", actor_id=funds.proposer, clock=funds.clock)


def test_an_approval_is_refused_when_the_figures_have_moved(funds: Funds) -> None:
    public_id = funds.propose(funds.move(usd(30_00)))
    preview = funds.preview(funds.move(usd(30_00)))
    funds.approve(funds.propose(funds.move(usd(10_00))))
    with pytest.raises(BalancesChanged):
        funds.approve(public_id, figures=preview.transfer.figures)
    funds.approve(public_id, figures=funds.preview(funds.move(usd(30_00))).transfer.figures)


def test_a_decided_allocation_is_not_decided_again(funds: Funds) -> None:
    public_id = funds.propose(funds.move(usd(30_00)))
    funds.approve(public_id)
    with pytest.raises(AlreadyDecided):
        funds.approve(public_id)
    with pytest.raises(AlreadyDecided):
        withdraw(public_id, actor_id=funds.proposer, clock=funds.clock)
    assert funds.holds(funds.event) == usd(30_00)


def test_a_rejection_says_why_and_moves_nothing(funds: Funds, session: Session) -> None:
    public_id = funds.propose(funds.move(usd(30_00)))
    with pytest.raises(AllocationReasonMissing):
        reject(public_id, note=" ", actor_id=funds.approver, clock=funds.clock)
    reject(public_id, note="The event is off", actor_id=funds.approver, clock=funds.clock)
    assert state_of(session, public_id) == "rejected"
    assert funds.holds(funds.event) == usd(0)


def test_only_the_proposer_withdraws(funds: Funds, session: Session) -> None:
    public_id = funds.propose(funds.move(usd(30_00)))
    with pytest.raises(NotProposer):
        withdraw(public_id, actor_id=funds.approver, clock=funds.clock)
    withdraw(public_id, actor_id=funds.proposer, clock=funds.clock)
    assert state_of(session, public_id) == "withdrawn"


def test_a_form_sent_twice_is_one_proposal(funds: Funds, session: Session) -> None:
    public_id = new_public_id()
    for _ in range(2):
        propose(
            funds.move(usd(30_00)), public_id=public_id, reason="Planned", actor_id=funds.proposer, clock=funds.clock
        )
    assert session.execute(select(func.count(Allocation.id))).scalar_one() == 1


def test_a_form_of_another_move_is_not_taken_for_this_one(funds: Funds, session: Session) -> None:
    public_id = funds.propose(funds.move(usd(30_00)))
    for other in (funds.move(usd(20_00)), funds.move(usd(30_00), target=funds.grant)):
        with pytest.raises(FormReused):
            propose(other, public_id=public_id, reason="Planned", actor_id=funds.proposer, clock=funds.clock)
    assert session.execute(select(Allocation.amount_minor)).scalars().all() == [30_00]


def test_what_is_unspent_is_taken_back_and_no_more(funds: Funds) -> None:
    funds.approve(funds.propose(funds.move(usd(20_00), source=funds.theme)))
    with pytest.raises(NotEnoughFunds):
        funds.propose(funds.back(usd(20_01), source=funds.child, target=funds.theme))
    funds.approve(funds.propose(funds.back(usd(5_00), source=funds.child, target=funds.theme)))
    assert (funds.holds(funds.theme), funds.holds(funds.child)) == (usd(35_00), usd(15_00))


def test_a_themes_money_is_not_taken_back_into_the_general_fund(funds: Funds) -> None:
    funds.approve(funds.propose(funds.move(usd(20_00), source=funds.theme)))
    with pytest.raises(MoneyMayNotGoThere):
        funds.propose(funds.back(usd(5_00), source=funds.child, target=funds.general))


def test_every_act_is_in_the_audit_trail(funds: Funds, session: Session) -> None:
    funds.approve(funds.propose(funds.move(usd(30_00))))
    reject(funds.propose(funds.move(usd(1_00))), note="no", actor_id=funds.approver, clock=funds.clock)
    withdraw(funds.propose(funds.move(usd(1_00))), actor_id=funds.proposer, clock=funds.clock)
    acts = session.execute(select(AuditEvent.action, AuditEvent.actor_id).order_by(AuditEvent.id)).all()
    assert [tuple(act) for act in acts] == [
        ("allocation:propose", funds.proposer),
        ("allocation:approve", funds.approver),
        ("allocation:propose", funds.proposer),
        ("allocation:reject", funds.approver),
        ("allocation:propose", funds.proposer),
        ("allocation:withdraw", funds.proposer),
    ]


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_is_not_moved(funds: Funds, minor: int) -> None:
    with pytest.raises(NothingToMove):
        funds.preview(funds.move(usd(minor)))


def test_another_campaigns_fund_does_not_exist_here(funds: Funds) -> None:
    other = a_fund(campaign=a_campaign(slug="other", is_featured=False), code="EVENT-9", kind="event")
    with pytest.raises(NotFound):
        funds.propose(funds.move(usd(1_00), target=other))


def test_twenty_approvals_at_once_never_overdraw(app: Flask, funds: Funds) -> None:
    proposals = [funds.propose(funds.move(usd(30_00))) for _ in range(20)]

    def try_to_approve(public_id: str) -> str:
        with app.app_context():
            try:
                funds.approve(public_id)
            except DomainError as refusal:
                return type(refusal).__name__
            finally:
                db.session.remove()
            return "approved"

    funds.clock.at = NOW + timedelta(hours=1)
    with ThreadPoolExecutor(max_workers=10) as people:
        answers = list(people.map(try_to_approve, proposals))
    assert answers.count("approved") == 3
    assert set(answers) == {"approved", "NotEnoughFunds"}
    assert funds.holds(funds.general) == usd(10_00)
