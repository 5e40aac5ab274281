"""Which texts of a campaign quote or name somebody who gave a consent: linked and unlinked by campaign staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.consent import ConsentWithdrawn
from campaign.domain.errors import NotFound
from campaign.domain.news import UpdateState
from campaign.gateways.clock import Clock
from campaign.models.campaign import Section, Update
from campaign.models.fund import Event, Fund, Grant
from campaign.models.picture import Consent, TextConsent
from campaign.services import audit
from campaign.services.campaigns.mail_sentences import MAIL_PLACE
from campaign.services.campaigns.quoted_texts import UPDATE, hidden_pieces, piece_name
from campaign.services.campaigns.revision import count_public_change

HEADS = frozenset({"plan", "lead"})
"""Pieces of a page that the rest of it hangs on; they quote nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceView:
    """A piece of text, as staff know it."""

    name: str
    place: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceOrder:
    """An act of a person on a piece of text and a consent; without a consent, on one that is not recorded here."""

    campaign_id: int
    consent: str
    piece: str
    actor_id: int


def list_pieces(campaign_id: int) -> list[PieceView]:
    """Return the pieces of text that can quote somebody, in the order of the page, then updates and reports."""
    with reading() as session:
        return read_pieces(session, campaign_id)


def read_pieces(session: Session, campaign_id: int) -> list[PieceView]:
    """Return the same within the caller’s transaction."""
    sections = session.execute(
        select(Section)
        .where(Section.campaign_id == campaign_id, Section.place != MAIL_PLACE)
        .order_by(Section.position, Section.id)
    ).scalars()
    updates = session.execute(
        select(Update.public_id, Update.title)
        .where(Update.campaign_id == campaign_id, Update.state != UpdateState.WITHDRAWN)
        .order_by(Update.id.desc())
    )
    pieces = [
        PieceView(name=piece_name(row.place, row.slug), place=row.place, title=row.heading or row.body)
        for row in sections
        if row.facts.get("part") not in HEADS and row.facts.get("page") != row.slug
    ]
    pieces += [PieceView(name=piece_name(UPDATE, public_id), place=UPDATE, title=title) for public_id, title in updates]
    return pieces + _reports(session, campaign_id)


def _reports(session: Session, campaign_id: int) -> list[PieceView]:
    """Return the events and grants of which a report is published."""
    reported = (
        select(Fund.kind, Fund.public_id, Fund.title)
        .outerjoin(Event, Event.fund_id == Fund.id)
        .outerjoin(Grant, Grant.fund_id == Fund.id)
        .where(Fund.campaign_id == campaign_id, func.coalesce(Event.reported_on, Grant.reported_on).is_not(None))
        .order_by(Fund.kind, Fund.position)
    )
    return [
        PieceView(name=piece_name(kind, public_id), place=kind, title=title)
        for kind, public_id, title in session.execute(reported)
    ]


def pieces_of(campaign_id: int, consent: str) -> list[str]:
    """Return the names of the pieces that are linked to a consent."""
    query = (
        select(TextConsent.piece)
        .join(Consent, Consent.id == TextConsent.consent_id)
        .where(TextConsent.campaign_id == campaign_id, Consent.public_id == consent)
    )
    with reading() as session:
        return sorted(session.execute(query).scalars())


def pieces_without_consent(campaign_id: int) -> list[str]:
    """Return the names of the pieces that came with a folder and wait for a consent to be recorded here."""
    query = select(TextConsent.piece).where(TextConsent.campaign_id == campaign_id, TextConsent.consent_id.is_(None))
    with reading() as session:
        return sorted(session.execute(query).scalars())


def unseen_pieces(campaign_id: int, place: str, *, day: date) -> list[PieceView]:
    """Return the pieces of a place that nobody sees on a day, because a consent does not hold or is not recorded."""
    with reading() as session:
        hidden = hidden_pieces(session, campaign_id, day=day)
        return [piece for piece in read_pieces(session, campaign_id) if piece.name in hidden and piece.place == place]


def link_piece(order: PieceOrder, *, clock: Clock) -> None:
    """Say that a piece quotes or names who gave a consent; linked already, nothing is done.

    Raises:
        NotFound: The campaign has no such consent or no such piece.
        ConsentWithdrawn: It covers nothing any more.
    """
    with transaction() as session:
        row = _consent(session, order)
        if row.withdrawn_at is not None:
            raise ConsentWithdrawn(order.consent)
        if order.piece not in {piece.name for piece in read_pieces(session, order.campaign_id)}:
            raise NotFound(f"piece:{order.piece}")
        own = TextConsent.campaign_id == order.campaign_id, TextConsent.piece == order.piece
        if session.execute(select(TextConsent.id).where(*own, TextConsent.consent_id == row.id)).first() is not None:
            return
        session.execute(delete(TextConsent).where(*own, TextConsent.consent_id.is_(None)))
        session.add(TextConsent(campaign_id=order.campaign_id, piece=order.piece, consent_id=row.id))
        _note(session, order, "quote", at=clock.now())


def unlink_piece(order: PieceOrder, *, clock: Clock) -> None:
    """Say that a piece no longer quotes or names them; where it is not linked, nothing is done.

    Raises:
        NotFound: The campaign has no such consent.
    """
    with transaction() as session:
        consent_id = _consent(session, order).id if order.consent else None
        removed = session.execute(
            delete(TextConsent)
            .where(
                TextConsent.campaign_id == order.campaign_id,
                TextConsent.piece == order.piece,
                TextConsent.consent_id.is_(None) if consent_id is None else TextConsent.consent_id == consent_id,
            )
            .returning(TextConsent.id)
        ).all()
        if removed:
            _note(session, order, "unquote", at=clock.now())


def _consent(session: Session, order: PieceOrder) -> Consent:
    query = select(Consent).where(Consent.campaign_id == order.campaign_id, Consent.public_id == order.consent)
    row = session.execute(query.with_for_update()).scalar_one_or_none()
    if row is None:
        raise NotFound(f"consent:{order.consent}")
    return row


def _note(session: Session, order: PieceOrder, act: str, *, at: datetime) -> None:
    count_public_change(session, order.campaign_id)
    subject = f"consent:{order.consent}" if order.consent else f"text:{order.piece}"
    detail: dict[str, object] = {"piece": order.piece}
    audit.record(session, actor_id=order.actor_id, action=f"consent:{act}", subject=subject, at=at, detail=detail)
