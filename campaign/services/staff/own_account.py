"""What a person changes in their own account beside the password: recorded in the audit trail and confirmed by email."""

from campaign.database import transaction
from campaign.gateways.clock import Clock
from campaign.services import audit
from campaign.services.staff.accounts import load_person
from campaign.services.staff.mails import AccountEvent, send_notice


def record_change(staff_id: int, event: AccountEvent, *, clock: Clock) -> None:
    """Record a change of the second step or of passkeys that the person made themselves."""
    at = clock.now()
    with transaction() as session:
        person = load_person(session, staff_id)
        send_notice(session, person, event, at=at)
        action, subject = f"staff:{event.value}", f"staff:{staff_id}"
        audit.record(session, actor_id=staff_id, action=action, subject=subject, at=at, detail={})
