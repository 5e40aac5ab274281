"""A gift's disputes and fraud warnings, brought up to the provider's word: part of `applying`, under the gift's lock.

Money moves by balance transactions alone, never by an event's name. A write-off stands until the money comes back.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaign.days import local_day
from campaign.domain import postings
from campaign.domain.disputes import DisputeState, dispute_state, held
from campaign.domain.journal import Entry, reversal_of
from campaign.domain.payment import DisputeFacts, DisputeMovement, FraudWarningFacts
from campaign.models.donation import Dispute, FraudWarning
from campaign.services.gifts.locked import LockedGift


def apply_disputes(session: Session, gift: LockedGift, disputes: Sequence[DisputeFacts], *, at: datetime) -> None:
    """Every dispute that the provider knows; what was charged back is computed anew, never added to."""
    if not disputes:
        return
    for dispute in sorted(disputes, key=lambda known: (known.opened_at, known.provider_id)):
        _apply_dispute(session, gift, dispute, at=at)
    lost = session.execute(
        select(Dispute.amount_minor).where(Dispute.donation_id == gift.id, Dispute.state == DisputeState.LOST)
    ).scalars()
    charged_back = sum(lost)
    if charged_back != gift.row.charged_back_minor:
        gift.changes["charged_back_minor"] = charged_back


def apply_warnings(session: Session, gift: LockedGift, warnings: Sequence[FraudWarningFacts]) -> None:
    """Every fraud warning, and whether something can still be done about it."""
    for warning in sorted(warnings, key=lambda known: (known.made_at, known.provider_id)):
        known = session.execute(
            select(FraudWarning.id, FraudWarning.is_actionable).where(FraudWarning.provider_id == warning.provider_id)
        ).one_or_none()
        if known is None:
            row = {
                "donation_id": gift.id,
                "provider_id": warning.provider_id,
                "fraud_type": warning.fraud_type,
                "is_actionable": warning.is_actionable,
                "made_at": warning.made_at,
            }
            session.execute(insert(FraudWarning), row)
            gift.happened.append(("fraud_warning", {"warning": warning.provider_id}))
        elif known.is_actionable != warning.is_actionable:
            session.execute(
                update(FraudWarning).where(FraudWarning.id == known.id).values(is_actionable=warning.is_actionable)
            )
            gift.happened.append(("fraud_warning_over", {"warning": warning.provider_id}))


def _apply_dispute(session: Session, gift: LockedGift, dispute: DisputeFacts, *, at: datetime) -> None:
    known = session.execute(select(Dispute).where(Dispute.provider_id == dispute.provider_id)).scalar_one_or_none()
    state = _state(dispute, known)
    facts: dict[str, Any] = {  # columns of any type
        "amount_minor": dispute.amount.minor,
        "reason": dispute.reason,
        "state": state.value,
        "status": dispute.status,
        "due_at": dispute.due_at,
        "withdrawal_id": _id_of(dispute.withdrawals),
        "reinstatement_id": _id_of(dispute.returns),
    }
    if known is not None and all(getattr(known, name) == value for name, value in facts.items()):
        return
    gift.entries.extend(_entries(gift, dispute, state=state, written_off=_written_off(known), at=at))
    if known is None:
        made = {
            "donation_id": gift.id,
            "provider_id": dispute.provider_id,
            "currency": dispute.amount.currency,
            "opened_at": dispute.opened_at,
        }
        session.execute(insert(Dispute), {**made, **facts})
    else:
        session.execute(update(Dispute).where(Dispute.id == known.id).values(facts))
    gift.happened.append(
        (f"dispute_{state}", {"dispute": dispute.provider_id, "minor": dispute.amount.minor, "status": dispute.status})
    )


def _state(dispute: DisputeFacts, known: Dispute | None) -> DisputeState:
    """What the dispute is now. What was written off stays lost, whatever the word, until the money comes back."""
    where = held(withdrawals=len(dispute.withdrawals), returns=len(dispute.returns))
    state = dispute_state(dispute.status, where)
    written_off = _written_off(known)
    is_still_gone = (
        written_off is not None and state is DisputeState.OPEN and written_off == _id_of(dispute.withdrawals)
    )
    return DisputeState.LOST if is_still_gone else state


def _written_off(known: Dispute | None) -> str | None:
    """The withdrawal that the books have written off for this dispute."""
    return known.withdrawal_id if known is not None and known.state == DisputeState.LOST else None


def _entries(
    gift: LockedGift, dispute: DisputeFacts, *, state: DisputeState, written_off: str | None, at: datetime
) -> Iterator[Entry]:
    """All of a dispute's entries; those that stand already are known by their source, and what is lost is lost once."""
    about: dict[str, Any] = {"subject": gift.subject, "fund_id": gift.row.fund_id}
    for number, taken in enumerate(dispute.withdrawals):
        transaction = taken.settled.transaction_id
        yield postings.dispute_opened(withdrawn=taken.settled, on=local_day(taken.at), **about)
        back = dispute.returns[number] if number < len(dispute.returns) else None
        decided_on = local_day(max(taken.at, dispute.closed_at or at))
        lost = postings.dispute_lost(disputed=dispute.amount, withdrawn=taken.settled, on=decided_on, **about)
        if back is None:
            if state is DisputeState.LOST and transaction != written_off:
                yield lost
            continue
        if transaction == written_off:
            yield reversal_of(lost, source=f"reversal:{lost.source}", on=local_day(back.at))
        yield postings.dispute_won(withdrawn=taken.settled, returned=back.settled, on=local_day(back.at), **about)


def _id_of(movements: Sequence[DisputeMovement]) -> str | None:
    """The latest of them."""
    return movements[-1].settled.transaction_id if movements else None
