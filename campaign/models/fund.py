"""Funds: whose money it is, and where it may go; events, grants and budget lines are funds with facts of their own."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.fund import EventStatus, FundKind, GrantStatus
from campaign.extensions import Key, Model
from campaign.models.columns import CurrencyCode, Facts, Json, Minor, PrimaryKey, PublicId, Texts, check_values


class Fund(Model):
    """A purpose for which money is held.

    GEN is unrestricted; a theme is restricted by its donors; an event, grant or budget line is a target that staff
    choose; a restricted child (EVENT-7@THEME-EVENTS) holds a theme's money inside a target, so that the restriction
    travels with it.
    """

    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        check_values("kind", FundKind),
        CheckConstraint("(kind = 'restricted') = (theme_id IS NOT NULL AND target_id IS NOT NULL)", "restricted_child"),
        CheckConstraint("goal_minor >= 0", "goal"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    code: Mapped[str]
    kind: Mapped[str]
    position: Mapped[int]
    title: Mapped[Texts]
    summary: Mapped[Texts]
    goal_minor: Mapped[Minor]
    """In the campaign's currency; 0 where it has none."""
    closed_on: Mapped[date | None]
    """The day from which donors cannot choose it any more."""
    theme_id: Mapped[int | None] = mapped_column(Key, ForeignKey("fund.id"))
    target_id: Mapped[int | None] = mapped_column(Key, ForeignKey("fund.id"))


class FundTransferRule(Model):
    """Where a fund's money may be moved: general to any target, a theme only to its own children."""

    __tablename__ = "fund_reach"

    source_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"), primary_key=True)


class ReportColumns:
    """What is said of an event or a grant while it is carried out, and afterwards."""

    state_note: Mapped[Texts] = mapped_column(Json, server_default="{}", default=dict)
    """Why it was cancelled, for everybody to read."""
    report: Mapped[Facts] = mapped_column(Json, server_default="{}", default=dict)
    """What was done and what was learned (a text per language each), how many came, women, first time."""
    reported_on: Mapped[date | None]


class Event(ReportColumns, Model):
    """A thematic event: when and where; its money is its fund's."""

    __tablename__ = "event"

    fund_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"), primary_key=True)
    place: Mapped[Texts]
    starts_on: Mapped[date]
    begins_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    capacity: Mapped[int | None]
    """How many people fit in; None where it is not limited."""
    status: Mapped[str] = mapped_column(default=EventStatus.PLANNED)
    takes_sign_ups: Mapped[bool] = mapped_column(server_default=false(), default=False)
    sign_up_until: Mapped[datetime | None]
    """The last moment of sign-up; None where it is open until the event begins."""
    has_waiting_list: Mapped[bool] = mapped_column(server_default=false(), default=False)
    details_changed_at: Mapped[datetime | None]
    """When its time or place last changed, or when it was cancelled: who signed up before is told by email."""
    head_count: Mapped[Facts] = mapped_column(Json, server_default="{}", default=dict)
    """Counted at the door: people who had not signed up, women, first time."""
    report_drafts: Mapped[Facts] = mapped_column(Json, server_default="{}", default=dict)
    """Reports from field mode by their public ids; what was used or deleted is empty."""


class Grant(ReportColumns, Model):
    """A grant for a woman entrepreneur: when its call is open; its money is its fund's."""

    __tablename__ = "grant"

    fund_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"), primary_key=True)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    status: Mapped[str] = mapped_column(default=GrantStatus.PLANNED)


class BudgetLine(Model):
    """What an event, a grant or a line of the space is planned to cost, item by item."""

    __tablename__ = "budget_line"
    __table_args__ = (UniqueConstraint("fund_id", "position"), CheckConstraint("amount_minor > 0", "positive"))

    id: Mapped[PrimaryKey]
    fund_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"))
    position: Mapped[int]
    title: Mapped[Texts]
    amount_minor: Mapped[Minor]
    currency: Mapped[CurrencyCode]
