"""Creates and changes what a campaign plans: its purposes, events, grants and lines of the budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.errors import Conflict, DomainError, NotFound
from campaign.domain.form_version import check_version
from campaign.domain.fund import COLLECTING_KINDS, EventStatus, FundKind, GrantStatus
from campaign.domain.language import with_hidden_languages
from campaign.gateways.clock import Clock
from campaign.languages import installed
from campaign.models.campaign import Campaign
from campaign.models.fund import BudgetLine, Event, Fund, Grant
from campaign.services import audit
from campaign.services.campaigns.fund_tree import NewFund, add_funds, replace_theme
from campaign.services.campaigns.plan import plan_item
from campaign.services.campaigns.removal import is_booked
from campaign.services.campaigns.revision import count_public_change

CODES: Mapping[FundKind, str] = {
    FundKind.THEME: "THEME",
    FundKind.EVENT: "EVENT",
    FundKind.GRANT: "GRANT",
    FundKind.LINE: "LINE",
}
"""How the codes of funds that staff add begin."""


class EndsBeforeItBegins(DomainError):
    """An event ends before it begins, or a call closes before it opens."""


class PurposeInUse(Conflict):
    """Money is booked on a target, so it stays with the purpose that may pay for it."""


class GeneralFundStays(Conflict):
    """The general fund cannot be closed: gifts without a purpose go there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTimes:
    """When and where an event is. Without times, an event that has only a day stays on that day."""

    place: Mapping[str, str]
    begins_at: datetime | None
    ends_at: datetime | None
    capacity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDays:
    """When the call of a grant is open."""

    opens_on: date
    closes_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """What staff write of a purpose or a target.

    Attributes:
        goal_minor: What is planned, in the campaign's currency; the sum of the costs takes its place where there are any.
        theme: The code of the purpose whose money may be used besides that of the general fund.
        details: Of an event or a grant.
    """

    title: Mapping[str, str]
    summary: Mapping[str, str]
    goal_minor: int
    theme: str | None = None
    details: EventTimes | CallDays | None = None


def add_item(
    campaign_id: int, kind: FundKind, draft: ItemDraft, *, actor_id: int, clock: Clock, form_id: str = ""
) -> str:
    """Add a purpose, an event, a grant or a line, and return its public id; a form that comes twice adds one.

    Raises:
        NotFound: There is no such purpose.
        EndsBeforeItBegins: The times are the wrong way round.
    """
    with transaction() as session:
        session.execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update())
        same = select(Fund.public_id).where(Fund.campaign_id == campaign_id, Fund.public_id == form_id)
        if (added := session.execute(same).scalar_one_or_none()) is not None:
            return added
        code = _next_code(session, campaign_id, kind)
        new = NewFund(
            code=code,
            kind=kind,
            title=draft.title,
            summary=draft.summary,
            goal_minor=draft.goal_minor,
            theme=draft.theme,
        )
        fund = add_funds(session, campaign_id, [new])[code]
        fund.public_id = form_id or fund.public_id
        _write_details(session, fund, draft.details, at=clock.now())
        record_change(session, fund, "add", actor_id, clock)
        return fund.public_id


def change_item(
    campaign_id: int, public_id: str, draft: ItemDraft, *, version: str, actor_id: int, clock: Clock
) -> None:
    """Change the texts, the planned amount, the times and the place. Texts of its restricted children follow.

    Raises:
        ChangedMeanwhile: Somebody else changed it since the version that the person has read.
        NotFound: The campaign has none of this name.
        EndsBeforeItBegins: The times are the wrong way round.
        PurposeInUse: It is to belong to another purpose, and money is booked on it.
    """
    with transaction() as session:
        fund = fund_named(session, campaign_id, public_id)
        check_version(version, plan_item(campaign_id, public_id).form_facts)
        languages = _languages(session, campaign_id)
        children = children_of(session, fund)
        for row in (fund, *children):
            row.title = with_hidden_languages(draft.title, row.title, languages)
            row.summary = with_hidden_languages(draft.summary, row.summary, languages)
        if not costs_of(session, fund.id):
            fund.goal_minor = draft.goal_minor
        _write_theme(session, fund, children, draft.theme)
        _write_details(session, fund, draft.details, at=clock.now())
        record_change(session, fund, "change", actor_id, clock)


def close_item(campaign_id: int, public_id: str, *, is_closed: bool, actor_id: int, clock: Clock) -> None:
    """Let donors choose a purpose no more, or again. Money that it holds stays and can be allocated.

    Raises:
        NotFound: The campaign has none of this name.
        GeneralFundStays: It is the general fund.
    """
    with transaction() as session:
        fund = fund_named(session, campaign_id, public_id)
        if fund.kind == FundKind.GENERAL:
            raise GeneralFundStays(fund.code)
        if fund.kind != FundKind.THEME:
            raise NotFound(f"purpose:{public_id}")
        fund.closed_on = local_day(clock.now()) if is_closed else None
        record_change(session, fund, "close" if is_closed else "reopen", actor_id, clock)


