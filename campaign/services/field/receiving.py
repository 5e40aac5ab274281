"""Updates by email: what a person sends to their secret address becomes a draft, once; what is refused is answered.

An address that is none of ours is answered with nothing, so that nobody learns which ones there are.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from campaign.database import reading, transaction
from campaign.domain.errors import DomainError
from campaign.domain.field_mail import MAX_MESSAGE_BYTES, FieldMail, MailFile, read_headers, read_mail
from campaign.domain.identity import derived_public_id
from campaign.domain.news import MAX_TITLE
from campaign.domain.picture import PictureRefused
from campaign.domain.typed_text import markdown_source, one_line
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.file_store import FileStore
from campaign.i18n import in_language
from campaign.models.campaign import Campaign, Update
from campaign.services.field.entries import EntryTooLong, FieldEntry, receive_entry
from campaign.services.field.mailboxes import MailboxOwner, owner_of
from campaign.services.pictures.uploading import Upload, add_picture
from campaign.services.queues.outbox import OutgoingMail, enqueue

MAX_A_DAY = 50
"""Drafts of one person: somebody who has found an address out fills no database."""
REPLY = "field_reply"


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """What became of an email: the public id of its draft, or nothing, and what was refused of it."""

    public_id: str
    problems: tuple[str, ...]


def receive_mail(data: bytes, *, recipient: str = "", context: Context) -> ReceivedMail | None:
    """Make a draft of an email; None for one that is nobody's. The same email again changes nothing and is not answered again.

    Args:
        data: The whole email, as the mail server hands it over.
        recipient: The address that it was delivered to, where the mail server says so.
        context: The time, where the files of pictures go, and the address of the site, for the answer.

    Raises:
        PicturesBusy: Other pictures are being prepared; the mail server tries again later.
    """
    headers = read_headers(data)
    owner = next(filter(None, map(owner_of, filter(None, (recipient, *headers.recipients)))), None)
    if owner is None or headers.is_automatic or _has_enough(owner, clock=context.clock):
        return None
    public_id = _public_id_of(owner, headers, data)
    with in_language(owner.language):
        if len(data) > MAX_MESSAGE_BYTES:
            received = ReceivedMail("", (_("The email is too big. Send fewer or smaller pictures."),))
        else:
            received = _received(owner, read_mail(data), public_id, store=context.files, clock=context.clock)
        if received.problems:
            _answer(owner, received, public_id, context=context)
    return received


def _received(
    owner: MailboxOwner, mail: FieldMail, public_id: str, *, store: FileStore | None, clock: Clock
) -> ReceivedMail:
    problems, pictures = [], []
    for number, file in enumerate(mail.files, start=1):
        name = derived_public_id(public_id, number)
        if (problem := _take(owner, file, name, store=store, clock=clock)) is None:
            pictures.append(name)
        else:
            problems.append(problem)
    if mail.has_more_files:
        problems.append(_("There were more than 10 files; the others were not taken."))
    title, text = one_line(mail.title), markdown_source(mail.text)
    entry = FieldEntry(
        campaign_id=owner.campaign_id,
        public_id=public_id,
        language=_language(owner),
        title=title[:MAX_TITLE],
        body=text if len(title) <= MAX_TITLE else f"{title}\n\n{text}",
        actor_id=owner.staff_id,
        pictures=tuple(pictures),
    )
    try:
        receive_entry(entry, clock=clock)
    except EntryTooLong:
        return ReceivedMail(
            "", (*problems, _("The text is longer than an update can be. Shorten it and send it again."))
        )
    except DomainError:
        return ReceivedMail("", (*problems, _("There was neither a subject nor a text.")))
    return ReceivedMail(public_id, tuple(problems))


def _take(owner: MailboxOwner, file: MailFile, name: str, *, store: FileStore | None, clock: Clock) -> str | None:
    """Make a picture of a file, or return the sentence that says why not."""
    if file.is_picture:
        upload = Upload(
            campaign_id=owner.campaign_id,
            public_id=name,
            file_name=file.name,
            data=file.data,
            actor_id=owner.staff_id,
        )
        try:
            add_picture(upload, store=store, clock=clock)
        except PictureRefused:
            pass
        else:
            return None
    return str(_("%(name)s was not taken. Attach JPEG, PNG, WebP or HEIC pictures of at most 25 MB.", name=file.name))


def _public_id_of(owner: MailboxOwner, mail: FieldMail, data: bytes) -> str:
    """Return the name of the draft, which is the same for the same email."""
    known = mail.message_id or hashlib.sha256(data).hexdigest()
    return derived_public_id(f"mail:{owner.staff_id}:{owner.campaign_id}:{known}", 1)


def _language(owner: MailboxOwner) -> str:
    with reading() as session:
        languages = session.get_one(Campaign, owner.campaign_id).languages
    return owner.language if not languages or owner.language in languages else languages[0]


def _has_enough(owner: MailboxOwner, *, clock: Clock) -> bool:
    query = select(func.count()).where(
        Update.campaign_id == owner.campaign_id,
        Update.changed_by == owner.staff_id,
        Update.recorded_at > clock.now() - timedelta(days=1),
    )
    with reading() as session:
        return session.execute(query).scalar_one() >= MAX_A_DAY


def _answer(owner: MailboxOwner, received: ReceivedMail, public_id: str, *, context: Context) -> None:
    with transaction() as session:
        campaign = session.get_one(Campaign, owner.campaign_id)
        facts: dict[str, object] = {
            "donor_name": "" if owner.name == owner.email else owner.name,
            "campaign_title": campaign.title.get(owner.language, ""),
            "help_email": campaign.contact_email,
            "is_test": False,
            "problems": list(received.problems),
            "draft_url": f"{context.public_url}/staff/updates/{received.public_id}" if received.public_id else "",
        }
        mail = OutgoingMail(
            kind=REPLY, language=owner.language, recipient=owner.email, facts=facts, key=f"{REPLY}:{public_id}"
        )
        enqueue(session, mail, at=context.clock.now())
