"""The registry of consents: who agreed to be shown, what for and until when; and what a withdrawal takes off the pages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.consent import (
    ConsentEndsBeforeItBegins,
    ConsentGivenLater,
    ConsentState,
    ConsentWithdrawn,
    consent_state,
)
from campaign.domain.errors import NotFound
from campaign.domain.form_version import check_version
from campaign.gateways.clock import Clock
from campaign.models.picture import Consent, Picture, PictureConsent, PicturePlace, TextConsent
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change

PAGE_ROWS = 50
TEXTS = "texts"
"""Stands beside the public ids of pictures where it is noted what a withdrawal has hidden."""
WARNING_DAYS = 30
"""How long before its end a consent is in the warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """What somebody agreed to, and where the proof of it is."""

    person: str
    purpose: str
    form: str
    language: str
    stored_at: str
    given_on: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """One consent as staff pages show it."""

    public_id: str
    facts: ConsentFacts
    state: ConsentState
    pictures: int
    texts: int  # pieces of text that quote or name them
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawal_places: Mapping[str, list[str]]
    """A picture's public id → where it was shown; `TEXTS` → pieces of text. Nothing while the consent holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentOrder:
    """What to save. `public_id` comes with the form, so that a form sent twice records one consent.

    Attributes:
        version: Which facts the person has read, of a consent that is recorded.
    """

    campaign_id: int
    public_id: str
    is_new: bool
    facts: ConsentFacts
    actor_id: int
    version: str = ""


def list_consents(campaign_id: int, *, before: str = "", day: date) -> tuple[list[ConsentView], bool]:
    """Return a page of consents, the last one recorded first, and whether there are older ones."""
    query = select(Consent).where(Consent.campaign_id == campaign_id).order_by(Consent.id.desc())
    if before:
        query = query.where(Consent.id < select(Consent.id).where(Consent.public_id == before).scalar_subquery())
    with reading() as session:
        rows = session.execute(query.limit(PAGE_ROWS + 1)).scalars().all()
        counts = _cover_counts(session, [row.id for row in rows])
        views = [_view(row, counts.get(row.id, NOTHING), day=day) for row in rows]
    return views[:PAGE_ROWS], len(views) > PAGE_ROWS


def ending_soon(campaign_id: int, *, day: date) -> list[ConsentView]:
    """Return the consents that hold, cover something and end within `WARNING_DAYS`, the next one first."""
    query = (
        select(Consent)
        .where(
            Consent.campaign_id == campaign_id,
            Consent.withdrawn_at.is_(None),
            Consent.valid_until.between(day, day + timedelta(days=WARNING_DAYS)),
        )
        .order_by(Consent.valid_until, Consent.id)
    )
    with reading() as session:
        rows = session.execute(query).scalars().all()
        counts = _cover_counts(session, [row.id for row in rows])
        return [_view(row, counts[row.id], day=day) for row in rows if row.id in counts]


def one_consent(campaign_id: int, public_id: str, *, day: date) -> ConsentView:
    """Return one consent.

    Raises:
        NotFound: The campaign has no such consent.
    """
    with reading() as session:
        query = select(Consent).where(Consent.campaign_id == campaign_id, Consent.public_id == public_id)
        row = session.execute(query).scalar_one_or_none()
        if row is None:
            raise NotFound(f"consent:{public_id}")
        view = _view(row, _cover_counts(session, [row.id]).get(row.id, NOTHING), day=day)
        return replace(view, withdrawal_places=_shown_at(session, row.id)) if view.state is ConsentState.ENDED else view


def consent_choices(campaign_id: int, *, linked: Collection[str], day: date) -> list[ConsentView]:
    """Return the consents that a picture can name: those that hold, and those that it names already."""
    query = select(Consent).where(Consent.campaign_id == campaign_id).order_by(Consent.person, Consent.id)
    with reading() as session:
        views = [_view(row, NOTHING, day=day) for row in session.execute(query).scalars()]
    return [view for view in views if view.state is ConsentState.VALID or view.public_id in linked]


def save_consent(order: ConsentOrder, *, clock: Clock) -> None:
    """Record a consent, or correct what is recorded of one; the same saved again changes nothing.

    Raises:
        ChangedMeanwhile: Somebody else corrected it since.
        ConsentGivenLater, ConsentEndsBeforeItBegins: Its days are wrong.
        ConsentWithdrawn: It is withdrawn, so nothing of it changes any more.
        NotFound: The campaign has no such consent, and it is not a new one, or it is another campaign's.
    """
    with transaction() as session:
        save_within(session, order, at=clock.now())


def save_within(session: Session, order: ConsentOrder, *, at: datetime) -> None:
    """Record or correct a consent within the caller's transaction; the rules are those of `save_consent`."""
    _check_days(order.facts, today=local_day(at))
    row = _lock(session, order.campaign_id, order.public_id)
    if row is not None and _facts(row) == order.facts:
        return
    if row is None:
        taken = select(Consent.id).where(Consent.public_id == order.public_id)
        if not order.is_new or session.execute(taken).first() is not None:
            raise NotFound(f"consent:{order.public_id}")
        session.add(_new(order, at=at))
        session.flush()
        record(session, "record", order.public_id, actor_id=order.actor_id, at=at)
        return
    if row.withdrawn_at is not None:
        raise ConsentWithdrawn(order.public_id)
    check_version(order.version, _facts(row))
    _write(row, order.facts)
    count_public_change(session, order.campaign_id)
    record(session, "save", order.public_id, actor_id=order.actor_id, at=at)


