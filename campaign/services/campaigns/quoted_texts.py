"""The pieces of text that nobody sees today, because somebody whom they quote or name does not agree, or not any more."""

from dataclasses import replace
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaign.models.picture import Consent, TextConsent
from campaign.services.campaigns.transparency import Transparency

UPDATE = "update"
REPORT_WORDS = ("done", "lesson")
"""What a report of an event or a grant says in words; its figures name nobody."""


def piece_name(place: str, name: str) -> str:
    """Return how rows call a piece: of a section its place and slug, of an update or of a report its public id."""
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


def without_hidden_reports(money: Transparency, hidden: frozenset[str]) -> Transparency:
    """Return the same money without the words of reports that quote or name somebody who does not agree."""
    wordless: dict[str, dict[str, str]] = {name: {} for name in REPORT_WORDS}
    targets = tuple(
        replace(target, report={**target.report, **wordless})
        if target.report and piece_name(target.kind, target.public_id) in hidden
        else target
        for target in money.targets
    )
    return replace(money, targets=targets)
