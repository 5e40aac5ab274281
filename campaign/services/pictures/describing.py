"""What staff say about a picture, and removing one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.errors import NotFound
from campaign.domain.picture import PictureFacts
from campaign.gateways.clock import Clock
from campaign.gateways.file_store import FileStore
from campaign.models.picture import Consent, Picture, PictureConsent, PicturePlace
from campaign.services.campaigns.revision import count_public_change
from campaign.services.campaigns.shown_pictures import facts_of
from campaign.services.pictures.consents import ConsentOrder, save_within
from campaign.services.pictures.places import Placing, show_within
from campaign.services.pictures.rows import lock_picture, record
from campaign.services.pictures.storage import delete_outside, take_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What to save of a picture, with the revision that the person has read.

    Attributes:
        consents: Public ids.
        new_consent: One more, which is recorded with it.
        place: Where it is to be shown from now on; empty to leave that as it is.
    """

    campaign_id: int
    public_id: str
    revision: int
    facts: PictureFacts
    consents: frozenset[str]
    actor_id: int
    new_consent: ConsentOrder | None = None
    place: str = ""


def describe_picture(order: Description, *, clock: Clock) -> None:
    """Save what staff say, all of it or nothing; the same saved again changes nothing.

    Raises:
        NotFound: The campaign has no such picture, no such consent or no such place.
        PictureChanged: The picture has a newer revision.
        PictureNotReady: It is to be shown somewhere, and something must be known of it before.
        ConsentGivenLater, ConsentEndsBeforeItBegins: The days of the new consent are wrong.
    """
    at = clock.now()
    with transaction() as session:
        picture = lock_picture(session, order.campaign_id, order.public_id)
        if order.new_consent is not None:
            save_within(session, order.new_consent, at=at)
        _describe(session, picture, order, at=at)
        if order.place:
            session.flush()
            placing = Placing(
                campaign_id=order.campaign_id,
                public_id=order.public_id,
                place=order.place,
                actor_id=order.actor_id,
            )
            show_within(session, placing, at=at)


def _describe(session: Session, picture: Picture, order: Description, *, at: datetime) -> None:
    consents = _consents(session, order)
    query = select(PictureConsent.consent_id).where(PictureConsent.picture_id == picture.id)
    linked = set(session.execute(query).scalars())
    if facts_of(picture) == order.facts and linked == consents:
        return
    lock_picture(session, order.campaign_id, order.public_id, revision=order.revision)
    facts = order.facts
    picture.alt, picture.is_decorative, picture.credit = dict(facts.alt), facts.is_decorative, facts.credit
    picture.focal_x, picture.focal_y, picture.shows_people = facts.focal_x, facts.focal_y, facts.shows_people
    picture.revision += 1
    session.execute(delete(PictureConsent).where(PictureConsent.picture_id == picture.id))
    session.add_all(PictureConsent(picture_id=picture.id, consent_id=consent_id) for consent_id in consents)
    count_public_change(session, order.campaign_id)
    record(session, "save", order.public_id, actor_id=order.actor_id, at=at)


def remove_picture(campaign_id: int, public_id: str, *, actor_id: int, store: FileStore | None, clock: Clock) -> None:
    """Delete a picture's files for good and take it out of all places; its address answers that it is gone.

    Raises:
        NotFound: The campaign has no such picture.
    """
    at = clock.now()
    with transaction() as session:
        picture = lock_picture(session, campaign_id, public_id)
        outside = take_files(session, picture.id, public_id=public_id, version=picture.version)
        places = session.execute(
            delete(PicturePlace).where(PicturePlace.picture_id == picture.id).returning(PicturePlace.place)
        )
        detail: dict[str, object] = {"places": sorted(places.scalars())}
        session.execute(delete(PictureConsent).where(PictureConsent.picture_id == picture.id))
        picture.removed_at = at
        picture.revision += 1
        count_public_change(session, campaign_id)
        record(session, "remove", public_id, actor_id=actor_id, at=at, detail=detail)
    delete_outside(store, outside)


def _consents(session: Session, order: Description) -> set[int]:
    """Return the keys of the consents that people on the picture gave."""
    names = order.consents | ({order.new_consent.public_id} if order.new_consent else set())
    if not names:
        return set()
    query = select(Consent.id).where(Consent.campaign_id == order.campaign_id, Consent.public_id.in_(names))
    keys = set(session.execute(query).scalars())
    if len(keys) != len(names):
        raise NotFound("consent")
    return keys
