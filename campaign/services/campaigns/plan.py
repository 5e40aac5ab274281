"""What a campaign plans, as staff read it: its purposes, events, grants and lines of the budget."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.days import local_day
from campaign.domain.errors import NotFound
from campaign.domain.fund import FundKind
from campaign.domain.target_state import TargetState, report_due_on, target_state
from campaign.models.fund import BudgetLine, Event, Fund, Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A line of the plan of an event, a grant or the space."""

    id: int
    title: dict[str, str]
    amount_minor: int


SHOWN_IN_FORM = ("title", "summary", "place", "begins_at", "ends_at", "capacity", "first_day", "last_day", "theme")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """A purpose or a target as staff see it."""

    public_id: str
    code: str
    kind: str
    title: dict[str, str]
    summary: dict[str, str]
    goal_minor: int
    closed_on: date | None
    theme: str = ""
    status: str = ""
    first_day: date | None = None
    last_day: date | None = None
    place: dict[str, str] = field(default_factory=dict)
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    capacity: int | None = None
    takes_sign_ups: bool = False
    state_note: dict[str, str] = field(default_factory=dict)
    report: dict[str, object] = field(default_factory=dict)
    costs: tuple[Cost, ...] = ()

    @property
    def form_facts(self) -> dict[str, object]:
        """What the form of the item shows; with costs the planned amount is their sum, and no field."""
        shown = {name: getattr(self, name) for name in SHOWN_IN_FORM}
        return {**shown, "goal_minor": 0 if self.costs else self.goal_minor}

    def state_on(self, today: date) -> TargetState | None:
        """What is shown of an event or a grant on a day; None of other funds."""
        if not self.status:
            return None
        return target_state(self.kind, self.status, first_day=self.first_day, last_day=self.last_day, today=today)

    def report_days_left(self, today: date) -> int | None:
        """Days until the report is due, below zero where it is late; None before the last day is over, or without one."""
        due_on = report_due_on(self.status, last_day=self.last_day)
        is_over = self.last_day is not None and today > self.last_day
        return (due_on - today).days if due_on and is_over else None


def plan_of(campaign_id: int) -> Sequence[PlanItem]:
    """Return the purposes, events, grants and lines of a campaign, in the order of its pages."""
    order = {kind.value: place for place, kind in enumerate(FundKind)}
    of_campaign = Fund.campaign_id == campaign_id
    with reading() as session:
        rows = session.execute(select(Fund).where(of_campaign)).scalars().all()
        events = session.execute(select(Event).join(Fund, Fund.id == Event.fund_id).where(of_campaign)).scalars()
        grants = session.execute(select(Grant).join(Fund, Fund.id == Grant.fund_id).where(of_campaign)).scalars()
        details = {row.fund_id: _event(row) for row in events} | {row.fund_id: _grant(row) for row in grants}
        costs = _costs(session, campaign_id)
    codes = {row.id: row.code for row in rows}
    themes = {row.target_id: codes.get(row.theme_id or 0, "") for row in rows if row.target_id is not None}
    return [
        replace(_item(row, themes.get(row.id, "")), costs=tuple(costs[row.id]), **details.get(row.id, {}))
        for row in sorted(rows, key=lambda row: (order[row.kind], row.position, row.id))
        if row.kind != FundKind.RESTRICTED
    ]


def plan_item(campaign_id: int, public_id: str) -> PlanItem:
    """Return one purpose or target.

    Raises:
        NotFound: The campaign has none of this name.
    """
    item = next((item for item in plan_of(campaign_id) if item.public_id == public_id), None)
    if item is None:
        raise NotFound(f"fund:{public_id}")
    return item


def _item(row: Fund, theme: str) -> PlanItem:
    return PlanItem(
        public_id=row.public_id,
        code=row.code,
        kind=row.kind,
        title=row.title,
        summary=row.summary,
        goal_minor=row.goal_minor,
        closed_on=row.closed_on,
        theme=theme,
    )


def _event(row: Event) -> dict[str, Any]:
    return {
        "status": row.status,
        "first_day": row.starts_on,
        "last_day": local_day(row.ends_at) if row.ends_at else row.starts_on,
        "place": row.place,
        "begins_at": row.begins_at,
        "ends_at": row.ends_at,
        "capacity": row.capacity,
        "takes_sign_ups": row.takes_sign_ups,
        "state_note": row.state_note,
        "report": row.report,
    }


def _grant(row: Grant) -> dict[str, Any]:
    return {
        "status": row.status,
        "first_day": row.opens_on,
        "last_day": row.closes_on,
        "state_note": row.state_note,
        "report": row.report,
    }


def _costs(session: Session, campaign_id: int) -> Mapping[int, list[Cost]]:
    by_fund: dict[int, list[Cost]] = defaultdict(list)
    query = select(BudgetLine).join(Fund, Fund.id == BudgetLine.fund_id).where(Fund.campaign_id == campaign_id)
    for row in session.execute(query.order_by(BudgetLine.position)).scalars():
        by_fund[row.fund_id].append(Cost(id=row.id, title=row.title, amount_minor=row.amount_minor))
    return by_fund
