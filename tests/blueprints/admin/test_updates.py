"""Staff write an update, look at it in the public page, publish, correct and withdraw it; nothing typed is lost."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.models.staff import AuditEvent
from campaign.services.news import publishing
from tests.blueprints.admin.client import sign_in_as
from tests.support.fakes import SettableClock
from tests.support.news import a_published_update, a_reader, act_on, save, update_text
from tests.support.pages import Page, address_of, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")
FORM, DOCUMENT = "form#update", "form#document"


@pytest.fixture
def staff_id(app: Flask, campaign: Campaign, clock: SettableClock) -> int:
    return sign_in_as(app, clock, role="admin").staff_id


@pytest.fixture
def writer(app: Flask, campaign: Campaign, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def publish_correction(client: FlaskClient, text: Page) -> Page:
    """Publish the draft on this page of a document, through the page that shows what will change."""
    check = followed(client, text.submit(client, DOCUMENT, step="check"))
    return followed(client, check.submit(client, "form[action$=publish]"))


def followed(client: FlaskClient, answer: object) -> Page:
    return fetch_address(client, str(getattr(answer, "headers")["Location"]))  # noqa: B009


def test_an_update_is_written_previewed_scheduled_and_published_by_a_worker(
    writer: FlaskClient, client: FlaskClient, clock: SettableClock, campaign: Campaign
) -> None:
    form = fetch(writer, "admin.update_form")
    typed = {"title_en": "Full house", "body_en": "**Forty** came.", "title_ky": "Зал толду", "body_ky": "Кырк киши."}
    preview = Page(writer.post("/staff/updates/preview?lang=ky", data=form.filled(FORM, **typed)))
    assert (preview.h1, preview.one("html")["lang"]) == ("Зал толду", "ky")
    edit = followed(writer, form.submit(writer, FORM, **typed))
    assert edit.h1 == "Full house"
    saved = fetch_address(writer, edit.link("Preview the saved text"))
    assert "Only staff see this page" in saved.text("aside.demo")
    assert client.get("/en/updates/").text.count("Full house") == 0
    publish = fetch_address(writer, edit.link("Publish …"))
    assert "Русский" in publish.text(".notice")
    late = Page(publish.submit(writer, when="later", day="2026-11-30", time="10:00"))
    assert late.texts(".field-error") == ["Error: Choose a time in the future."]
    done = followed(writer, late.submit(writer, when="later", day="2026-12-02", time="10:00"))
    assert "It will be published on December 2, 2026, 10:00 UTC." in done.text("main").replace("\xa0", " ")
    clock.advance(days=2)
    work_off_everything()
    page = fetch_address(client, "/ru/updates/")
    assert page.texts("main article h2") == ["Full house"]
    assert page.one("main article h2 a")["lang"] == "en"
    assert "English" in page.text("main .fallback")


def test_an_update_is_published_from_its_own_form(writer: FlaskClient, client: FlaskClient) -> None:
    form = fetch(writer, "admin.update_form")
    empty = Page(form.submit(writer, FORM, then="publish"))
    assert (empty.answer.status_code, len(empty.texts(".error-summary a"))) == (422, 1)
    half = Page(form.submit(writer, FORM, title_en="Full house", then="publish"))
    assert half.texts(".error-summary a") == ["Write the text, or remove the title."]
    typed = {"title_en": "Full house", "body_en": "Forty came.", "then": "publish"}
    for _ in range(2):  # a second press
        assert "Published on" in followed(writer, form.submit(writer, FORM, **typed)).text(".state-line")
    assert fetch_address(client, "/en/updates/").texts("main article h2") == ["Full house"]
    later = {"title_en": "Later", "body_en": "Not yet.", "then": "schedule"}
    assert followed(writer, fetch(writer, "admin.update_form").submit(writer, FORM, **later)).h1 == "Publish an update"


def test_a_second_editor_is_warned_and_what_they_typed_stays(
    writer: FlaskClient, campaign: Campaign, clock: SettableClock, staff_id: int
) -> None:
    public_id = save(campaign, update_text(), clock=clock, actor_id=staff_id)
    mine = fetch(writer, "admin.update", public_id=public_id)
    save(campaign, update_text("Theirs"), clock=clock, actor_id=staff_id, public_id=public_id, revision=1)
    answer = mine.submit(writer, FORM, title_en="Mine")
    assert answer.status_code == 409
    conflict = Page(answer)
    assert conflict.one("#title_en")["value"] == "Mine"
    assert "Theirs (en)" in conflict.texts(".other-version blockquote")
    assert conflict.submit(writer, FORM).status_code == 303
    assert fetch(writer, "admin.update", public_id=public_id).one("#title_en")["value"] == "Mine"


def test_a_text_that_is_too_long_or_half_is_shown_again(
    writer: FlaskClient, campaign: Campaign, clock: SettableClock, staff_id: int
) -> None:
    form = fetch(writer, "admin.update_form")
    long = "слово " * 17_000  # 200 KB of Word
    answer = form.submit(writer, FORM, title_ru="Заголовок", body_ru=long)
    assert answer.status_code == 422
    assert "20000" in Page(answer).text(".field-error")
    assert Page(answer).one("#body_ru").get_text().strip() == long.strip()
    public_id = a_published_update(campaign, clock=clock, actor_id=staff_id)
    text = fetch(writer, "admin.text", document=f"update:{public_id}")
    half = followed(writer, text.submit(writer, DOCUMENT, **{"body.ky": "", "step": "save"}))
    assert "1 thing must be corrected" in half.text(".notice.good")
    assert half.texts(".field-error") == ["Error: Кыргызча: Write this text in at least one language."]


def test_a_withdrawn_update_answers_410_and_leaves_list_feed_and_sitemap(
    writer: FlaskClient, client: FlaskClient, campaign: Campaign, clock: SettableClock, staff_id: int
) -> None:
    public_id = save(campaign, update_text(), clock=clock, actor_id=staff_id)
    form = fetch(writer, "admin.update", public_id=public_id)
    publishing.publish(act_on(campaign, public_id, actor_id=staff_id), clock=clock)
    for address in ("/en/updates/", "/en/feed.xml", "/sitemap.xml"):
        assert public_id in client.get(address).text
    clock.advance(minutes=20)
    edit = fetch(writer, "admin.update", public_id=public_id)
    stale = form.submit(writer, FORM, title_en="Corrected", revision="1")  # opened before it was published
    correction = followed(writer, stale)
    assert "published already" in correction.text(".notice.good")
    other = Page(form.submit(writer, FORM, title_en="Another", revision="1"))
    assert (other.answer.status_code, other.text("[name='title.en']"), other.text("ins")) == (409, "Another", "Another")
    assert "Corrected" not in client.get(f"/en/updates/{public_id}").text
    publish_correction(writer, correction)
    assert "Corrected on December 1, 2026." in client.get(f"/en/updates/{public_id}").text.replace("\xa0", " ")
    withdraw = fetch_address(writer, edit.link("Withdraw …"))
    assert Page(withdraw.submit(writer, reason="")).texts(".field-error") == ["Error: Say why."]
    withdraw.submit(writer, reason="A name was wrong")
    gone = client.get(f"/en/updates/{public_id}")
    assert gone.status_code == 410
    assert Page(gone).h1 == "This update was withdrawn"
    for address in ("/en/updates/", "/en/feed.xml", "/sitemap.xml"):
        assert public_id not in client.get(address).text


def test_a_draft_is_deleted_after_a_question_and_only_by_campaign_staff(
    writer: FlaskClient, finance: FlaskClient, campaign: Campaign, clock: SettableClock, staff_id: int, session: Session
) -> None:
    public_id = save(campaign, update_text(), clock=clock, actor_id=staff_id)
    assert finance.get(address_of("admin.update", public_id=public_id)).status_code == 403
    question = fetch(writer, "admin.delete_update_form", public_id=public_id)
    assert followed(writer, question.submit(writer)).texts("main table") == []
    assert writer.get(address_of("admin.update", public_id=public_id)).status_code == 404


def test_an_update_is_sent_by_email_paused_and_followed(
    writer: FlaskClient, client: FlaskClient, campaign: Campaign, clock: SettableClock, staff_id: int
) -> None:
    public_id = a_published_update(campaign, clock=clock, actor_id=staff_id)
    address = fetch(writer, "admin.update", public_id=public_id).link("Send by email …")
    assert "Nobody has asked" in fetch_address(writer, address).text()
    a_reader(campaign, clock)
    assert "1 reader gets it" in fetch(writer, "admin.publish_form", public_id=public_id).text()
    page = fetch_address(writer, address)
    page = followed(writer, page.submit(writer, act="start"))
    assert page.texts("dl dd") == ["0", "1", "0", "0", "0"]
    page = followed(writer, page.submit(writer, act="pause"))
    work_off_everything()
    page = followed(writer, page.submit(writer, act="resume"))
    work_off_everything()
    assert fetch_address(writer, address).texts("dl dd") == ["1", "0", "0", "0", "0"]
    assert page.submit(writer, act="delete").status_code == 400


def test_a_link_that_leads_nowhere_is_not_published(writer: FlaskClient, client: FlaskClient) -> None:
    form = fetch(writer, "admin.update_form")
    assert (form.one("#title_en")["data-max"], form.one("#title_en").get("maxlength")) == ("200", None)
    assert form.one("#body_ru")["data-kind"] == "markdown"
    typed = {"title_en": "Full house", "body_en": "See [the site](www.site.kg) and [more](htp:/broken)."}
    refused = Page(form.submit(writer, FORM, then="publish", **typed))
    assert refused.answer.status_code == 422
    assert "“www.site.kg” leads nowhere" in refused.text(".field-error")
    draft = followed(writer, form.submit(writer, FORM, **typed))  # a draft may have it, and says so
    assert draft.one("#body_en-error").get_text() in refused.text(".field-error")
    assert draft.text("label[for=title_ky] .tag") == "Missing"
    publish = fetch_address(writer, draft.link("Publish …"))
    assert "leads nowhere" in followed(writer, publish.submit(writer, when="now")).text(".notice.bad")
    assert "Full house" not in client.get("/en/updates/").text


def test_a_correction_is_a_draft_with_versions_and_a_withdrawn_update_is_published_again(
    writer: FlaskClient, client: FlaskClient, campaign: Campaign, clock: SettableClock, staff_id: int
) -> None:
    public_id = a_published_update(campaign, clock=clock, actor_id=staff_id)
    public = f"/en/updates/{public_id}"
    text = fetch_address(writer, fetch(writer, "admin.update", public_id=public_id).link("Correct the text"))
    saved = text.submit(writer, DOCUMENT, **{"title.en": "Second event", "step": "save"})
    draft = followed(writer, saved)
    assert "Source changed" in draft.texts("label .tag")
    preview = fetch(writer, "admin.preview_page", document=f"update:{public_id}", lang="en")
    assert (preview.h1, Page(client.get(public)).h1) == ("Second event", "First event (en)")
    assert publish_correction(writer, draft).one("form#document")
    assert Page(client.get(public)).h1 == "Second event"
    versions = fetch(writer, "admin.text_versions", document=f"update:{public_id}")
    assert versions.h1 == "Versions: Second event"
    change = fetch_address(writer, versions.link("2"))
    assert (change.text("del"), change.text("ins")) == ("First", "Second")
    withdraw = fetch_address(writer, fetch(writer, "admin.update", public_id=public_id).link("Withdraw …"))
    withdraw.submit(writer, reason="A name was wrong")
    restored = followed(writer, versions.submit(writer, "form[action$='/1/restore']"))
    assert restored.text("[name='title.en']") == "First event (en)"
    assert client.get(public).status_code == 410
    publish_correction(writer, restored)
    assert Page(client.get(public)).h1 == "First event (en)"
    other = fetch(writer, "admin.update_form").submit(writer, FORM, title_en="Never public")
    unpublished = other.location.rsplit("/", 1)[1]
    assert writer.get(address_of("admin.text", document=f"update:{unpublished}")).status_code == 404


def test_a_draft_is_saved_while_somebody_types_and_nobody_else_is_overwritten(
    writer: FlaskClient, campaign: Campaign, clock: SettableClock, staff_id: int, session: Session
) -> None:
    form = fetch(writer, "admin.update_form")
    address = str(form.one(FORM)["data-draft"])
    typed = form.filled(FORM, title_en="Full house", body_en="Half a [link")
    first = writer.post(address, data=typed).get_json()
    assert (first["revision"], first["problems"]) == (1, {})
    typed |= {"revision": "1", "body_en": "[Half](a.link)"}
    second = writer.post(address, data=typed).get_json()
    assert (second["revision"], list(second["problems"])) == (2, ["body_en"])
    stale = writer.post(address, data=typed | {"title_en": "Mine"})
    assert (stale.status_code, "Someone else changed" in stale.get_json()["message"]) == (409, True)
    assert list(
        session.execute(select(AuditEvent.action).where(AuditEvent.action.startswith("update:"))).scalars()
    ) == ["update:create"]
    public_id = a_published_update(campaign, clock=clock, actor_id=staff_id)
    public = writer.post(address_of("admin.autosave_update", public_id=public_id), data=typed | {"revision": "2"})
    assert public.status_code == 409
