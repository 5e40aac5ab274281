"""Mail leaves the outbox: in the donor's language, with its receipt, retried with growing pauses, then shown to staff.

A mail is marked as sent after the server took it. A crash in between, or a database that is gone just then, sends it
once more, with the same Message-ID, so that a mailbox can tell the double; the other order could lose it.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.donor_session import SIGN_IN_KIND
from campaign.domain.errors import NotFound
from campaign.domain.event_sign_up import MAIL_KIND as SIGN_UP_KIND
from campaign.domain.grant_application import LETTER_KIND, LINK_KIND, RECEIVED_KIND
from campaign.domain.mail import MailFailure, MailHoldReason, MailState
from campaign.domain.money import Money
from campaign.domain.news import CONFIRM_KIND, NEWS_KIND
from campaign.domain.segment_mailing import SEGMENT_MAIL_KIND
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.mailer import AddressRefused, Email, MailRefused, MailUnavailable
from campaign.i18n import current_language, day, in_language, money_in_text
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.services.campaigns.mail_sentences import MONTHLY, PLACEHOLDERS, RECEIPT, mail_sentences
from campaign.services.donor_account.sign_in import sign_in_facts
from campaign.services.events.mail_facts import calendar_attachment, sign_up_facts
from campaign.services.grants.links import link_facts
from campaign.services.mail.listed_mail import ListedMail
from campaign.services.mail.sender import MailSender, sender_of
from campaign.services.news import mailing
from campaign.services.news.handing_over import hand_over
from campaign.services.news.mail_facts import confirm_facts, list_headers, update_facts
from campaign.services.pledges import mail_facts
from campaign.services.pledges.mailbox import links_in_words
from campaign.services.queues.sendings import HandOver
from campaign.services.queues.work_queue import ClaimedRow, QueuePolicy, WorkQueue
from campaign.services.receipts import files, issuing, links
from campaign.services.receipts.conversion import ConversionNotKnown
from campaign.services.segment_mailings import sending
from campaign.services.segment_mailings.handing_over import hand_over_to_donor
from campaign.services.segment_mailings.mail_facts import segment_mail_facts
from campaign.services.staff import links as staff_links
from campaign.services.transfer_instructions import transfer_in_words
from receipts import ReceiptOnHold

CONVERSION_DELAY = timedelta(seconds=20)
PAUSE = timedelta(minutes=30)
"""How long an email waits whose sending is paused; resuming makes it due at once."""


@dataclass(frozen=True, kw_only=True)
class ClaimedMail(ClaimedRow):
    """An email that a worker claimed. One that brings another receipt or goes elsewhere by now is sent anew."""

    UNCHANGED: ClassVar[tuple[str, ...]] = ("id", "attempts", "receipt_id", "recipient")

    receipt_id: int | None
    recipient: str


LAST_KINDS = (NEWS_KIND, SEGMENT_MAIL_KIND)
"""Kinds of emails that go to many at once."""
POLICY = QueuePolicy(
    # About two days. After the last attempt an alarm is raised.
    waiting=(MailState.QUEUED,),
    exhausted=MailState.FAILED_PERMANENTLY,
    base=timedelta(seconds=30),
    maximum=timedelta(hours=3),
    max_attempts=25,
)
MAILS = WorkQueue(Message, ClaimedMail, POLICY, condition=Message.kind.not_in(LAST_KINDS))
NEWS = WorkQueue(Message, ClaimedMail, POLICY, condition=Message.kind.in_(LAST_KINDS))
"""Updates for readers and emails to segments, which wait until nothing else is due."""


OWN_FACTS = {
    CONFIRM_KIND: confirm_facts,
    NEWS_KIND: update_facts,
    SEGMENT_MAIL_KIND: segment_mail_facts,
    SIGN_UP_KIND: sign_up_facts,
    SIGN_IN_KIND: sign_in_facts,
    LINK_KIND: link_facts,
    RECEIVED_KIND: link_facts,
    LETTER_KIND: link_facts,
}
"""Kind of an email about news, an event or an application → what makes the facts of its templates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow(ListedMail):
    """A mail as development's mailbox lists it."""

    receipt_id: int | None


def deliver_next(context: Context) -> bool:
    """Send the oldest mail that is due; False when there is none, or the circuit breaker is open."""
    if not context.mailer.is_ready:
        return False
    for queue, deliver in ((MAILS, _deliver), (NEWS, _deliver_news)):
        due = queue.claim_next(at=context.clock.now())
        if due is not None:
            deliver(due, context)
            return True
    return False


