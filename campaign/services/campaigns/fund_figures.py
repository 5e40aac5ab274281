"""The figures of one fund as the public page shows them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from campaign.days import local_day
from campaign.domain.money import Money
from campaign.domain.target_state import TargetState, is_late_in_public, report_due_on, target_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The flows of one currency through a fund, a target or the whole campaign, in minor units.

    raised − fees + received − passed on − spent = left. `given` is what donors paid in this currency, less whole
    refunds and chargebacks; `raised` is what of it is in this currency after the provider's conversion. `disputed`
    is what open disputes withhold of what is left.
    """

    currency: str
    given_minor: int = 0
    raised_minor: int = 0
    fees_minor: int = 0
    received_minor: int = 0
    passed_on_minor: int = 0
    spent_minor: int = 0
    left_minor: int = 0
    disputed_minor: int = 0

    @property
    def allocated_minor(self) -> int:
        """Return what a target has received and not returned."""
        return self.received_minor - self.passed_on_minor

    @property
    def available_minor(self) -> int:
        """Return what may be allocated or paid out; below zero for a fund with a deficit."""
        return self.left_minor - self.disputed_minor

    def plus(self, other: "Figures") -> "Figures":
        return Figures(
            currency=self.currency,
            given_minor=self.given_minor + other.given_minor,
            raised_minor=self.raised_minor + other.raised_minor,
            fees_minor=self.fees_minor + other.fees_minor,
            received_minor=self.received_minor + other.received_minor,
            passed_on_minor=self.passed_on_minor + other.passed_on_minor,
            spent_minor=self.spent_minor + other.spent_minor,
            left_minor=self.left_minor + other.left_minor,
            disputed_minor=self.disputed_minor + other.disputed_minor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetCost:
    """One line of a target's budget."""

    title: dict[str, str]
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class FundSummary:
    """A fund as the public sees it: a purpose that donors choose, or a target of allocations.

    A target's figures include those of its restricted children. `starts_on` and `ends_on` are an event's day, or the
    first and last day of a grant's call.
    """

    public_id: str
    code: str
    kind: str
    title: dict[str, str]
    summary: dict[str, str]
    goal: Money
    figures: tuple[Figures, ...]
    status: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    place: dict[str, str] | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    capacity: int | None = None
    takes_sign_ups: bool = False
    note: dict[str, str] = field(default_factory=dict)
    """Why it was cancelled; empty where it was not."""
    report: dict[str, Any] = field(default_factory=dict)
    """How it went; empty before it is reported on."""
    costs: tuple[BudgetCost, ...] = ()
    theme: str = ""
    """The code of the purpose that a target belongs to."""

    @property
    def last_day(self) -> date | None:
        """Return the last day of an event, or of a grant's call."""
        return self.ends_on or (local_day(self.ends_at) if self.ends_at else self.starts_on)

    def state_on(self, today: date) -> TargetState | None:
        """Return what is shown of an event or a grant on a day; None of other funds."""
        if not self.status:
            return None
        return target_state(self.kind, self.status, first_day=self.starts_on, last_day=self.last_day, today=today)

    def is_report_late(self, today: date) -> bool:
        """Return whether the day on which the report was due is over."""
        return (due_on := self.report_due_on) is not None and today > due_on

    def is_late_in_public(self, today: date) -> bool:
        """Return whether everybody reads that the report is late."""
        return is_late_in_public(self.report_due_on, today=today)

    @property
    def report_due_on(self) -> date | None:
        """Return the day by which a report is to be published; None where none is to come."""
        return report_due_on(self.status, last_day=self.last_day)

    @property
    def is_below_zero(self) -> bool:
        """Return whether the available amount is negative in the currency of the plan."""
        return self.in_currency(self.goal.currency).available_minor < 0

    def in_currency(self, currency: str) -> Figures:
        """Return the figures of one currency; zeros where nothing moved in it."""
        return next((row for row in self.figures if row.currency == currency), Figures(currency=currency))


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyTotals:
    """Gifts in one currency, less refunds: given, not converted yet, and the rest in the campaign's currency."""

    given: Money
    on_the_way: Money
    credited: Money
