"""The pieces of text that nobody sees today, because somebody whom they quote or name does not agree, or not any more."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaign.models.picture import Consent, TextConsent

UPDATE = "update"


def piece_name(place: str, name: str) -> str:
    """Return how rows call a piece: of a section its place and slug, of an update its public id."""
    return f"{place}:{name}"


def hidden_pieces(session: Session, campaign_id: int, *, day: date) -> frozenset[str]:
    """Return the pieces with a consent that does not hold on a day, or that is not recorded."""
    ended = or_(
        TextConsent.consent_id.is_(None),
        Consent.withdrawn_at.is_not(None),
        Consent.valid_until < day,
    )
    query = (
        select(TextConsent.piece)
        .outerjoin(Consent, Consent.id == TextConsent.consent_id)
        .where(TextConsent.campaign_id == campaign_id, ended)
    )
    return frozenset(session.execute(query).scalars())


def is_update_hidden(session: Session, campaign_id: int, public_id: str, *, day: date) -> bool:
    """Return whether nobody may read an update, for the same reason."""
    return piece_name(UPDATE, public_id) in hidden_pieces(session, campaign_id, day=day)