def move_item(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Move a purpose or a target one place up among those of its kind; the first one stays."""
    with transaction() as session:
        fund = fund_named(session, campaign_id, public_id)
        same = select(Fund).where(Fund.campaign_id == campaign_id, Fund.kind == fund.kind)
        rows = list(session.execute(same.order_by(Fund.position, Fund.id)).scalars())
        place = rows.index(fund)
        if place:
            rows[place - 1], rows[place] = rows[place], rows[place - 1]
            positions = sorted(row.position for row in rows)
            for row, position in zip(rows, positions, strict=True):
                row.position = position
            record_change(session, fund, "move", actor_id, clock)


def fund_named(session: Session, campaign_id: int, public_id: str) -> Fund:
    """Return a fund of the campaign and lock it.

    Raises:
        NotFound: The campaign has none of this name.
    """
    query = select(Fund).where(Fund.campaign_id == campaign_id, Fund.public_id == public_id)
    fund = session.execute(query.with_for_update()).scalar_one_or_none()
    if fund is None or fund.kind == FundKind.RESTRICTED:
        raise NotFound(f"fund:{public_id}")
    return fund


def children_of(session: Session, fund: Fund) -> Sequence[Fund]:
    """Return the restricted funds inside a target: one at most, of its purpose."""
    return session.execute(select(Fund).where(Fund.target_id == fund.id)).scalars().all()


def record_change(
    session: Session, fund: Fund, act: str, actor_id: int, clock: Clock, detail: dict[str, object] | None = None
) -> None:
    """Count the public change and record the act, inside the caller's transaction."""
    count_public_change(session, fund.campaign_id)
    slug = session.get_one(Campaign, fund.campaign_id).slug
    audit.record(
        session,
        actor_id=actor_id,
        action=f"plan:{act}",
        subject=f"campaign:{slug}",
        at=clock.now(),
        detail={"fund": fund.code, **(detail or {})},
    )


def _write_theme(session: Session, fund: Fund, children: Sequence[Fund], code: str | None) -> None:
    """Let another purpose pay for a target, while no money is booked on it."""
    themes = {session.get_one(Fund, child.theme_id).code for child in children}
    if fund.kind in COLLECTING_KINDS or themes == ({code} if code else set()):
        return
    if is_booked(session, [fund, *children]):
        raise PurposeInUse(fund.code)
    replace_theme(session, fund, children, code)


def _write_details(session: Session, fund: Fund, details: EventTimes | CallDays | None, *, at: datetime) -> None:
    if isinstance(details, EventTimes):
        _write_event(session, fund, details, at=at)
    elif isinstance(details, CallDays):
        _write_grant(session, fund, details)


def _write_event(session: Session, fund: Fund, times: EventTimes, *, at: datetime) -> None:
    if times.begins_at and times.ends_at and times.ends_at <= times.begins_at:
        raise EndsBeforeItBegins(fund.code)
    languages = _languages(session, fund.campaign_id)
    row = session.get(Event, fund.id)
    if row is None:
        row = Event(fund_id=fund.id, place={}, status=EventStatus.PLANNED)
        session.add(row)
    before = row.place, row.begins_at, row.ends_at
    row.place = with_hidden_languages(times.place, row.place, languages)
    if times.begins_at:
        row.starts_on = local_day(times.begins_at)
    row.begins_at, row.ends_at, row.capacity = times.begins_at, times.ends_at, times.capacity
    if before != (row.place, row.begins_at, row.ends_at):
        row.details_changed_at = at


def _write_grant(session: Session, fund: Fund, days: CallDays) -> None:
    if days.closes_on < days.opens_on:
        raise EndsBeforeItBegins(fund.code)
    row = session.get(Grant, fund.id)
    if row is None:
        row = Grant(fund_id=fund.id, status=GrantStatus.PLANNED)
        session.add(row)
    row.opens_on, row.closes_on = days.opens_on, days.closes_on


def _languages(session: Session, campaign_id: int) -> Sequence[str]:
    """Return the languages in which the forms of a campaign show texts."""
    return session.get_one(Campaign, campaign_id).languages or installed()


def costs_of(session: Session, fund_id: int) -> list[BudgetLine]:
    """Return the lines of a plan, in their order."""
    query = select(BudgetLine).where(BudgetLine.fund_id == fund_id).order_by(BudgetLine.position)
    return list(session.execute(query).scalars())


def _next_code(session: Session, campaign_id: int, kind: FundKind) -> str:
    """Return the first free code of this kind: EVENT-8 after EVENT-7."""
    taken = set(session.execute(select(Fund.code).where(Fund.campaign_id == campaign_id)).scalars())
    return next(code for number in range(1, len(taken) + 2) if (code := f"{CODES[kind]}-{number}") not in taken)
