"""The rows of a gift's disputes and fraud warnings, read for the rule of settling and written as it says."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.disputes import DisputeState
from campaign.domain.fraud_hold import FraudSign
from campaign.domain.settling_disputes import (
    DisputeChange,
    DisputeStatus,
    KnownDispute,
    KnownWarning,
    WarningChange,
)
from campaign.models.donation import Dispute, FraudWarning


def read_disputes(session: Session, donation_id: int) -> tuple[KnownDispute, ...]:
    """Read all disputes of a gift."""
    query = select(
        Dispute.id,
        Dispute.provider_id,
        Dispute.amount_minor,
        Dispute.reason,
        Dispute.state,
        Dispute.status,
        Dispute.due_at,
        Dispute.withdrawal_id,
        Dispute.reinstatement_id,
    ).where(Dispute.donation_id == donation_id)
    return tuple(
        KnownDispute(
            id=row.id,
            provider_id=row.provider_id,
            status=DisputeStatus(
                amount_minor=row.amount_minor,
                reason=row.reason,
                state=DisputeState(row.state),
                status=row.status,
                due_at=row.due_at,
                withdrawal_id=row.withdrawal_id,
                reinstatement_id=row.reinstatement_id,
            ),
        )
        for row in session.execute(query)
    )


def write_disputes(session: Session, donation_id: int, changes: Iterable[DisputeChange]) -> None:
    """Insert and update the rows."""
    for change in changes:
        status = asdict(change.status)
        if change.known is not None:
            session.execute(update(Dispute).where(Dispute.id == change.known.id).values(status))
            continue
        row = {
            "donation_id": donation_id,
            "provider_id": change.facts.provider_id,
            "currency": change.facts.amount.currency,
            "opened_at": change.facts.opened_at,
        }
        session.execute(insert(Dispute), {**row, **status})


def read_warnings(session: Session, donation_id: int) -> tuple[KnownWarning, ...]:
    """Read all fraud warnings of a gift."""
    columns = (FraudWarning.id, FraudWarning.provider_id, FraudWarning.sign, FraudWarning.is_actionable)
    rows = session.execute(select(*columns, FraudWarning.approved_at).where(FraudWarning.donation_id == donation_id))
    return tuple(
        KnownWarning(
            id=row.id,
            provider_id=row.provider_id,
            sign=FraudSign(row.sign),
            is_actionable=row.is_actionable,
            is_approved=row.approved_at is not None,
        )
        for row in rows
    )


def write_warnings(session: Session, donation_id: int, changes: Iterable[WarningChange], *, at: datetime) -> None:
    """Insert the new rows, and correct what can still be done about a warning and whether somebody approved it."""
    for change in changes:
        facts = change.facts
        values: dict[str, object] = {"is_actionable": facts.is_actionable}
        if facts.is_approved and not (change.known and change.known.is_approved):
            values["approved_at"] = at
        if change.known is not None:
            session.execute(update(FraudWarning).where(FraudWarning.id == change.known.id).values(values))
            continue
        row = {
            "donation_id": donation_id,
            "provider_id": facts.provider_id,
            "sign": facts.sign,
            "fraud_type": facts.fraud_type,
            "made_at": facts.made_at,
        }
        session.execute(insert(FraudWarning), {**row, **values})


def approve_warnings(session: Session, donation_id: int, *, at: datetime) -> None:
    """Write down that a person decided about all signs of fraud that are known of a gift."""
    undecided = (FraudWarning.donation_id == donation_id, FraudWarning.approved_at.is_(None))
    session.execute(update(FraudWarning).where(*undecided).values(approved_at=at))
