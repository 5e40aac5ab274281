"""The rows of a gift's disputes and fraud warnings, read for the rule of settling and written as it says."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.disputes import DisputeState
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
    query = select(FraudWarning.id, FraudWarning.provider_id, FraudWarning.is_actionable)
    rows = session.execute(query.where(FraudWarning.donation_id == donation_id))
    return tuple(KnownWarning(id=row.id, provider_id=row.provider_id, is_actionable=row.is_actionable) for row in rows)


def write_warnings(session: Session, donation_id: int, changes: Iterable[WarningChange]) -> None:
    """Insert the new rows, and correct whether something can still be done about a warning."""
    for change in changes:
        facts = change.facts
        if change.known is not None:
            known = FraudWarning.id == change.known.id
            session.execute(update(FraudWarning).where(known).values(is_actionable=facts.is_actionable))
            continue
        row = {
            "donation_id": donation_id,
            "provider_id": facts.provider_id,
            "sign": facts.sign,
            "fraud_type": facts.fraud_type,
            "is_actionable": facts.is_actionable,
            "made_at": facts.made_at,
        }
        session.execute(insert(FraudWarning), row)
