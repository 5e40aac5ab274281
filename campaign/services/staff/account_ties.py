"""Which administrator made which account, as the audit trail says, and what another one has confirmed since.

Two people move money. An administrator could invite a second mailbox of their own and be both; so who made an account
does not decide together with it until another administrator has confirmed that a person of its own uses it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.allocation import AccountTie, DependentApproval, check_independence
from campaign.domain.errors import DomainError
from campaign.gateways.clock import Clock
from campaign.models.staff import AuditEvent, Staff
from campaign.services import audit
from campaign.services.staff.accounts import load_person

CONFIRM = "staff:confirm"
MAKING = ("staff:add", "staff:set_roles", "staff:correct")
OVER_MONEY = ("finance", "approver")


class ConfirmedByMaker(DomainError):
    """Only somebody else confirms an account: neither its own person nor who made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedAccount:
    """An account that another administrator should confirm, and who made it."""

    maker_ids: frozenset[int]
    makers: tuple[str, ...]

    def can_be_confirmed_by(self, actor_id: int) -> bool:
        """Return whether this administrator made less than all of it."""
        return not self.maker_ids <= {actor_id}


def ties_in(session: Session, accounts: Collection[int]) -> list[AccountTie]:
    """Return who made these accounts."""
    subjects = [f"staff:{account}" for account in accounts]
    query = select(AuditEvent).where(AuditEvent.subject.in_(subjects), AuditEvent.action.in_((*MAKING, CONFIRM)))
    events = session.execute(query.order_by(AuditEvent.id)).scalars().all()
    return [
        AccountTie(
            maker_id=event.actor_id,
            account_id=_account(event),
            is_confirmed=any(_confirms(other, event) for other in events),
        )
        for event in events
        if event.actor_id is not None and event.actor_id != _account(event) and _makes(event)
    ]


def check_independent(session: Session, proposer_id: int, approver_id: int) -> None:
    """Check that one person does not both propose and approve, as far as accounts tell.

    Raises:
        DependentApproval: One of them made the other account, and no other administrator has confirmed it.
    """
    check_independence(proposer_id, approver_id, ties_in(session, (proposer_id, approver_id)))


def are_independent(proposer_id: int, approver_id: int) -> bool:
    """Return whether the second account may approve what the first one proposed."""
    with reading() as session:
        try:
            check_independent(session, proposer_id, approver_id)
        except DependentApproval:
            return False
    return True


def unconfirmed(staff_id: int) -> UnconfirmedAccount | None:
    """Return who made an account that nobody else has confirmed; None where there is nothing to confirm."""
    with reading() as session:
        makers = {tie.maker_id for tie in ties_in(session, (staff_id,)) if not tie.is_confirmed}
        names = session.execute(select(Staff.name).where(Staff.id.in_(makers)).order_by(Staff.name)).scalars().all()
    return UnconfirmedAccount(maker_ids=frozenset(makers), makers=tuple(names)) if makers else None


def confirm(staff_id: int, *, actor_id: int, clock: Clock) -> None:
    """Record that a person of its own uses an account. The same once more changes nothing.

    Raises:
        ConfirmedByMaker: The actor uses or made it.
        NotFound: There is nobody with this number.
    """
    with transaction() as session:
        load_person(session, staff_id)
        makers = {tie.maker_id for tie in ties_in(session, (staff_id,)) if not tie.is_confirmed}
        if actor_id == staff_id or (makers and makers <= {actor_id}):
            raise ConfirmedByMaker(f"staff:{staff_id}")
        if makers:
            subject = f"staff:{staff_id}"
            audit.record(session, actor_id=actor_id, action=CONFIRM, subject=subject, at=clock.now(), detail={})


def _account(event: AuditEvent) -> int:
    return int(event.subject.removeprefix("staff:"))


def _makes(event: AuditEvent) -> bool:
    """Return whether an act puts an account into somebody's hands: a new one, a new role over money, another mailbox."""
    match event.action:
        case "staff:add":
            return True
        case "staff:set_roles":
            return bool(_roles_over_money(event, "after") - _roles_over_money(event, "before"))
        case "staff:correct":
            return bool(event.detail.get("address_corrected"))
    return False


def _roles_over_money(event: AuditEvent, when: str) -> set[str]:
    roles = event.detail.get(when)
    names = [str(role) for role in roles] if isinstance(roles, list) else []
    return {name for name in names if name.partition("@")[0] in OVER_MONEY}


def _confirms(event: AuditEvent, making: AuditEvent) -> bool:
    is_later = event.action == CONFIRM and event.subject == making.subject and event.id > making.id
    return is_later and event.actor_id not in {making.actor_id, _account(making)}
