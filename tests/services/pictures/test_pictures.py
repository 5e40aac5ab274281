"""Pictures: made of a file once, shown only when they are described and placed, and gone when they are removed."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain import picture as rules
from campaign.domain.campaign_state import CampaignStage
from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.picture import (
    PictureChanged,
    PictureFacts,
    PictureFlaw,
    PictureGap,
    PictureNotReady,
    PictureRefused,
)
from campaign.extensions import db
from campaign.gateways import picture_process
from campaign.gateways.file_store import FolderFiles
from campaign.gateways.picture_encoder import encode_picture
from campaign.models.campaign import Campaign
from campaign.models.picture import Picture, PictureFile
from campaign.models.staff import AuditEvent
from campaign.services.campaigns.shown_pictures import MAX_AT_PLACE
from campaign.services.pictures.describing import Description, describe_picture, remove_picture
from campaign.services.pictures.listing import one_picture
from campaign.services.pictures.places import (
    Placing,
    add_to_place,
    hide_in_place,
    list_places,
    pictures_at,
    show_in_place,
)
from campaign.services.pictures.uploading import Upload, add_picture, replace_picture
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign, a_fund
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address
from tests.support.pictures import a_picture, file_of

FACTS = PictureFacts(
    alt={"en": "A loom", "ky": "Өрмөк"}, is_decorative=False, credit="Aida", focal_x=50, focal_y=15, shows_people=False
)


def upload(campaign: Campaign, actor_id: int, data: bytes, *, public_id: str = "", name: str = "IMG_1.jpg") -> Upload:
    return Upload(
        campaign_id=campaign.id, public_id=public_id or new_public_id(), file_name=name, data=data, actor_id=actor_id
    )


def test_a_picture_is_uploaded_described_shown_replaced_and_removed(
    campaign: Campaign, actor_id: int, clock: SettableClock, client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    store = FolderFiles(tmp_path / "files")  # another store than the reader's: the rows say that nothing is in them
    order = upload(campaign, actor_id, file_of(size=(500, 400)))
    add_picture(order, store=None, clock=clock)
    add_picture(order, store=None, clock=clock)  # sent twice
    view = one_picture(campaign.id, order.public_id, day=local_day(clock.now()))
    assert view.gaps == (PictureGap.TEXT, PictureGap.PEOPLE)
    address = view.picture.path(480, "avif")
    placing = Placing(campaign_id=campaign.id, public_id=order.public_id, place="hero", actor_id=actor_id)
    with pytest.raises(PictureNotReady):
        show_in_place(placing, clock=clock)
    described = Description(
        campaign_id=campaign.id,
        public_id=order.public_id,
        revision=view.revision,
        facts=FACTS,
        consents=frozenset(),
        actor_id=actor_id,
    )
    describe_picture(described, clock=clock)
    describe_picture(described, clock=clock)
    assert client.get(address).status_code == 404  # it has no place yet
    show_in_place(placing, clock=clock)
    answer = client.get(address)
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/avif", "nosniff")
    assert "immutable" in answer.headers["Cache-Control"]
    assert Image.open(io.BytesIO(answer.data)).size == (480, 384)
    with pytest.raises(PictureChanged):
        replace_picture(order, revision=view.revision, store=None, clock=clock)
    replace_picture(order, revision=view.revision + 1, store=store, clock=clock)
    assert client.get(address).status_code == 404  # nobody said who is on the new one
    assert len(list((tmp_path / "files").rglob("*.*"))) == 6
    assert set(session.execute(select(PictureFile.body)).scalars()) == {None}
    remove_picture(campaign.id, order.public_id, actor_id=actor_id, store=store, clock=clock)
    assert client.get(address).status_code == 410
    assert list((tmp_path / "files").rglob("*.*")) == []
    session.rollback()
    acts = session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all()
    assert acts == [f"picture:{act}" for act in ("add", "save", "show", "replace", "remove")]


@pytest.mark.database("sqlite")
def test_a_picture_of_another_campaign_cannot_be_touched(
    campaign: Campaign, actor_id: int, clock: SettableClock
) -> None:
    other = a_campaign(slug="other", is_featured=False)
    theirs = a_picture(other, place="hero")
    placing = Placing(campaign_id=campaign.id, public_id=theirs, place="hero", actor_id=actor_id)
    mine = Placing(campaign_id=campaign.id, public_id=a_picture(campaign), place="event:nowhere", actor_id=actor_id)
    acts: tuple[Callable[[], object], ...] = (
        lambda: show_in_place(placing, clock=clock),
        lambda: hide_in_place(placing, clock=clock),
        lambda: show_in_place(mine, clock=clock),
        lambda: remove_picture(campaign.id, theirs, actor_id=actor_id, store=None, clock=clock),
        lambda: add_picture(upload(campaign, actor_id, b"x", public_id=theirs), store=None, clock=clock),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_a_form_that_comes_twice_at_once_makes_one_picture(
    app: Flask, campaign: Campaign, actor_id: int, clock: SettableClock, session: Session, tmp_path: Path
) -> None:
    order, store = upload(campaign, actor_id, file_of()), FolderFiles(tmp_path / "files")
    both, errors = Barrier(2), []

    def send() -> None:
        with app.app_context():
            both.wait(10)
            try:
                add_picture(order, store=store, clock=clock)
            except Exception as error:  # noqa: BLE001  # a thread tells nobody else
                errors.append(error)
            db.session.remove()

    senders = [Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert errors == []
    session.rollback()  # SQLite would show this session what was there before
    assert len(session.execute(select(Picture.id)).all()) == 1
    assert len(list((tmp_path / "files").rglob("*.*"))) == 3


def test_a_decoder_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(PictureRefused) as refused:
        encode_picture(file_of("PNG", (2400, 2400)), ending="png", seconds=0)
    assert refused.value.flaw is PictureFlaw.TOO_SLOW


def test_the_program_that_decodes_has_the_limits_of_the_domain() -> None:
    names = ("MAX_PIXELS", "MIN_SIDE", "MAX_RATIO", "WIDTHS")
    assert [getattr(picture_process, name) for name in names] == [getattr(rules, name) for name in names]
    for width in (320, 480, 700, 960, 1200, 1600, 4000):
        assert picture_process.widths_of(width) == rules.widths_of(width)


@pytest.mark.database("sqlite")
def test_pictures_of_a_draft_are_for_staff_alone(app: Flask, client: FlaskClient, clock: SettableClock) -> None:
    campaign = a_campaign(stage=CampaignStage.DRAFT)
    a_campaign(slug="other", is_featured=False)
    picture = a_picture(campaign, place="hero")
    assert client.get(f"/pictures/{picture}/480.avif").status_code == 404
    staff = sign_in_as(app, clock, role="finance").client
    preview = fetch_address(staff, "/staff/campaign/preview/en")
    address = str(preview.one(".hero img, header img, main img")["src"])
    assert address.startswith(f"/staff/pictures/{picture}/files/")
    answer = staff.get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert client.get(address).status_code == 302
    with transaction() as session:
        session.get_one(Campaign, campaign.id).stage = CampaignStage.PUBLISHED
    assert client.get(f"/pictures/{picture}/480.avif").status_code == 200


@pytest.mark.database("sqlite")
def test_an_event_has_several_pictures_in_their_order(
    campaign: Campaign, actor_id: int, clock: SettableClock, client: FlaskClient
) -> None:
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    place = f"event:{event.public_id}"
    names = [a_picture(campaign, credit=f"No. {number}") for number in range(1, MAX_AT_PLACE + 2)]
    orders = [Placing(campaign_id=campaign.id, public_id=name, place=place, actor_id=actor_id) for name in names]
    assert [add_to_place(order, clock=clock) for order in (orders[0], *orders)] == [True] * 7 + [False]
    hide_in_place(replace(orders[1], place=f"{place}:2"), clock=clock)
    assert [view.number for view in list_places(campaign.id) if view.name.startswith("event:")] == [1, 2, 3, 4, 5, 6]
    shown = fetch_address(client, f"/en/events/{event.public_id}").texts("figure.picture")
    assert shown == [f"No. {number}" for number in (1, 3, 4, 5, 6)]
    assert [picture.public_id for picture in pictures_at(campaign.id, place, clock=clock)] == [names[0], *names[2:6]]
