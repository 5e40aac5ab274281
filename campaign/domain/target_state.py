"""How far events and grants come: announced, carried out, reported on; or cancelled."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from campaign.domain.errors import Conflict, DomainError
from campaign.domain.fund import EventStatus, FundKind, GrantStatus

REPORT_DUE_AFTER = timedelta(days=30)
"""How long after its last day an event or a grant is to be reported on."""
LATE_IN_PUBLIC_AFTER = timedelta(days=14)
"""How long after that day staff alone know that the report is late."""

MAX_REPORT = 5000
"""Letters of a text of a report, in one language."""


class TargetAct(StrEnum):
    """What staff do with an event or a grant."""

    OPEN = "open"
    COMPLETE = "complete"
    CANCEL = "cancel"
    REPORT = "report"


class TargetState(StrEnum):
    """What people read of an event or a grant: what staff did with it, and what the day makes of that."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    CALL_OPEN = "call_open"
    CALL_CLOSED = "call_closed"
    DAY_OVER = "day_over"  # and nobody has said yet whether it took place
    HELD = "held"
    AWARDED = "awarded"
    REPORTED = "reported"
    CANCELLED = "cancelled"


class WrongTargetState(Conflict):
    """The event or grant has come further, or not as far, as this act needs."""


class NotOverYet(DomainError):
    """An event cannot have taken place before its day, nor a grant be awarded before its call opens."""


class CancelReasonMissing(DomainError):
    """Everybody reads why an event or a grant is cancelled, so a reason is needed."""


class ReportIncomplete(DomainError):
    """A report says at least what was done, and how many people came."""


class ReportDoesNotAddUp(DomainError):
    """More women or first-time visitors are reported than people who came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """How many people came; `women` and `first_time` are among `came`, None where nobody counted them."""

    came: int
    women: int | None = None
    first_time: int | None = None

    def check(self) -> None:
        """Check that the parts are not larger than the whole.

        Raises:
            ReportDoesNotAddUp: They are.
        """
        if any(part is not None and part > self.came for part in (self.women, self.first_time)):
            raise ReportDoesNotAddUp(str(self.came))


_EVENT = {
    TargetAct.OPEN: ({EventStatus.PLANNED}, EventStatus.OPEN),
    TargetAct.COMPLETE: ({EventStatus.PLANNED, EventStatus.OPEN}, EventStatus.COMPLETED),
    TargetAct.CANCEL: ({EventStatus.PLANNED, EventStatus.OPEN}, EventStatus.CANCELLED),
    TargetAct.REPORT: ({EventStatus.COMPLETED, EventStatus.REPORTED}, EventStatus.REPORTED),
}
_GRANT = {
    TargetAct.OPEN: ({GrantStatus.PLANNED}, GrantStatus.OPEN),
    TargetAct.COMPLETE: ({GrantStatus.OPEN, GrantStatus.CLOSED}, GrantStatus.AWARDED),
    TargetAct.CANCEL: ({GrantStatus.PLANNED, GrantStatus.OPEN}, GrantStatus.CANCELLED),
    TargetAct.REPORT: ({GrantStatus.AWARDED, GrantStatus.REPORTED}, GrantStatus.REPORTED),
}
UNFINISHED = frozenset({EventStatus.PLANNED.value, EventStatus.OPEN.value, GrantStatus.CLOSED.value})
"""States in which nothing has taken place yet."""
UNREPORTED = UNFINISHED | {EventStatus.COMPLETED.value, GrantStatus.AWARDED.value}
"""States in which a report is still to come."""
REPORTABLE = frozenset(state.value for states in (_EVENT, _GRANT) for state in states[TargetAct.REPORT][0])
"""States in which it has taken place, with a report or without."""


def possible_acts(kind: str, status: str) -> list[TargetAct]:
    """Return what can be done with an event or a grant in this state."""
    moves = _EVENT if kind == FundKind.EVENT else _GRANT
    return [act for act, (states, _result) in moves.items() if status in {state.value for state in states}]


def status_after(kind: str, act: TargetAct, status: str, *, first_day: date, today: date) -> str:
    """Return the state to which an act leads.

    Args:
        kind: `event` or `grant`.
        act: What is done.
        status: The present state.
        first_day: The day of the event, or the first day of the call.
        today: The organisation's day.

    Raises:
        WrongTargetState: The act is not possible in this state.
        NotOverYet: It is to be carried out before its day.
    """
    if act not in possible_acts(kind, status):
        raise WrongTargetState(status)
    if act is TargetAct.COMPLETE and today < first_day:
        raise NotOverYet(first_day.isoformat())
    moves = _EVENT if kind == FundKind.EVENT else _GRANT
    return moves[act][1].value


def target_state(kind: str, status: str, *, first_day: date | None, last_day: date | None, today: date) -> TargetState:
    """Return what is shown of an event or a grant on a day.

    Args:
        kind: `event` or `grant`.
        status: What staff did with it last.
        first_day: The day of the event, or the first day of the call.
        last_day: The last day of either.
        today: The organisation's day.
    """
    is_event = kind == FundKind.EVENT
    if status not in UNFINISHED:
        return TargetState(status)
    if status == GrantStatus.CLOSED or (last_day is not None and today > last_day):
        return TargetState.DAY_OVER if is_event else TargetState.CALL_CLOSED
    if status == EventStatus.PLANNED:
        return TargetState.PLANNED
    is_before_call = first_day is not None and today < first_day
    return TargetState.ANNOUNCED if is_event or is_before_call else TargetState.CALL_OPEN


def report_due_on(status: str, *, last_day: date | None) -> date | None:
    """Return the day by which a report is to be published; None where none is to come."""
    if last_day is None or status not in UNREPORTED:
        return None
    return last_day + min(REPORT_DUE_AFTER, date.max - last_day)


def is_late_in_public(due_on: date | None, *, today: date) -> bool:
    """Return whether everybody reads that a report is late."""
    return due_on is not None and today - due_on > LATE_IN_PUBLIC_AFTER
