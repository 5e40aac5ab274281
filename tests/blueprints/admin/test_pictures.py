"""Campaign staff upload a picture, say what it shows and where it is; a file that is none is refused by a sentence."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.models.campaign import Campaign
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.support.builders import a_fund
from tests.support.fakes import SettableClock
from tests.support.pages import Page, address_of, fetch, fetch_address
from tests.support.pictures import a_picture, file_of

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def staff(app: Flask, campaign: Campaign, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def post_form(
    staff: FlaskClient, address: str, data: bytes | None, name: str = "IMG.jpg", **fields: str
) -> TestResponse:
    """Send a form as browsers do; Werkzeug's client would leave a temporary file open."""
    parts = [(f'name="{field}"', value.encode()) for field, value in fields.items()]
    parts += [] if data is None else [(f'name="file"; filename="{name}"', data)]
    pieces = [
        f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body + b"\r\n" for head, body in parts
    ]
    return staff.post(address, data=b"".join([*pieces, b"--x--\r\n"]), content_type="multipart/form-data; boundary=x")


def send(staff: FlaskClient, address: str, data: bytes | None, name: str = "IMG.jpg", **more: str) -> Page:
    answer = post_form(staff, address, data, name, csrf_token=token_of(staff), **more)
    return fetch_address(staff, answer.headers["Location"]) if answer.status_code == 303 else Page(answer)


def test_a_picture_is_uploaded_and_described(staff: FlaskClient, campaign: Campaign) -> None:
    assert fetch(staff, "admin.pictures").texts(".picture-list li") == []
    page = send(staff, address_of("admin.add_picture"), file_of(size=(500, 400)), "Фото.JPG")
    assert page.h1 == "A picture without a description"
    assert "Describe it, or say that it is decorative." in page.text(".notice.warn")
    source = str(page.one(".thumbnail")["src"])
    assert staff.get(source).mimetype == "image/webp"
    saved = page.submit(staff, "form#description", alt_en="A loom", people="no", focal="85-15", credit="Photo: Aida")
    again = fetch_address(staff, saved.headers["Location"])
    assert (again.h1, again.one("input[name=focal][checked]")["value"]) == ("A loom", "85-15")
    assert again.texts(".notice.warn:not(template *)") == []
    assert again.submit(staff, "form#description", alt_en="x" * 301).status_code == 422
    assert "Ready" in fetch(staff, "admin.pictures").text(".picture-list")
    fetch_address(staff, again.submit(staff, "form[action$=places]", place="hero").headers["Location"])
    shown = fetch_address(staff, saved.headers["Location"])
    assert shown.texts(".acts form > span") == ["Top of the campaign page, and shared links"]
    shown.submit(staff, "form[action$=hide]")
    assert "It is shown nowhere." in fetch_address(staff, saved.headers["Location"]).text()


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (None, "", "Choose a file."),
        (b"", "a.jpg", "The file is empty. Choose it again."),
        (b"%PDF-1.7 and so on", "a.jpg", "This file is not a picture. Choose a JPEG, PNG, WebP or HEIC file."),
        (b"\xff" * 25_000_001, "a.jpg", "The file is larger than 25 MB. Choose a smaller one."),
    ],
)
def test_a_file_that_is_no_picture_is_refused(
    staff: FlaskClient, campaign: Campaign, data: bytes | None, name: str, sentence: str
) -> None:
    page = send(staff, address_of("admin.add_picture"), data, name)
    assert page.text(".field-error") == f"Error: {sentence}"
    assert page.one("input[name=form_id]")["value"]


def test_several_pictures_are_uploaded_by_one_form_and_described_one_after_another(
    staff: FlaskClient, campaign: Campaign
) -> None:
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    page = fetch_address(staff, f"/staff/plan/{event.public_id}")
    form = fetch_address(staff, page.link("Add pictures")).filled("main form")
    files = [("IMG_1.jpg", file_of()), ("IMG_2.jpg", b"no picture"), ("IMG_3.jpg", file_of())]
    parts = [(f'name="{name}"', str(value).encode()) for name, value in form.items()]
    parts += [(f'name="file"; filename="{name}"', data) for name, data in files]
    body = b"".join(
        f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + data + b"\r\n" for head, data in parts
    )
    send_all = {"data": body + b"--x--\r\n", "content_type": "multipart/form-data; boundary=x"}
    page = Page(staff.post("/staff/pictures/new", **send_all))
    assert page.texts(".notice.good") == ["2 pictures are uploaded. Nobody sees them yet: say what each one shows."]
    assert page.texts(".error-summary a") == [
        "IMG_2.jpg: This file is not a picture. Choose a JPEG, PNG, WebP or HEIC file."
    ]
    staff.post("/staff/pictures/new", **send_all)  # the same form twice
    listed = fetch(staff, "admin.pictures")
    assert len(listed.texts(".picture-list li")) == 2
    assert fetch_address(staff, f"/staff/plan/{event.public_id}").texts("#pictures ~ ul a") == [
        "Picture 1",
        "Picture 2",
    ]
    first = fetch_address(staff, str(listed.soup.select(".picture-list a")[-1]["href"]))
    described = first.submit(staff, "form#description", alt_en="A loom", people="no", then="next")
    second = fetch_address(staff, described.location)
    assert second.h1 == "A picture without a description"
    assert second.texts("button[value=next]") == []


