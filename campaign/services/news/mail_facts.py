"""What the templates of news emails are given: links for the reader, and the update as it is when it leaves."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from campaign.database import reading
from campaign.days import local_day
from campaign.i18n import day, shown
from campaign.languages import language_name
from campaign.models.campaign import Campaign, Update
from campaign.models.outbox import Message
from campaign.services.news.links import ConfirmLink, sign_confirm, sign_leave


def confirm_facts(facts: dict[str, Any], *, message: Message, public_url: str) -> dict[str, Any]:
    """Return the facts of a confirmation with its link."""
    link = ConfirmLink(facts["subscriber"], message.created_at, message.language, facts["source"])
    return {**facts, "confirm_url": f"{public_url}/{message.language}/updates/email/{sign_confirm(link)}"}


def update_facts(facts: dict[str, Any], *, message: Message, public_url: str) -> dict[str, Any]:
    """Return the facts of an update: its text in the reader's language or the next best, and the link that ends it all."""
    with reading() as session:
        row, campaign = session.execute(
            select(Update, Campaign)
            .join(Campaign, Campaign.id == Update.campaign_id)
            .where(Update.public_id == facts["update"])
        ).one()
        title, body, author = (shown(texts, language=message.language) for texts in (row.title, row.body, row.author))
        base = f"{public_url}/{message.language}/updates"
        query = "" if campaign.is_featured else f"?campaign={campaign.slug}"
        return {
            **facts,
            "title": title.text,
            "body": body.text,
            "text_language": body.language,
            "fallback_language": language_name(body.language) if body.is_fallback else "",
            "author": author.text,
            "published_on": day(local_day(row.published_at or message.created_at)),
            "is_demo": campaign.is_demo,
            "update_url": f"{base}/{row.public_id}{query}",
            "unsubscribe_url": f"{base}/leave/{sign_leave(facts['subscriber'])}",
            "list_id": f"updates.{campaign.slug}.{urlsplit(public_url).hostname}",
        }


def list_headers(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the headers by which mail programs unsubscribe with one click (RFC 2369, RFC 2919, RFC 8058)."""
    if "unsubscribe_url" not in facts:
        return ()
    return (
        ("List-Id", f"<{facts['list_id']}>"),
        ("List-Unsubscribe", f"<{facts['unsubscribe_url']}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
