"""Links to an application: a secret of 256 bits, mailed to its applicant, whose digest alone is in the database.

An email that waits has a number from which the link is made with the secret key, so that neither table opens an application.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.grant_application import ApplicationLinkBroken
from campaign.models.application import ApplicationLink, GrantApplication
from campaign.models.outbox import Message

NONCE = "application_nonce"
"""The fact of an email from which its link is made."""
MAX_TOKEN = 100


def make_link(session: Session, application: GrantApplication, *, at: datetime) -> str:
    """Write a link to an application and return the number from which its address is made."""
    nonce = secrets.token_urlsafe(32)
    session.add(ApplicationLink(digest=_digest(token_of(nonce)), application_id=application.id, made_at=at))
    return nonce


def link_facts(facts: dict[str, Any], *, message: Message, public_url: str) -> dict[str, Any]:
    """Return the facts of an email about an application with the address of its link in place of the number."""
    shown = {name: value for name, value in facts.items() if name != NONCE}
    token = token_of(str(facts[NONCE]))
    return {**shown, "application_url": f"{public_url}/{message.language}/applications/{token}"}


def token_of(nonce: str) -> str:
    """Return the secret word of a link."""
    key = hashlib.sha256(f"application link:{current_app.secret_key!s}".encode()).digest()
    return base64.urlsafe_b64encode(hmac.digest(key, nonce.encode(), "sha256")).decode().rstrip("=")


def application_of(session: Session, token: str, *, is_locking: bool = False) -> GrantApplication:
    """Return the application that a link opens.

    Raises:
        ApplicationLinkBroken: It opens none.
    """
    if len(token) > MAX_TOKEN:
        raise ApplicationLinkBroken
    query = (
        select(GrantApplication)
        .join(ApplicationLink, ApplicationLink.application_id == GrantApplication.id)
        .where(ApplicationLink.digest == _digest(token))
    )
    row = session.execute(query.with_for_update(of=GrantApplication) if is_locking else query).scalar_one_or_none()
    if row is None:
        raise ApplicationLinkBroken
    return row


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