def test_a_consent_and_a_place_are_saved_with_the_picture_or_nothing_is(staff: FlaskClient, campaign: Campaign) -> None:
    public_id = a_picture(campaign, shows_people=None)
    page = fetch(staff, "admin.picture", public_id=public_id)
    typed = {"people": "yes", "place": "hero", "consent-person": "Айсулуу", "consent-purpose": "Workshop"}
    half = Page(page.submit(staff, "form#description", **typed))
    assert half.texts(".error-summary a") == ["Choose how they agreed.", "Say where it is."]
    assert half.one("#consent-person")["value"] == "Айсулуу"
    typed |= {"consent-way": "paper", "consent-stored_at": "Folder 3"}
    later = Page(page.submit(staff, "form#description", **typed, **{"consent-given_on": "2027-01-01"}))
    assert later.answer.status_code == 422
    assert fetch(staff, "admin.consents").texts("tbody tr") == []
    alone = Page(page.submit(staff, "form#description", people="yes", place="hero"))
    assert len(alone.texts(".error-summary a")) == 1  # nobody has agreed: it is shown nowhere
    for _ in range(2):  # a second press
        saved = fetch_address(staff, page.submit(staff, "form#description", **typed).location)
    assert saved.texts(".acts form > span") == ["Top of the campaign page, and shared links"]
    assert len(fetch(staff, "admin.consents").texts("tbody tr")) == 1


def test_only_an_upload_may_be_large_and_only_campaign_staff_may_send_it(
    staff: FlaskClient, finance: FlaskClient, client: FlaskClient, campaign: Campaign
) -> None:
    large = b"\xff" * 1_200_000
    assert "not a picture" in send(staff, address_of("admin.add_picture"), large).text(".field-error")
    assert post_form(staff, "/staff/updates/new", large).status_code == 413
    huge = b"\xff" * 25_200_000
    for address, advice in (("pictures/new", "at most 25 MB"), ("consents/new", "what you typed is still there")):
        answer = post_form(staff, f"/staff/{address}", huge)
        assert answer.status_code == 413
        assert advice in answer.text
    stranger = post_form(client, "/staff/pictures/new", large)
    assert (stranger.status_code, stranger.location) == (303, "/staff/login")
    assert finance.get("/staff/pictures").status_code == 403
    assert finance.get(f"/staff/pictures/{a_picture(campaign)}/files/480.webp").status_code == 404, (
        "it is shown nowhere"
    )


def test_a_picture_is_replaced_and_removed_after_it_is_said_where_it_is(
    staff: FlaskClient, client: FlaskClient, campaign: Campaign
) -> None:
    public_id = a_picture(campaign, place="hero")
    address = f"/pictures/{public_id}/480.jpg"
    assert client.get(address).headers["Cache-Control"] == "public, no-cache"
    page = fetch(staff, "admin.picture_replacement", public_id=public_id)
    form = {"revision": str(page.one("input[name=revision]")["value"])}
    replaced = send(staff, address_of("admin.replace_picture", public_id=public_id), file_of(), **form)
    assert "Say whether people can be recognised on it." in replaced.text(".notice.warn")
    removal = fetch(staff, "admin.picture_removal", public_id=public_id)
    assert removal.texts("main li") == ["Top of the campaign page, and shared links"]
    removal.submit(staff)
    assert client.get(address).status_code == 410


def test_a_consent_is_recorded_chosen_and_withdrawn(
    app: Flask, staff: FlaskClient, finance: FlaskClient, campaign: Campaign, clock: SettableClock
) -> None:
    public_id = a_picture(campaign, shows_people=None)
    form = fetch(staff, "admin.new_consent")
    typed = {"person": "Айсулуу Токтоева", "purpose": "Workshop", "stored_at": "Folder 3", "given_on": "2026-11-30"}
    refused = form.submit(staff, "form#consent", **{**typed, "valid_until": "2026-11-01", "way": "paper"})
    assert refused.status_code == 422
    without_way = Page(form.submit(staff, "form#consent", **typed))  # each error leads to its field
    assert without_way.texts(".error-summary a") == ["Choose how they agreed."]
    assert Page(refused).one("#person")["value"] == "Айсулуу Токтоева"
    saved = Page(refused).submit(staff, "form#consent", way="voice", valid_until="")
    consent = fetch_address(staff, saved.headers["Location"])
    assert consent.h1 == "Айсулуу Токтоева"
    picture = fetch(staff, "admin.picture", public_id=public_id)
    chosen = str(picture.one("input[name=consents]")["value"])
    described = picture.submit(staff, "form#description", people="yes", consents=chosen)
    assert fetch_address(staff, described.headers["Location"]).texts(".notice.warn:not(template *)") == []
    viewer = sign_in_as(app, clock, role="viewer").client
    assert viewer.get("/staff/consents").status_code == 403
    read = fetch(finance, "admin.consents")
    assert "Айсулуу" in read.text("table")
    assert finance.get("/staff/consents/new").status_code == 403
    question = fetch_address(staff, consent.link("Withdraw …"))
    assert "It covers 1 picture." in question.text()
    withdrawn = fetch_address(staff, question.submit(staff).headers["Location"])
    assert withdrawn.soup.select("form#consent") == []
    assert "has ended" in fetch(staff, "admin.picture", public_id=public_id).text(".notice.warn")


def test_a_second_editor_is_warned_and_what_they_typed_stays(staff: FlaskClient, campaign: Campaign) -> None:
    public_id = a_picture(campaign)
    mine = fetch(staff, "admin.picture", public_id=public_id)
    fetch(staff, "admin.picture", public_id=public_id).submit(staff, "form#description", alt_en="Theirs")
    answer = mine.submit(staff, "form#description", alt_en="Mine")
    assert answer.status_code == 409
    conflict = Page(answer)
    assert (conflict.h1, conflict.one("#alt_en")["value"]) == ("Theirs", "Mine")
    assert conflict.submit(staff, "form#description").status_code == 303
    assert fetch(staff, "admin.picture", public_id=public_id).h1 == "Mine"
