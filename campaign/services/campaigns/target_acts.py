"""What staff do with an event or a grant: announce it, say that it took place, cancel it, report on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.errors import NotFound
from campaign.domain.form_version import check_version
from campaign.domain.fund import FundKind
from campaign.domain.target_state import (
    Attendance,
    CancelReasonMissing,
    ReportIncomplete,
    TargetAct,
    status_after,
)
from campaign.gateways.clock import Clock
from campaign.models.fund import Event, Grant
from campaign.services.campaigns.plan_changes import fund_named, record_change
from campaign.services.campaigns.report_drafts import use_within


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReport:
    """How an event or a grant went, for everybody to read; texts per language."""

    done: Mapping[str, str]
    lesson: Mapping[str, str]
    attendance: Attendance


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDecision:
    """What a member of staff wants done with an event or a grant.

    Attributes:
        reason: Why it is cancelled, a text per language.
        report: How it went, for the act of reporting.
        version: Which report the person has read, for the act of reporting.
        draft: The public id of the draft from field mode that the report was made of; empty where there was none.
    """

    campaign_id: int
    public_id: str
    act: TargetAct
    actor_id: int
    reason: Mapping[str, str] = field(default_factory=dict)
    report: TargetReport | None = None
    version: str = ""
    draft: str = ""


def act_on_target(decision: TargetDecision, *, clock: Clock) -> None:
    """Do with an event or a grant what was decided.

    Raises:
        NotFound: The campaign has no such event or grant.
        ChangedMeanwhile: Somebody else wrote a report since the version that the person has read.
        WrongTargetState: The act is not possible in its state.
        NotOverYet: It is said to have taken place before its day.
        CancelReasonMissing: It is to be cancelled without a reason.
        ReportIncomplete, ReportDoesNotAddUp: The report lacks what was done, or its numbers contradict each other.
    """
    today = local_day(clock.now())
    with transaction() as session:
        fund = fund_named(session, decision.campaign_id, decision.public_id)
        row: Event | Grant | None = (
            session.get(Event, fund.id) if fund.kind == FundKind.EVENT else session.get(Grant, fund.id)
        )
        if row is None:
            raise NotFound(f"target:{decision.public_id}")
        first_day = row.starts_on if isinstance(row, Event) else row.opens_on
        row.status = status_after(fund.kind, decision.act, row.status, first_day=first_day, today=today)
        if decision.act is TargetAct.CANCEL:
            row.state_note = _reason(decision)
            if isinstance(row, Event):
                row.details_changed_at = clock.now()
        if decision.act is TargetAct.REPORT:
            check_version(decision.version, row.report)
            row.report, row.reported_on = _report(decision), today
            if decision.draft:
                use_within(session, fund, decision.draft)
        record_change(session, fund, decision.act, decision.actor_id, clock)


def _reason(decision: TargetDecision) -> dict[str, str]:
    reason = {code: text for code, text in decision.reason.items() if text.strip()}
    if not reason:
        raise CancelReasonMissing(decision.public_id)
    return reason


def _report(decision: TargetDecision) -> dict[str, object]:
    report = decision.report
    if report is None or not any(text.strip() for text in report.done.values()):
        raise ReportIncomplete(decision.public_id)
    report.attendance.check()
    return {
        "done": dict(report.done),
        "lesson": dict(report.lesson),
        "came": report.attendance.came,
        "women": report.attendance.women,
        "first_time": report.attendance.first_time,
    }
