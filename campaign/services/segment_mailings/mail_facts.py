"""What the templates of an email to a segment are given, and the link that ends such emails."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.news import NewsLinkBroken
from campaign.i18n import shown
from campaign.languages import language_name
from campaign.models.campaign import Campaign
from campaign.models.outbox import Message
from campaign.models.segment_mailing import SegmentMailing

LEAVE = "emails to donors: leave"
"""Signed into every link, so that no other signed word of ours opens the page."""


@dataclass(frozen=True, slots=True)
class LeaveLink:
    """Which donor wants no more emails of which purpose, and the campaign whose page says so."""

    donor_public_id: str
    purpose: ConsentPurpose
    campaign_id: int


def sign_leave_link(link: LeaveLink) -> str:
    """Return the word in the address of a link that withdraws a consent."""
    return str(_signer().dumps([link.donor_public_id, link.purpose.value, link.campaign_id]))


def read_leave_link(token: str) -> LeaveLink:
    """Return what such a link says.

    Raises:
        NewsLinkBroken: It is none of ours.
    """
    try:
        donor, purpose, campaign_id = _signer().loads(token)
        return LeaveLink(str(donor), ConsentPurpose(purpose), int(campaign_id))
    except (BadData, TypeError, ValueError) as error:
        raise NewsLinkBroken from error


def segment_mail_facts(facts: dict[str, Any], *, message: Message, public_url: str) -> dict[str, Any]:
    """Return the facts of an email: its text in the donor's language or the next best, and the link that ends it all."""
    with reading() as session:
        mailing, campaign = session.execute(
            select(SegmentMailing, Campaign)
            .join(Campaign, Campaign.id == SegmentMailing.campaign_id)
            .where(SegmentMailing.public_id == facts["mailing"])
        ).one()
        title, body = (shown(texts, language=message.language) for texts in (mailing.title, mailing.body))
        link = LeaveLink(facts["donor"], ConsentPurpose(mailing.purpose), campaign.id)
        return {
            **facts,
            "title": title.text,
            "body": body.text,
            "text_language": body.language,
            "fallback_language": language_name(body.language) if body.is_fallback else "",
            "is_demo": campaign.is_demo,
            "unsubscribe_url": f"{public_url}/{message.language}/donors/leave/{sign_leave_link(link)}",
            "list_id": f"{mailing.purpose}.{campaign.slug}.{urlsplit(public_url).hostname}",
        }


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=LEAVE)
