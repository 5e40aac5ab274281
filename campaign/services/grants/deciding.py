"""The decision on an application: an award becomes a proposed allocation, which another person approves."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.grant_application import (
    ApplicationAct,
    ApplicationState,
    DecisionReasonMissing,
    check_decision,
    state_after,
)
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.gateways.clock import Clock
from campaign.models.allocation import Allocation
from campaign.models.application import GrantApplication
from campaign.models.fund import Fund
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.funds.allocations import Move, propose_in
from campaign.services.grants.desk import Reader, review_facts, visible_row
from campaign.services.grants.reviewing import undecided

RESULTS = {
    ApplicationAct.AWARD: ApplicationState.AWARDED,
    ApplicationAct.WAIT: ApplicationState.WAITING,
    ApplicationAct.REFUSE: ApplicationState.REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """How much, and from which fund (its public id). `public_id` becomes the allocation's, so that a form counts once."""

    amount: Money
    source: str
    public_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionOrder:
    """What is decided about an application, and why."""

    public_id: str
    act: ApplicationAct
    reason: str
    award: Award | None = None


def decide(reader: Reader, order: DecisionOrder, *, clock: Clock) -> None:
    """Decide on an application; the same decision sent twice is one.

    Raises:
        NotFound: There is no such application or fund.
        WrongApplicationState: It is decided otherwise.
        ScoresMissing, ConflictOfInterest: It may not be decided yet, or not by this person.
        DecisionReasonMissing: There is no reason.
        NotEnoughFunds, MoneyMayNotGoThere, NothingToMove: The award cannot be allocated from this fund.
    """
    at, reason = clock.now(), order.reason.strip()
    if not reason:
        raise DecisionReasonMissing(order.public_id)
    with transaction() as session:
        if _is_known(session, reader, order):
            return
        row = undecided(session, reader, order.public_id)
        check_decision(review_facts(session, row.id), reader.staff_id)
        state = ApplicationState.SUBMITTED if row.state == ApplicationState.AWARDED else ApplicationState(row.state)
        result = state_after(order.act, state)
        row.allocation_id = row.award_minor = row.award_currency = None
        if order.award is not None and order.act is ApplicationAct.AWARD:
            _award(session, reader, row, order.award, at)
        row.state, row.reason, row.decided_by, row.closed_at = result, reason, reader.staff_id, at
        row.letter, row.letter_at = "", None
        row.revision += 1
        count_public_change(session, row.campaign_id)
        audit.record(
            session,
            actor_id=reader.staff_id,
            action=f"application:{order.act}",
            subject=f"application:{row.public_id}",
            at=at,
            detail={} if order.award is None else {"allocation": order.award.public_id},
        )


def _award(session: Session, reader: Reader, row: GrantApplication, award: Award, at: datetime) -> None:
    move = Move(
        campaign_id=row.campaign_id,
        kind=EntryKind.ALLOCATION,
        source=award.source,
        target=session.get_one(Fund, row.fund_id).public_id,
        amount=award.amount,
    )
    reason = _("Award to application %(number)s", number=row.public_id)
    propose_in(session, move, public_id=award.public_id, reason=reason, actor_id=reader.staff_id, at=at)
    session.flush()
    row.allocation_id = session.execute(
        select(Allocation.id).where(Allocation.public_id == award.public_id)
    ).scalar_one()
    row.award_minor, row.award_currency = award.amount.minor, award.amount.currency


def _is_known(session: Session, reader: Reader, order: DecisionOrder) -> bool:
    """Return whether this very decision was written before."""
    row, _title, _kind = visible_row(session, reader, order.public_id, is_locking=True)
    if row.state != RESULTS[order.act] or row.decided_by != reader.staff_id:
        return False
    if order.award is None:
        return True
    allocation = session.get(Allocation, row.allocation_id) if row.allocation_id else None
    return allocation is not None and allocation.public_id == order.award.public_id
