"""Somebody confirms their sign-up by the link in their email, and gets a place, or one on the waiting list.

Looking changes nothing: programs that open every link of an email press no button.
"""

from campaign.database import transaction
from campaign.gateways.clock import Clock
from campaign.services.events.own_sign_up import OwnSignUp, own_row, refuse_late, shown
from campaign.services.events.places import event_with_id
from campaign.services.events.signing_up import enter


def confirm_own(token: str, *, clock: Clock) -> OwnSignUp:
    """Confirm a sign-up; one that is confirmed, or cancelled, stays as it is.

    Returns:
        The sign-up of the mailbox; still unconfirmed where the event cannot take it.

    Raises:
        SignUpLinkBroken, SignUpDeleted, SignUpLinkExpired: As in `own_sign_up`.
    """
    at = clock.now()
    with transaction() as session:
        rows = event_with_id(session, own_row(session, token).event_id, is_locking=True)
        row = own_row(session, token)
        refuse_late(session, rows, row, at=at)
        answer = shown(session, rows, row, at=at)
        if answer.gets is None or not answer.can_confirm:
            return answer
        enter(session, rows, row, answer.gets, at=at)
        return shown(session, rows, row, at=at)