def withdraw_consent(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Take the pictures and texts that it covers off every page at once, and note where they were; a second time does nothing.

    Raises:
        NotFound: The campaign has no such consent.
    """
    at = clock.now()
    with transaction() as session:
        row = _lock(session, campaign_id, public_id)
        if row is None:
            raise NotFound(f"consent:{public_id}")
        if row.withdrawn_at is not None:
            return
        places = _shown_at(session, row.id)
        pictures = select(PictureConsent.picture_id).where(PictureConsent.consent_id == row.id)
        session.execute(delete(PicturePlace).where(PicturePlace.picture_id.in_(pictures)))
        row.withdrawn_at = at
        row.withdrawal_places = {picture: "\n".join(names) for picture, names in places.items()}
        count_public_change(session, campaign_id)
        detail: dict[str, object] = {"places": sorted(name for names in places.values() for name in names)}
        record(session, "withdraw", public_id, actor_id=actor_id, at=at, detail=detail)


def _check_days(facts: ConsentFacts, *, today: date) -> None:
    if facts.given_on > today:
        raise ConsentGivenLater
    if facts.valid_until is not None and facts.valid_until < facts.given_on:
        raise ConsentEndsBeforeItBegins


def _lock(session: Session, campaign_id: int, public_id: str) -> Consent | None:
    query = select(Consent).where(Consent.campaign_id == campaign_id, Consent.public_id == public_id)
    return session.execute(query.with_for_update()).scalar_one_or_none()


def _new(order: ConsentOrder, *, at: datetime) -> Consent:
    row = Consent(
        public_id=order.public_id,
        campaign_id=order.campaign_id,
        recorded_at=at,
        recorded_by=order.actor_id,
        withdrawal_places={},
    )
    _write(row, order.facts)
    return row


def _write(row: Consent, facts: ConsentFacts) -> None:
    row.person, row.purpose, row.form, row.language = facts.person, facts.purpose, facts.form, facts.language
    row.stored_at, row.given_on, row.valid_until = facts.stored_at, facts.given_on, facts.valid_until


def _facts(row: Consent) -> ConsentFacts:
    return ConsentFacts(
        person=row.person,
        purpose=row.purpose,
        form=row.form,
        language=row.language,
        stored_at=row.stored_at,
        given_on=row.given_on,
        valid_until=row.valid_until,
    )


def _view(row: Consent, counts: tuple[int, int], *, day: date) -> ConsentView:
    return ConsentView(
        public_id=row.public_id,
        facts=_facts(row),
        state=consent_state(valid_until=row.valid_until, is_withdrawn=row.withdrawn_at is not None, day=day),
        pictures=counts[0],
        texts=counts[1],
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
        withdrawal_places={picture: names.split("\n") for picture, names in row.withdrawal_places.items()},
    )


NOTHING = 0, 0


def _cover_counts(session: Session, consent_ids: list[int]) -> Mapping[int, tuple[int, int]]:
    """Return how many pictures and pieces of text each consent covers; one that covers nothing is not there."""
    pictures, texts = (_counts(session, table, consent_ids) for table in (PictureConsent, TextConsent))
    return {key: (pictures.get(key, 0), texts.get(key, 0)) for key in {*pictures, *texts}}


def _counts(
    session: Session, table: type[PictureConsent] | type[TextConsent], consent_ids: list[int]
) -> dict[int, int]:
    query = select(table.consent_id, func.count()).where(table.consent_id.in_(consent_ids)).group_by(table.consent_id)
    return {int(key or 0): int(count) for key, count in session.execute(query)}


def _pieces(session: Session, consent_id: int) -> list[str]:
    query = select(TextConsent.piece).where(TextConsent.consent_id == consent_id).order_by(TextConsent.piece)
    return list(session.execute(query).scalars())


def _shown_at(session: Session, consent_id: int) -> dict[str, list[str]]:
    """Return the places of pictures and pieces of text that end with this consent."""
    places = _places(session, consent_id)
    if pieces := _pieces(session, consent_id):
        places[TEXTS] = pieces
    return places


def _places(session: Session, consent_id: int) -> dict[str, list[str]]:
    """Return where each picture is shown that somebody with this consent is on."""
    query = (
        select(Picture.public_id, PicturePlace.place)
        .join(PictureConsent, PictureConsent.picture_id == Picture.id)
        .join(PicturePlace, PicturePlace.picture_id == Picture.id)
        .where(PictureConsent.consent_id == consent_id)
        .order_by(PicturePlace.place)
    )
    places: dict[str, list[str]] = {}
    for public_id, place in session.execute(query):
        places.setdefault(public_id, []).append(place)
    return places


def record(
    session: Session,
    act: str,
    public_id: str,
    *,
    actor_id: int,
    at: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    """Record an act in the audit trail, without the name of who agreed."""
    subject = f"consent:{public_id}"
    audit.record(session, actor_id=actor_id, action=f"consent:{act}", subject=subject, at=at, detail=detail or {})
