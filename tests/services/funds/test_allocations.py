"""Allocation: two pairs of hands, balances that are shown, and a database that has the last word."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
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
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.models.allocation import Allocation
from campaign.models.campaign import Campaign, CampaignRevision
from campaign.models.fund import Fund
from campaign.models.staff import AuditEvent
from campaign.services import audit
from campaign.services.funds.allocations import AllocationPreview, Move, approve, preview, propose, reject, withdraw
from campaign.services.ledger.sums import balance_of
from tests.support.builders import (
    NOW,
    a_campaign,
    a_fund,
    a_member_of_staff,
    a_paid_gift,
    a_restricted_child,
    general_fund_of,
    usd,
)
from tests.support.fakes import SettableClock


@dataclass
class Desk:
    """A campaign with 100 dollars for anything and 50 for events, an event, a grant, and two people."""

    campaign: Campaign
    general: Fund
    theme: Fund
    event: Fund
    child: Fund
    grant: Fund
    proposer: int
    approver: int
    clock: SettableClock

    @property
    def campaign_id(self) -> int:
        return self.campaign.id

    def move(self, amount: Money, *, source: Fund | None = None, target: Fund | None = None) -> Move:
        return Move(
            campaign_id=self.campaign_id,
            kind=EntryKind.ALLOCATION,
            source=(source or self.general).public_id,
            target=(target or self.event).public_id,
            amount=amount,
        )

    def back(self, amount: Money, *, source: Fund, target: Fund) -> Move:
        return Move(
            campaign_id=self.campaign_id,
            kind=EntryKind.TAKE_BACK,
            source=source.public_id,
            target=target.public_id,
            amount=amount,
        )

    def propose(self, move: Move) -> str:
        return propose(
            move, public_id=new_public_id(), reason="It is planned", actor_id=self.proposer, clock=self.clock
        )

    def approve(self, public_id: str, *, figures: str | None = None) -> None:
        approve(public_id, actor_id=self.approver, clock=self.clock, figures=figures)

    def preview(self, move: Move) -> AllocationPreview:
        with reading() as session:
            return preview(session, move)

    def holds(self, fund: Fund) -> Money:
        with reading() as session:
            return balance_of(session, fund.id, "USD")


@pytest.fixture
def desk(app: Flask, clock: SettableClock) -> Desk:
    campaign = a_campaign()
    theme = a_fund(campaign=campaign, code="THEME-EVENTS")
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    a_paid_gift(campaign=campaign, gift=usd(100_00), fee_minor=0)
    a_paid_gift(campaign=campaign, fund=theme, gift=usd(50_00), fee_minor=0)
    return Desk(
        campaign=campaign,
        general=general_fund_of(campaign),
        theme=theme,
        event=event,
        child=a_restricted_child(theme=theme, target=event),
        grant=a_fund(campaign=campaign, code="GRANT-1", kind="grant"),
        proposer=a_member_of_staff(role="campaign").id,
        approver=a_member_of_staff(role="approver").id,
        clock=clock,
    )


def state_of(session: Session, public_id: str) -> str:
    return session.execute(select(Allocation.state).where(Allocation.public_id == public_id)).scalar_one()


def test_a_preview_shows_balances_before_and_after(desk: Desk) -> None:
    preview = desk.preview(desk.move(usd(30_00)))
    assert (preview.transfer.source_before, preview.transfer.source_after) == (usd(100_00), usd(70_00))
    assert (preview.transfer.target_before, preview.transfer.target_after) == (usd(0), usd(30_00))
    assert not preview.transfer.is_too_much


def test_a_proposal_moves_no_money(desk: Desk, session: Session) -> None:
    public_id = desk.propose(desk.move(usd(30_00)))
    assert state_of(session, public_id) == "proposed"
    assert desk.holds(desk.event) == usd(0)


def test_an_approved_proposal_moves_the_money_and_tells_the_public_page(desk: Desk, session: Session) -> None:
    public_id = desk.propose(desk.move(usd(30_00)))
    desk.approve(public_id)
    assert (desk.holds(desk.general), desk.holds(desk.event)) == (usd(70_00), usd(30_00))
    assert state_of(session, public_id) == "approved"
    assert session.execute(select(CampaignRevision.revision)).scalar_one() > 1


def test_a_themes_money_goes_to_the_child_fund_of_its_target(desk: Desk) -> None:
    move = desk.move(usd(20_00), source=desk.theme)
    assert desk.preview(move).target_code == "EVENT-1@THEME-EVENTS"
    desk.approve(desk.propose(move))
    assert (desk.holds(desk.theme), desk.holds(desk.child), desk.holds(desk.event)) == (usd(30_00), usd(20_00), usd(0))


def test_a_theme_does_not_reach_a_target_outside_its_purpose(desk: Desk) -> None:
    with pytest.raises(MoneyMayNotGoThere):
        desk.propose(desk.move(usd(20_00), source=desk.theme, target=desk.grant))


def test_the_database_refuses_what_is_against_the_purpose(desk: Desk, session: Session) -> None:
    public_id = new_public_id()
    with transaction() as writing:  # a proposal that somebody has written past the service
        writing.add(
            Allocation(
                public_id=public_id,
                campaign_id=desk.campaign_id,
                kind="allocation",
                source_id=desk.theme.id,
                target_id=desk.grant.id,
                currency="USD",
                amount_minor=20_00,
                reason="",
                proposed_by=desk.proposer,
                proposed_at=NOW,
            )
        )
        subject = f"allocation:{public_id}"
        audit.record(writing, actor_id=desk.proposer, action="allocation:propose", subject=subject, at=NOW, detail={})
    with pytest.raises(MoneyMayNotGoThere):
        desk.approve(public_id)
    assert state_of(session, public_id) == "proposed"
    assert desk.holds(desk.theme) == usd(50_00)


def test_more_than_the_fund_holds_is_not_proposed(desk: Desk) -> None:
    assert desk.preview(desk.move(usd(100_01))).transfer.is_too_much
    with pytest.raises(NotEnoughFunds):
        desk.propose(desk.move(usd(100_01)))


def test_the_database_refuses_a_second_approval_of_the_same_money(desk: Desk, session: Session) -> None:
    first, second = desk.propose(desk.move(usd(60_00))), desk.propose(desk.move(usd(60_00), target=desk.grant))
    desk.approve(first)
    with pytest.raises(NotEnoughFunds):
        desk.approve(second)
    assert state_of(session, second) == "proposed"
    assert desk.holds(desk.general) == usd(40_00)


def test_nobody_approves_or_rejects_their_own_proposal(desk: Desk) -> None:
    public_id = desk.propose(desk.move(usd(30_00)))
    with pytest.raises(SelfApproval):
        approve(public_id, actor_id=desk.proposer, clock=desk.clock)
    with pytest.raises(SelfApproval):
        reject(public_id, note="no", actor_id=desk.proposer, clock=desk.clock)


def test_an_approval_is_refused_when_the_figures_have_moved(desk: Desk) -> None:
    public_id = desk.propose(desk.move(usd(30_00)))
    preview = desk.preview(desk.move(usd(30_00)))
    desk.approve(desk.propose(desk.move(usd(10_00))))
    with pytest.raises(BalancesChanged):
        desk.approve(public_id, figures=preview.transfer.figures)
    desk.approve(public_id, figures=desk.preview(desk.move(usd(30_00))).transfer.figures)


def test_a_decided_allocation_is_not_decided_again(desk: Desk) -> None:
    public_id = desk.propose(desk.move(usd(30_00)))
    desk.approve(public_id)
    with pytest.raises(AlreadyDecided):
        desk.approve(public_id)
    with pytest.raises(AlreadyDecided):
        withdraw(public_id, actor_id=desk.proposer, clock=desk.clock)
    assert desk.holds(desk.event) == usd(30_00)


def test_a_rejection_says_why_and_moves_nothing(desk: Desk, session: Session) -> None:
    public_id = desk.propose(desk.move(usd(30_00)))
    with pytest.raises(AllocationReasonMissing):
        reject(public_id, note=" ", actor_id=desk.approver, clock=desk.clock)
    reject(public_id, note="The event is off", actor_id=desk.approver, clock=desk.clock)
    assert state_of(session, public_id) == "rejected"
    assert desk.holds(desk.event) == usd(0)


def test_only_the_proposer_withdraws(desk: Desk, session: Session) -> None:
    public_id = desk.propose(desk.move(usd(30_00)))
    with pytest.raises(NotProposer):
        withdraw(public_id, actor_id=desk.approver, clock=desk.clock)
    withdraw(public_id, actor_id=desk.proposer, clock=desk.clock)
    assert state_of(session, public_id) == "withdrawn"


def test_a_form_sent_twice_is_one_proposal(desk: Desk, session: Session) -> None:
    public_id = new_public_id()
    for _ in range(2):
        propose(desk.move(usd(30_00)), public_id=public_id, reason="Planned", actor_id=desk.proposer, clock=desk.clock)
    assert session.execute(select(func.count(Allocation.id))).scalar_one() == 1


def test_a_form_of_another_move_is_not_taken_for_this_one(desk: Desk, session: Session) -> None:
    public_id = desk.propose(desk.move(usd(30_00)))
    for other in (desk.move(usd(20_00)), desk.move(usd(30_00), target=desk.grant)):
        with pytest.raises(FormReused):
            propose(other, public_id=public_id, reason="Planned", actor_id=desk.proposer, clock=desk.clock)
    assert session.execute(select(Allocation.amount_minor)).scalars().all() == [30_00]


def test_what_is_unspent_is_taken_back_and_no_more(desk: Desk) -> None:
    desk.approve(desk.propose(desk.move(usd(20_00), source=desk.theme)))
    with pytest.raises(NotEnoughFunds):
        desk.propose(desk.back(usd(20_01), source=desk.child, target=desk.theme))
    desk.approve(desk.propose(desk.back(usd(5_00), source=desk.child, target=desk.theme)))
    assert (desk.holds(desk.theme), desk.holds(desk.child)) == (usd(35_00), usd(15_00))


def test_a_themes_money_is_not_taken_back_into_the_general_fund(desk: Desk) -> None:
    desk.approve(desk.propose(desk.move(usd(20_00), source=desk.theme)))
    with pytest.raises(MoneyMayNotGoThere):
        desk.propose(desk.back(usd(5_00), source=desk.child, target=desk.general))


def test_every_act_is_in_the_audit_trail(desk: Desk, session: Session) -> None:
    desk.approve(desk.propose(desk.move(usd(30_00))))
    reject(desk.propose(desk.move(usd(1_00))), note="no", actor_id=desk.approver, clock=desk.clock)
    withdraw(desk.propose(desk.move(usd(1_00))), actor_id=desk.proposer, clock=desk.clock)
    acts = session.execute(select(AuditEvent.action, AuditEvent.actor_id).order_by(AuditEvent.id)).all()
    assert [tuple(act) for act in acts] == [
        ("allocation:propose", desk.proposer),
        ("allocation:approve", desk.approver),
        ("allocation:propose", desk.proposer),
        ("allocation:reject", desk.approver),
        ("allocation:propose", desk.proposer),
        ("allocation:withdraw", desk.proposer),
    ]


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_is_not_moved(desk: Desk, minor: int) -> None:
    with pytest.raises(NothingToMove):
        desk.preview(desk.move(usd(minor)))


def test_another_campaigns_fund_does_not_exist_here(desk: Desk) -> None:
    other = a_fund(campaign=a_campaign(slug="other", is_featured=False), code="EVENT-9", kind="event")
    with pytest.raises(NotFound):
        desk.propose(desk.move(usd(1_00), target=other))


def test_twenty_approvals_at_once_never_overdraw(app: Flask, desk: Desk) -> None:
    proposals = [desk.propose(desk.move(usd(30_00))) for _ in range(20)]

    def try_to_approve(public_id: str) -> str:
        with app.app_context():
            try:
                desk.approve(public_id)
            except DomainError as refusal:
                return type(refusal).__name__
            finally:
                db.session.remove()
            return "approved"

    desk.clock.at = NOW + timedelta(hours=1)
    with ThreadPoolExecutor(max_workers=10) as people:
        answers = list(people.map(try_to_approve, proposals))
    assert answers.count("approved") == 3
    assert set(answers) == {"approved", "NotEnoughFunds"}
    assert desk.holds(desk.general) == usd(10_00)
