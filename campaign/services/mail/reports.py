"""Reports of other mail servers about emails of ours: returned, delayed, or called unwanted by their reader.

A report is about an email only where it has its Message-ID and its recipient: nobody else knows both. Others change nothing.
No report is ever answered.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.email_address import email_key
from campaign.domain.mail import MailFailure, MailState
from campaign.domain.mail_report import MailReport, ReportKind, is_mail_report, read_mail_reports
from campaign.domain.segment_mailing import SEGMENT_MAIL_KIND
from campaign.gateways.context import Context
from campaign.models.donor import Donor, DonorConsent
from campaign.models.outbox import Message
from campaign.models.segment_mailing import SegmentMailing
from campaign.services import audit, consent_log
from campaign.services.news.readers import end_subscription

COMPLAINT = "subscriber:complaint"
RETURNED: Mapping[ReportKind, MailFailure] = {
    ReportKind.ADDRESS: MailFailure.RETURNED,
    ReportKind.REFUSED: MailFailure.REFUSED,
}
"""What a report says of an email that came back → its failure, as after the same answer while it was sent."""


def receive_report(data: bytes, *, context: Context) -> bool:
    """Note what a report says of an email of ours; the same report again changes nothing.

    Args:
        data: The whole email, as the mail server hands it over.
        context: The time, and the address of the site, which is in each Message-ID of ours.

    Returns:
        Whether the email is a report, of whatever email: then nobody is answered.
    """
    if not is_mail_report(data):
        return False
    host = urlsplit(context.public_url).hostname
    for report in read_mail_reports(data):
        public_id, _at, domain = report.message_id.partition("@")
        if domain == host:
            with transaction() as session:
                _note(session, report, public_id, at=context.clock.now())
    return True


def _note(session: Session, report: MailReport, public_id: str, *, at: datetime) -> None:
    query = select(Message).where(Message.public_id == public_id, Message.state == MailState.SENT)
    mail = session.execute(query.with_for_update()).scalar_one_or_none()
    if mail is None or email_key(mail.recipient) not in map(email_key, report.recipients):
        return
    if report.kind is ReportKind.COMPLAINT:
        _end_subscriptions(session, mail, at=at)
    elif report.kind is ReportKind.DELAYED:
        mail.failure = mail.failure or MailFailure.DELAYED
    else:
        mail.state, mail.failure = MailState.FAILED_PERMANENTLY, RETURNED[report.kind]
        mail.error = "a mail server returned it after it had left"


def _end_subscriptions(session: Session, mail: Message, *, at: datetime) -> None:
    """Stop what goes to many and what this email was one of, as the link in it does."""
    if mail.failure == MailFailure.COMPLAINT:
        return
    mail.failure = MailFailure.COMPLAINT
    if mail.campaign_id is not None:
        end_subscription(session, mail.campaign_id, mail.recipient, action=COMPLAINT, actor_id=None, at=at)
    if mail.kind == SEGMENT_MAIL_KIND:
        _withdraw_consent(session, mail, at=at)


def _withdraw_consent(session: Session, mail: Message, *, at: datetime) -> None:
    donor_name = mail.facts.get("donor")
    purpose = (
        select(SegmentMailing.purpose).where(SegmentMailing.public_id == mail.facts.get("mailing")).scalar_subquery()
    )
    donor_id = select(Donor.id).where(Donor.public_id == donor_name).scalar_subquery()
    if consent_log.withdraw(session, DonorConsent.donor_id == donor_id, DonorConsent.purpose == purpose, at=at):
        detail: dict[str, object] = {"reason": "complaint"}
        audit.record(
            session, actor_id=None, action="donor:withdraw_consent", subject=f"donor:{donor_name}", at=at, detail=detail
        )
