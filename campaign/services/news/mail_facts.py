"""What the templates of news emails are given: links for the reader, and the update as it is when it leaves."""

from typing import Any
from urllib.parse import urlsplit

from campaign.models.outbox import Message
from campaign.services.news.links import ConfirmLink, sign_confirm


def confirm_facts(facts: dict[str, Any], *, message: Message, public_url: str) -> dict[str, Any]:
    """Return the facts of a confirmation with its link."""
    link = ConfirmLink(facts["subscriber"], message.created_at, message.language, facts["source"])
    return {**facts, "confirm_url": f"{public_url}/{message.language}/updates/email/{sign_confirm(link)}"}


def list_id(slug: str, *, public_url: str) -> str:
    """Return the name by which mail programs know the campaign's updates (RFC 2919)."""
    return f"updates.{slug}.{urlsplit(public_url).hostname}"