def _deliver_news(due: ClaimedMail, context: Context) -> None:
    """Send an update or an email to a segment at most once; not while it is paused, nor to who has unsubscribed."""
    is_update = _message(due.id).kind == NEWS_KIND
    match (hand_over if is_update else hand_over_to_donor)(due.id, clock=context.clock):
        case HandOver.SEND:
            _deliver(due, context, queue=NEWS)
        case HandOver.LATER:
            NEWS.postpone(due, PAUSE, at=context.clock.now())
        case HandOver.NEVER:
            return


def _deliver(due: ClaimedMail, context: Context, *, queue: WorkQueue[ClaimedMail] = MAILS) -> None:
    try:
        state = _send(due, context=context)
    except ConversionNotKnown:
        queue.postpone(due, CONVERSION_DELAY, at=context.clock.now())
    except ReceiptOnHold as reason:
        _hold(due, f"The receipt cannot be printed rightly: {reason}")
    except MailRefused as reason:
        failure = MailFailure.ADDRESS if isinstance(reason, AddressRefused) else MailFailure.REFUSED
        _close(due, MailState.FAILED_PERMANENTLY, str(reason), failure=failure, clock=context.clock)
    except MailUnavailable as reason:
        if queue is NEWS:
            mailing.SENDINGS.take_back(due.id)
            sending.SENDINGS.take_back(due.id)
        queue.reschedule(due, str(reason), at=context.clock.now(), failure=MailFailure.UNREACHABLE)
    except Exception as error:
        queue.reschedule(due, f"{type(error).__name__}: {error}", at=context.clock.now(), failure=MailFailure.FAULT)
        raise
    else:
        _close(due, state, None, clock=context.clock)


def _send(due: ClaimedMail, *, context: Context) -> MailState:
    """Send an email with its receipt and return its new state; without a mail server it is stored."""
    attachment = _attachment(due, clock=context.clock)
    if not context.mailer.sends:
        return MailState.STORED
    message, at = _message(due.id), context.clock.now()
    attachment = attachment or calendar_attachment(message, public_url=context.public_url, at=at)
    context.mailer.send(compose(message, attachment=attachment, public_url=context.public_url, at=at))
    return MailState.SENT


def compose(message: Message, *, attachment: tuple[str, bytes] | None, public_url: str, at: datetime) -> Email:
    """The mail as it leaves: subject, text and HTML from the templates of its kind, in its language."""
    sender = sender_of(message)
    with in_language(message.language):
        facts = _template_facts(message, public_url=public_url, at=at)
        if message.donation_id is not None or "pledge" in message.facts:
            facts["my_url"] = f"{public_url}/{message.language}/my/"
        parts = render_parts(message.kind, facts, sender, public_url=public_url)
    return Email(
        message_id=f"<{message.public_id}@{urlsplit(public_url).hostname}>",
        recipient=message.recipient,
        subject=parts["subject.txt"],
        text=parts["body.txt"],
        html=parts["body.html"],
        language=message.language,
        sender_name=sender.name,
        reply_to=sender.reply_to or facts.get("help_email") or None,
        sent_at=at,
        attachments=(attachment,) if attachment else (),
        list_headers=list_headers(facts),
    )


def render_parts(kind: str, facts: dict[str, Any], sender: MailSender, *, public_url: str) -> dict[str, str]:
    """Return subject.txt, body.txt and body.html of an email in the language in use; `facts` gets what the sender adds."""
    facts["help_email"] = facts.get("help_email") or sender.contact_email
    facts |= {"organisation_name": sender.organisation_name, "legal_footer": sender.legal_footer}
    facts["colours"] = sender.colours
    facts.setdefault("my_url", "")
    facts["logo_url"] = f"{public_url}{sender.logo_path}" if sender.logo_path else ""
    # Not render_template: what pages are given of their request and site has no place in a mail.
    parts = {
        part: current_app.jinja_env.get_template(f"emails/{kind}/{part}").render(facts)
        for part in ("subject.txt", "body.txt", "body.html")
    }
    return {**parts, "subject.txt": " ".join(parts["subject.txt"].split())}


def preview(public_id: str, *, context: Context) -> Email:
    """A mail as it left or will leave, without its attachment; NotFound."""
    with reading() as session:
        message = session.execute(select(Message).where(Message.public_id == public_id)).scalar_one_or_none()
        if message is None:
            raise NotFound(public_id)
        session.expunge(message)
    at = message.sent_at or context.clock.now()
    return compose(message, attachment=None, public_url=context.public_url, at=at)


