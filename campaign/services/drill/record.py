"""The drills of each version, and whether this version may take live payments."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from campaign.database import reading, transaction
from campaign.domain.drill import DrillOutcome
from campaign.domain.errors import DomainError
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.drill import Drill
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.drill.report import DrillReport
from campaign.services.drill.version import fingerprint

MIN_REASON = 10
"""Letters that a reason must have: «ok» is none."""


class OtherVersion(DomainError):
    """The report is of another version of the program than this one."""


class ReasonTooShort(DomainError):
    """Going live without a drill needs a reason that somebody can read later."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of this version: `outcome` is held, failed, waived or None; when, and why it was waived."""

    version: str
    outcome: str | None
    at: datetime | None = None
    reason: str = ""

    @property
    def may_go_live(self) -> bool:
        return self.outcome in {DrillOutcome.PASSED, DrillOutcome.WAIVED}


def standing() -> Standing:
    """Return the latest record of this version."""
    version = fingerprint()
    with reading() as session:
        row = session.execute(
            select(Drill.outcome, Drill.at, Drill.reason)
            .where(Drill.version == version)
            .order_by(Drill.id.desc())
            .limit(1)
        ).one_or_none()
    return Standing(version, *row) if row else Standing(version, None)


def record_drill(report: DrillReport, *, clock: Clock) -> None:
    """Record a drill, passed or failed.

    Raises:
        OtherVersion: it is of another version of the program.
    """
    if report.version != fingerprint():
        raise OtherVersion(report.version)
    _add(
        DrillOutcome.PASSED if report.has_passed else DrillOutcome.FAILED,
        reason="",
        report=report.as_facts(),
        clock=clock,
    )


def waive(reason: str, *, clock: Clock) -> None:
    """Let this version go live without a drill, for a stored reason.

    Raises:
        ReasonTooShort: the reason says too little.
    """
    if len(reason.strip()) < MIN_REASON:
        raise ReasonTooShort
    _add(DrillOutcome.WAIVED, reason=reason.strip(), report={}, clock=clock)


def _add(outcome: DrillOutcome, *, reason: str, report: dict[str, object], clock: Clock) -> None:
    version, at = fingerprint(), clock.now()
    row = {"version": version, "outcome": outcome, "at": at, "reason": reason, "report": report}
    with transaction() as session:
        session.execute(insert(Drill), row)
        detail: dict[str, object] = {"outcome": outcome, "reason": reason}
        for campaign_id in session.execute(select(Campaign.id)).scalars().all():
            count_public_change(session, campaign_id)  # the pages offer card gifts, or no longer do
        audit.record(
            session, actor_id=None, action=f"drill:{outcome}", subject=f"version:{version}", at=at, detail=detail
        )
