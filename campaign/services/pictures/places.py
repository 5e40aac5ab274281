"""The places of a campaign where a picture can be shown, and which picture each has."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.errors import NotFound
from campaign.domain.fund import FundKind
from campaign.domain.news import UpdateState
from campaign.domain.picture import PictureNotReady, gaps_of
from campaign.gateways.clock import Clock
from campaign.models.campaign import Section, Update
from campaign.models.fund import Fund
from campaign.models.picture import Picture, PicturePlace
from campaign.services.campaigns.revision import count_public_change
from campaign.services.campaigns.shown_pictures import HERO, consent_terms, facts_of, numbered
from campaign.services.pictures.rows import lock_picture, record


class PlaceKind(StrEnum):
    """What a picture can stand with."""

    HERO = "hero"
    SECTION = "section"
    UPDATE = "update"
    EVENT = "event"
    GRANT = "grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """A place of a campaign; `name` is how addresses and rows call it, such as `event:` and a public id."""

    name: str
    kind: PlaceKind
    title: Mapping[str, str]  # empty for the campaign's own page
    number: int = 1  # of the pictures of an update, an event or a grant


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureAtPlace:
    """A picture in a place; one that is not ready is shown to nobody yet."""

    public_id: str
    is_ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """An act of a person: show a picture in a place."""

    campaign_id: int
    public_id: str
    place: str
    actor_id: int


def list_places(campaign_id: int) -> list[PlaceView]:
    """Return every place of a campaign, in the order in which its pages show them."""
    with reading() as session:
        return read_places(session, campaign_id)


def read_places(session: Session, campaign_id: int) -> list[PlaceView]:
    """Return the same within the caller's transaction."""
    sections = session.execute(
        select(Section.slug, Section.heading)
        .where(Section.campaign_id == campaign_id, Section.place == "story")
        .order_by(Section.position)
    )
    updates = session.execute(
        select(Update.public_id, Update.title)
        .where(Update.campaign_id == campaign_id, Update.state != UpdateState.WITHDRAWN)
        .order_by(Update.id.desc())
    )
    funds = session.execute(
        select(Fund.public_id, Fund.title, Fund.kind)
        .where(Fund.campaign_id == campaign_id, Fund.kind.in_((FundKind.EVENT, FundKind.GRANT)))
        .order_by(Fund.kind, Fund.position)
    )
    shown = select(PicturePlace.place).where(PicturePlace.campaign_id == campaign_id)
    used = set(session.execute(shown).scalars())
    return [
        PlaceView(name=HERO, kind=PlaceKind.HERO, title={}),
        *(_place(PlaceKind.SECTION, slug, title) for slug, title in sections),
        *(place for public_id, title in updates for place in _several(PlaceKind.UPDATE, public_id, title, used)),
        *(place for public_id, title, kind in funds for place in _several(PlaceKind(kind), public_id, title, used)),
    ]


def pictures_at(campaign_id: int, place: str, *, clock: Clock) -> list[PictureAtPlace]:
    """Return the pictures of an update, an event or a grant, in their order."""
    names = numbered(place)
    query = (
        select(PicturePlace.place, Picture)
        .join(Picture, Picture.id == PicturePlace.picture_id)
        .where(PicturePlace.campaign_id == campaign_id, PicturePlace.place.in_(names))
    )
    with reading() as session:
        rows = sorted(session.execute(query).all(), key=lambda row: names.index(row[0]))
        terms, day = consent_terms(session, [picture.id for _place, picture in rows]), local_day(clock.now())
        return [
            PictureAtPlace(
                public_id=picture.public_id,
                is_ready=not gaps_of(facts_of(picture), terms.get(picture.id, ()), day=day),
            )
            for _place, picture in rows
        ]


def show_in_place(order: Placing, *, clock: Clock) -> None:
    """Show a picture in a place, instead of the one that is shown there.

    Raises:
        NotFound: The campaign has no such picture, or no such place.
        PictureNotReady: Something must be known of it before.
    """
    with transaction() as session:
        show_within(session, order, at=clock.now())


