"""Writing to a segment: only those who agreed, each at most once, with pause, counts, and a link that stops it."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.gateways.context import Context
from campaign.jobs.steps import queue_updates
from campaign.models.campaign import Campaign
from campaign.models.donor import Donor, DonorConsent, DonorSegment
from campaign.models.outbox import Message
from campaign.models.segment_mailing import SegmentDelivery, SegmentMailing
from campaign.models.staff import AuditEvent
from campaign.services.mail import delivery
from campaign.services.privacy.consents import RecordedConsent, record_consent, withdraw_consent
from tests.blueprints.admin.client import browser_of, sign_in_as, token_of
from tests.support.builders import a_campaign, a_donor, a_member_of_staff, a_paid_gift
from tests.support.fakes import RecordingMailer, SettableClock
from tests.support.pages import Page, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")
TEXTS = {"title-en": "Thank you", "body-en": "The **roof** is on.", "title-ru": "Спасибо", "body-ru": "Крыша есть."}


@pytest.fixture
def staff(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


@pytest.fixture
def donors(campaign: Campaign, staff: FlaskClient, clock: SettableClock) -> dict[str, Donor]:
    """Aida and Bermet agreed to thanks, Bermet reads Russian; Cholpon agreed to nothing."""
    people = {name: a_donor(email=f"{name}@example.org") for name in ("aida", "cholpon")}
    people["bermet"] = a_donor(email="bermet@example.org", language="ru")
    for donor in people.values():
        a_paid_gift(campaign=campaign, donor_id=donor.id)
    for name in ("aida", "bermet"):
        consent = RecordedConsent(
            donor_public_id=people[name].public_id,
            purpose=ConsentPurpose.THANKS,
            source=ConsentSource.PAPER,
            evidence="Folder 1",
            actor_id=1,
        )
        record_consent(consent, clock=clock)
    return people


@pytest.fixture
def context(app: Flask) -> Context:
    context: Context = app.extensions["context"]
    return context


@pytest.fixture
def segment(donors: dict[str, Donor], staff: FlaskClient, session: Session) -> str:
    page = fetch_address(staff, "/staff/donors?currency=USD")
    page.submit(staff, "form[action$=segments]", name="In dollars")
    public_id = session.execute(select(DonorSegment.public_id)).scalar_one()
    session.rollback()
    return public_id


def preview(client: FlaskClient, segment: str, **typed: str) -> Page:
    form = fetch(client, "admin.segment_mail_form", public_id=segment)
    return Page(form.submit(client, "main form", **{"purpose": "thanks", **TEXTS, "step": "preview", **typed}))


def start(client: FlaskClient, segment: str) -> Page:
    page = preview(client, segment)
    for _press in range(2):
        answer = page.submit(client, "main form", step="confirm")
    return Page(client.get(answer.location))


def send_all(context: Context) -> None:
    while queue_updates():
        pass
    while delivery.deliver_next(context):
        pass
    while queue_updates():
        pass


def test_the_preview_says_who_gets_it_and_who_does_not(staff: FlaskClient, segment: str, session: Session) -> None:
    form = fetch(staff, "admin.segment_mail_form", public_id=segment)
    assert form.texts("tbody td") == ["2", "1", "0", "0", "3", "0"]
    page = preview(staff, segment)
    assert page.texts(".facts dd") == ["Thanks, and news of what the gifts became", "3", "2", "1", "0"]
    assert page.texts(".card h3") == ["Thank you", "Спасибо"]
    assert session.execute(select(SegmentMailing.id)).all() == []


def test_each_donor_who_agreed_gets_it_once_in_their_language(
    staff: FlaskClient, segment: str, context: Context, mailer: RecordingMailer, session: Session
) -> None:
    page = start(staff, segment)
    assert page.texts(".facts dd")[1:] == ["0", "2", "0", "1", "0"]
    send_all(context)
    assert sorted((mail.recipient, mail.subject) for mail in mailer.sent) == [
        ("aida@example.org", "Thank you"),
        ("bermet@example.org", "Спасибо"),
    ]
    shown = fetch_address(staff, urlsplit(page.answer.request.path).path)
    assert shown.texts(".facts dd")[1:] == ["2", "0", "0", "1", "0"]
    assert shown.text(".state-line").startswith("All sent or tried")
    acts = session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all()
    assert acts[-1] == "segment_mailing:start"


def test_nobody_gets_it_who_withdraws_before_it_leaves(
    staff: FlaskClient,
    donors: dict[str, Donor],
    segment: str,
    context: Context,
    mailer: RecordingMailer,
    session: Session,
) -> None:
    start(staff, segment)
    queue_updates()
    withdraw_consent(donors["aida"].public_id, ConsentPurpose.THANKS, actor_id=None, clock=context.clock)
    send_all(context)
    assert [mail.recipient for mail in mailer.sent] == ["bermet@example.org"]
    session.rollback()
    reasons = session.execute(select(SegmentDelivery.left_out).order_by(SegmentDelivery.donor_id)).scalars().all()
    assert reasons == ["consent", "consent", None]


def consents() -> list[tuple[int | None, str]]:
    with reading() as session:
        rows = session.execute(select(DonorConsent.donor_id, DonorConsent.purpose).order_by(DonorConsent.id))
        return [(donor_id, purpose) for donor_id, purpose in rows]


@pytest.mark.parametrize("is_merged_before", [True, False])
def test_after_a_merge_an_email_leaves_only_to_an_address_that_agreed(
    staff: FlaskClient,
    donors: dict[str, Donor],
    segment: str,
    context: Context,
    mailer: RecordingMailer,
    is_merged_before: bool,
) -> None:
    """Aida, who agreed, goes into Cholpon, who did not: Cholpon's mailbox gets nothing, and Aida's what waits for it."""
    aida, cholpon = donors["aida"], donors["cholpon"]
    before = consents()
    merge = fetch_address(staff, f"/staff/donors/{cholpon.public_id}/merge?other={aida.public_id}")
    assert "Consents to emails stay with aida@example.org." in merge.text()
    if not is_merged_before:
        start(staff, segment)
        queue_updates()
    assert merge.submit(staff, "main form").status_code == 303
    if is_merged_before:
        start(staff, segment)
    send_all(context)
    expected = ["bermet@example.org"] if is_merged_before else ["aida@example.org", "bermet@example.org"]
    assert sorted(mail.recipient for mail in mailer.sent) == expected
    page = fetch(staff, "admin.donor_privacy", public_id=cholpon.public_id)
    assert "aida@example.org" in page.text("main")
    fetch(staff, "admin.donor", public_id=cholpon.public_id).submit(staff, "form[action$=undo]")
    assert consents() == before
    assert page.submit(staff, "form[action$='/withdraw/thanks']").status_code == 404, "they are two again"


def test_the_link_in_the_email_withdraws_the_consent_without_sign_in(
    staff: FlaskClient,
    segment: str,
    context: Context,
    client: FlaskClient,
    mailer: RecordingMailer,
    session: Session,
) -> None:
    start(staff, segment)
    send_all(context)
    headers = dict(mailer.sent[0].list_headers)
    path = urlsplit(headers["List-Unsubscribe"].strip("<>")).path
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Stop getting thanks" in fetch_address(client, path).text()
    for _press in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert "You will get no more emails of this kind." in Page(answer).text()
    session.rollback()
    open_consents = select(DonorConsent.id).where(DonorConsent.withdrawn_at.is_(None))
    assert len(session.execute(open_consents).all()) == 1
    fetch_address(client, f"{path}x", status=404)


def test_a_paused_sending_waits_until_it_is_resumed(
    staff: FlaskClient, segment: str, context: Context, mailer: RecordingMailer, clock: SettableClock
) -> None:
    page = start(staff, segment)
    queue_updates()
    page.submit(staff, "main form", act="pause")
    send_all(context)
    assert mailer.sent == []
    fetch_address(staff, page.answer.request.path).submit(staff, "main form", act="resume")
    send_all(context)
    assert len(mailer.sent) == 2


def test_an_email_of_which_nobody_knows_whether_it_left_is_not_sent_again(
    staff: FlaskClient, segment: str, context: Context, mailer: RecordingMailer, clock: SettableClock
) -> None:
    start(staff, segment)
    queue_updates()
    with transaction() as rows:
        rows.execute(
            update(SegmentDelivery).where(SegmentDelivery.message_id.is_not(None)).values(handed_over_at=clock.now())
        )
    send_all(context)
    assert mailer.sent == []


def test_a_mail_server_that_is_away_gets_it_later(
    staff: FlaskClient, segment: str, context: Context, mailer: RecordingMailer, clock: SettableClock
) -> None:
    start(staff, segment)
    queue_updates()
    mailer.is_down = True
    delivery.deliver_next(context)
    mailer.is_down = False
    clock.at += timedelta(hours=1)
    send_all(context)
    assert len(mailer.sent) == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"purpose": "updates"}, "Choose what the email is."),
        ({"body-ru": ""}, "both in each language that you use"),
        ({"title-en": "x" * 201}, "Shorten this to 200 characters."),
    ],
)
def test_a_text_that_is_refused_stays_in_the_form(
    staff: FlaskClient, segment: str, typed: dict[str, str], sentence: str
) -> None:
    page = preview(staff, segment, **typed)
    assert page.answer.status_code == 422
    assert sentence in page.text(".error-summary")
    assert page.one("#body-en").get_text().strip() == TEXTS["body-en"]


def test_nothing_is_sent_where_nobody_agreed(staff: FlaskClient, segment: str, session: Session) -> None:
    page = preview(staff, segment, purpose="invitations")
    assert page.soup.select("button[value=confirm]") == []
    answer = Page(page.submit(staff, "main form", step="confirm"))
    assert "Nobody in the segment has agreed" in answer.text(".error-summary")
    assert session.execute(select(Message.id)).all() == []


def test_another_campaign_neither_sees_nor_stops_a_sending(
    staff: FlaskClient, segment: str, app: Flask, clock: SettableClock, session: Session
) -> None:
    start(staff, segment)
    other = a_campaign(slug="mountain", is_featured=False)
    a_paid_gift(campaign=other)

    stranger = browser_of(app, clock, a_member_of_staff(role="campaign", email="m@mountain.example", campaign=other))
    public_id = session.execute(select(SegmentMailing.public_id)).scalar_one()
    fetch(stranger, "admin.segment_mailing", public_id=public_id, status=404)
    answer = stranger.post(
        f"/staff/donors/mailings/{public_id}", data={"csrf_token": token_of(stranger), "act": "pause"}
    )
    assert answer.status_code == 404
    fetch(stranger, "admin.segment_mail_form", public_id=segment, status=404)
