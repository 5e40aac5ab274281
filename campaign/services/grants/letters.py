"""The letter about a decision, in the applicant's language: proposed here, written and sent by a person."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

from campaign.database import reading, transaction
from campaign.domain.allocation import AllocationState
from campaign.domain.grant_application import LETTER_KIND, ApplicationState, check_letter
from campaign.domain.language import in_language_of
from campaign.domain.money import Money
from campaign.gateways.clock import Clock
from campaign.i18n import in_language, money_in_text
from campaign.models.campaign import Campaign
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.grants.beginning import mail_about
from campaign.services.grants.desk import Reader, visible_row
from campaign.services.queues.outbox import enqueue

OPENINGS: Mapping[ApplicationState, LazyString] = {
    ApplicationState.AWARDED: lazy_gettext(
        "We are glad to tell you that you get the grant “%(grant)s”: %(amount)s. We’ll write to you about the next steps."
    ),
    ApplicationState.REFUSED: lazy_gettext(
        "Thank you for your application for the grant “%(grant)s”. We read it with care. This time others were chosen."
    ),
    ApplicationState.WAITING: lazy_gettext(
        "Thank you for your application for the grant “%(grant)s”. It is on the waiting list: if a place becomes free, "
        "we’ll write to you."
    ),
}


def proposed_letter(reader: Reader, public_id: str) -> str:
    """Return the text with which the letter begins; the one that was sent, where it was.

    Raises:
        NotFound: There is no such application.
        WrongApplicationState, LetterTooEarly: No letter can be sent now.
    """
    with reading() as session:
        row, title, kind = visible_row(session, reader, public_id)
        state = ApplicationState(row.state)
        check_letter(state, AllocationState(kind) if kind else None)
        if row.letter:
            return row.letter
        campaign = session.get_one(Campaign, row.campaign_id)
        with in_language(row.language):
            amount = (
                money_in_text(Money(row.award_minor, row.award_currency))
                if row.award_minor and row.award_currency
                else ""
            )
            greeting = lazy_gettext("Dear %(name)s,", name=row.name)
            opening = str(OPENINGS[state]) % {"grant": in_language_of(title, row.language), "amount": amount}
            return f"{greeting}\n\n{opening}\n\n{in_language_of(campaign.title, row.language)}"


def send_letter(reader: Reader, public_id: str, text: str, *, clock: Clock) -> None:
    """Send the letter once; a second sending of the same letter does nothing.

    Raises:
        NotFound: There is no such application.
        WrongApplicationState, LetterTooEarly: No letter can be sent now.
    """
    at = clock.now()
    with transaction() as session:
        row, _title, kind = visible_row(session, reader, public_id, is_locking=True)
        check_letter(ApplicationState(row.state), AllocationState(kind) if kind else None)
        if row.letter_at is not None:
            return
        row.letter, row.letter_at = text, at
        key = f"{LETTER_KIND}:{row.public_id}:{row.revision}"
        mail = mail_about(session, row, LETTER_KIND, key=key, language=row.language, at=at, letter=text)
        enqueue(session, mail, at=at)
        count_public_change(session, row.campaign_id)
        subject = f"application:{row.public_id}"
        audit.record(session, actor_id=reader.staff_id, action="application:letter", subject=subject, at=at, detail={})