def show_within(session: Session, order: Placing, *, at: datetime) -> None:
    """Show a picture in a place within the caller's transaction; the rules are those of `show_in_place`."""
    picture = lock_picture(session, order.campaign_id, order.public_id)
    terms = consent_terms(session, [picture.id]).get(picture.id, ())
    if gaps := gaps_of(facts_of(picture), terms, day=local_day(at)):
        raise PictureNotReady(gaps)
    attach_within(session, order, at=at)


def attach_within(session: Session, order: Placing, *, at: datetime) -> None:
    """Put a picture in a place, ready or not, within the caller's transaction; one that is not ready is shown to nobody.

    Raises:
        NotFound: The campaign has no such picture, or no such place.
    """
    picture = lock_picture(session, order.campaign_id, order.public_id)
    if order.place not in {place.name for place in read_places(session, order.campaign_id)}:
        raise NotFound(f"place:{order.place}")
    shown = session.get(PicturePlace, (order.campaign_id, order.place))
    if shown is not None and shown.picture_id == picture.id:
        return
    if shown is None:
        session.add(PicturePlace(campaign_id=order.campaign_id, place=order.place, picture_id=picture.id))
    else:
        shown.picture_id = picture.id
    count_public_change(session, order.campaign_id)
    record(session, "show", order.public_id, actor_id=order.actor_id, at=at, detail={"place": order.place})


def add_to_place(order: Placing, *, clock: Clock) -> bool:
    """Put a picture with an update, an event or a grant, after those that it has; the rules are those of `add_within`."""
    with transaction() as session:
        return add_within(session, order, at=clock.now())


def add_within(session: Session, order: Placing, *, at: datetime) -> bool:
    """Put a picture beside those that a place has, ready or not, within the caller's transaction.

    Returns:
        Whether it is there now: a place takes a few, and more stay among the pictures of the campaign.

    Raises:
        NotFound: The campaign has no such picture, or no such place.
    """
    names, picture = numbered(order.place), lock_picture(session, order.campaign_id, order.public_id)
    query = select(PicturePlace.place, PicturePlace.picture_id).where(
        PicturePlace.campaign_id == order.campaign_id, PicturePlace.place.in_(names)
    )
    shown = dict(session.execute(query).all())
    if picture.id in shown.values():
        return True
    place = next((name for name in names if name not in shown), None)
    if place is not None:
        attach_within(session, replace(order, place=place), at=at)
    return place is not None


def hide_in_place(order: Placing, *, clock: Clock) -> None:
    """Take a picture out of a place; where it is not, nothing is done.

    Raises:
        NotFound: The campaign has no such picture.
    """
    with transaction() as session:
        picture = lock_picture(session, order.campaign_id, order.public_id)
        removed = session.execute(
            delete(PicturePlace)
            .where(
                PicturePlace.campaign_id == order.campaign_id,
                PicturePlace.place == order.place,
                PicturePlace.picture_id == picture.id,
            )
            .returning(PicturePlace.place)
        ).all()
        if removed:
            count_public_change(session, order.campaign_id)
            detail: dict[str, object] = {"place": order.place}
            record(session, "hide", order.public_id, actor_id=order.actor_id, at=clock.now(), detail=detail)


def _several(kind: PlaceKind, name: str, title: Mapping[str, str], used: Set[str]) -> Iterator[PlaceView]:
    """Yield the places of an update, an event or a grant that have a picture, and the first one that is free."""
    has_free = False
    for number, place in enumerate(numbered(f"{kind}:{name}"), start=1):
        if place in used or not has_free:
            yield PlaceView(name=place, kind=kind, title=title, number=number)
        has_free = has_free or place not in used


def _place(kind: PlaceKind, name: str, title: Mapping[str, str]) -> PlaceView:
    return PlaceView(name=f"{kind}:{name}", kind=kind, title=title)