def messages(*, state: str | None = None, limit: int = 100) -> list[MessageRow]:
    """Mails, newest first, of one state or all."""
    query = (
        select(*(getattr(Message, field.name) for field in fields(MessageRow))).order_by(Message.id.desc()).limit(limit)
    )
    if state is not None:
        query = query.where(Message.state == state)
    with reading() as session:
        return [MessageRow(**row._mapping) for row in session.execute(query)]  # noqa: SLF001


def receipt_number_of(public_id: str) -> str | None:
    """The receipt that a mail carries, if it carries one."""
    with reading() as session:
        return session.execute(
            select(Receipt.number).join(Message, Message.receipt_id == Receipt.id).where(Message.public_id == public_id)
        ).scalar()


def _template_facts(message: Message, *, public_url: str, at: datetime) -> dict[str, Any]:
    """The stored facts as finished texts of the reader's language, which is what the templates take."""
    facts: dict[str, Any] = staff_links.with_address(message.facts, public_url=public_url)
    base = f"{public_url}/{message.language}"
    facts |= {"lang": current_language(), "public_url": public_url}
    if "pledge" in facts:
        with reading() as session:
            facts = mail_facts.pledge_mail_facts(session, facts, message, public_url=public_url)
            return facts | _own_sentences(session, message, facts, (message.kind,))
    if message.kind in OWN_FACTS:
        return OWN_FACTS[message.kind](facts, message=message, public_url=public_url)
    if "mailbox" in facts:
        return links_in_words(facts, message=message, public_url=public_url)
    if "amount_minor" in facts:
        facts["amount"] = money_in_text(Money(facts["amount_minor"], facts["currency"]))
    if "transfer" in facts:
        facts["transfer"] = transfer_in_words(facts["transfer"])
    if "donate_query" in facts:
        facts["donate_url"] = f"{base}/donate?{facts['donate_query']}"
    if "receipt_number" not in facts:
        return facts  # it tells of no gift, or of one that is not paid
    number = facts["receipt_number"]
    code = _verify_code(number)
    facts |= {
        "given_on": day(date.fromisoformat(facts["given_on"])),
        "receipt_url": f"{base}/verify/{number}?code={code}",
        "pdf_url": links.link_address(number, at=at, public_url=public_url, language=message.language),
    }
    with reading() as session:
        facts |= mail_facts.receipt_mail_facts(session, message, public_url=public_url)
        mails = (MONTHLY, RECEIPT) if facts.get("is_monthly") else (RECEIPT,)
        return facts | _own_sentences(session, message, facts, mails)


def _own_sentences(session: Session, message: Message, facts: dict[str, Any], mails: tuple[str, ...]) -> dict[str, str]:
    values = {name: str(facts.get(name, "")) for name in PLACEHOLDERS}
    return mail_sentences(session, message.campaign_id, message.language, mails=mails, values=values)


def _verify_code(number: str) -> str:
    with reading() as session:
        return session.execute(select(Receipt.verify_code).where(Receipt.number == number)).scalar() or ""


def _attachment(due: ClaimedMail, *, clock: Clock) -> tuple[str, bytes] | None:
    if due.receipt_id is None:
        return None
    issuing.make_file(due.receipt_id, clock=clock)
    with reading() as session:
        number = session.execute(select(Receipt.number).where(Receipt.id == due.receipt_id)).scalar_one()
    return f"{number}.pdf", files.receipt_pdf(number)  # marked, where it has ended meanwhile


def _message(message_id: int) -> Message:
    with reading() as session:
        message = session.get_one(Message, message_id)
        session.expunge(message)
    return message


def _close(
    due: ClaimedMail, state: MailState, error: str | None, *, failure: MailFailure | None = None, clock: Clock
) -> None:
    sent_at = clock.now() if state is MailState.SENT else None
    with transaction() as session:
        MAILS.complete(session, due, state, error=error, failure=failure, sent_at=sent_at)


def _hold(due: ClaimedMail, error: str) -> None:
    """Hold it until its receipt is corrected."""
    reason = MailHoldReason.RECEIPT_NOT_PRINTABLE
    with transaction() as session:
        MAILS.complete(session, due, MailState.HELD, hold_reason=reason, error=error, failure=None)
