"""The texts of the public site as campaign staff edit them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.documents.kinds import DOCUMENTS
from campaign.models.campaign import Campaign
from tests.blueprints.admin.client import browser_of, sign_in_as
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.pages import Page, address_of, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")
FORM = "form#document"


@pytest.fixture
def editor(app: Flask, campaign: Campaign, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def saved(editor: FlaskClient, page: Page, **typed: str) -> Page:
    """The page after a button of the form was pressed."""
    answer = page.submit(editor, FORM, **typed)
    assert answer.status_code == 303
    return fetch_address(editor, answer.location)


def test_a_text_is_written_checked_published_and_taken_back(editor: FlaskClient, client: FlaskClient) -> None:
    listed = fetch(editor, "admin.texts")
    assert "Opening of the campaign page complete complete complete" in listed.text("table")
    page = fetch_address(editor, listed.link("Opening of the campaign page"))
    typed = {"title.en": "Half a new\u202e title", "kicker.ky": ""}
    page = saved(editor, page, **typed, step="save")
    assert "The draft is saved. The public page has not changed." in page.text()
    assert page.filled(FORM)["title.en"] == "Half a new title"
    assert page.texts(".sides .tag") == ["Source changed", "Source changed", "Missing"]
    assert "A campaign (en)" in fetch(client, "public.home", lang="en").text("h1")
    check = saved(editor, page, step="check")
    assert {"Half", "A"} <= {*check.texts("ins"), *check.texts("del")}
    assert "Русский: 1 translation is older than its source." in check.text()
    answer = check.submit(editor, "form[action$='/publish']")
    assert "Published. The public page shows the new text." in fetch_address(editor, answer.location).text()
    assert fetch(client, "public.home", lang="en").text("h1") == "Half a new title"
    versions = fetch(editor, "admin.text_versions", document="hero")
    assert "2 " in versions.text("tbody")
    undone = versions.submit(editor, "form[action$='/undo']")
    assert "Your text is in the draft" in fetch_address(editor, undone.location).text()
    assert fetch(client, "public.home", lang="en").text("h1") == "A campaign (en)"
    version = fetch(editor, "admin.text_version", document="hero", version=2)
    assert version.texts("del") != []
    fetch(editor, "admin.text_version", document="hero", version=9, status=404)


def test_the_texts_of_a_draft_are_empty_and_written_before_it_is_opened(app: Flask, clock: SettableClock) -> None:
    a_campaign(stage="draft")
    editor = sign_in_as(app, clock, role="campaign").client
    listed = fetch(editor, "admin.texts")
    assert "Questions and answers empty empty empty" in listed.text("table")
    for document in DOCUMENTS:
        fetch(editor, "admin.text", document=document)
    page = fetch(editor, "admin.text", document="hero")
    wrong = saved(editor, page, **{"title.en": "x" * 121, "step": "publish"})
    assert "Correct the marked fields first, then publish." in wrong.text(".notice")
    typed = {"title.en": "School library", "summary.en": "Books.", "step": "publish"}
    published = saved(editor, fetch(editor, "admin.text", document="hero"), **typed)
    assert "Everybody sees it once the campaign is opened." in published.text(".notice")
    assert published.texts(".save-bar button") == ["Publish", "Save draft"]


def test_two_editors_are_warned_and_both_texts_are_shown(app: Flask, editor: FlaskClient, clock: SettableClock) -> None:
    colleague = browser_of(app, clock, a_member_of_staff(role="campaign", email="colleague@quilt.example"))
    mine, theirs = (fetch(client, "admin.text", document="hero") for client in (editor, colleague))
    saved(colleague, theirs, **{"title.en": "Their title"})
    refused = mine.submit(editor, FORM, **{"title.en": "My title"})
    assert refused.status_code == 409
    warned = Page(refused)
    assert {"Their", "My"} <= {*warned.texts("del"), *warned.texts("ins")}
    assert warned.filled(FORM)["title.en"] == "My title"
    assert fetch(editor, "admin.text", document="hero").filled(FORM)["title.en"] == "Their title"
    assert warned.texts("dl.changes dt") == ["Title · English"]  # and no field that only one of them has
    page = saved(editor, warned, step="save")
    assert page.filled(FORM)["title.en"] == "My title"
    again = Page(theirs.submit(colleague, FORM, **{"title.en": "Third title"}))
    taken = saved(colleague, again, **{"choice.title.en": "theirs"})
    assert taken.filled(FORM)["title.en"] == "My title"


def test_what_only_a_colleague_has_changed_is_taken_over(app: Flask, editor: FlaskClient, clock: SettableClock) -> None:
    colleague = browser_of(app, clock, a_member_of_staff(role="campaign", email="colleague@quilt.example"))
    mine, theirs = (fetch(client, "admin.text", document="hero") for client in (editor, colleague))
    saved(colleague, theirs, **{"title.en": "Their title"})
    page = saved(editor, mine, **{"kicker.ru": "Моя строка"})
    assert "their changes are taken over" in page.text(".notice")
    assert [page.filled(FORM)[name] for name in ("title.en", "kicker.ru")] == ["Their title", "Моя строка"]
    sent = theirs.filled(FORM, **{"title.en": "Their title", "summary.ky": "Кыскача"})
    reply = colleague.post("/staff/texts/hero/autosave", data=sent, content_type="multipart/form-data").get_json()
    assert reply["taken"] == {"kicker.ru": "Моя строка"}
    assert reply["message"].startswith("A colleague has changed other parts of this text")
    story = [fetch(client, "admin.text", document="story") for client in (editor, colleague)]
    saved(colleague, story[1], step="add:sections")
    answer = editor.post("/staff/texts/story/autosave", data=story[0].filled(FORM), content_type="multipart/form-data")
    assert answer.status_code == 409  # the script cannot show a section that the form does not have


def test_sections_are_added_moved_hidden_and_removed_without_script(editor: FlaskClient, client: FlaskClient) -> None:
    page = fetch(editor, "admin.text", document="story")
    for heading in ("First", "Second"):
        page = saved(editor, page, step="add:sections")
        key = str(page.one("[name=sections]")["value"]).split()[-1]
        page = saved(editor, page, **{f"sections.{key}.heading.en": heading})
    page = saved(editor, page, **{f"sections.{key}.body.en": "<script>alert(1)</script> **bold** [x](javascript:y)"})
    assert "leads nowhere" in page.text(".notice.warn")
    check = saved(editor, page, step="check")
    assert "Publish now" not in check.text()
    page = saved(
        editor, page, **{f"sections.{key}.body.en": "<script>alert(1)</script> **bold**"}, step=f"up:sections:{key}"
    )
    answer = saved(editor, page, step="check").submit(editor, "form[action$='/publish']")
    assert answer.status_code == 303
    public = fetch(client, "public.home", lang="en")
    assert public.texts(".prose h2") == ["Second", "First"]
    assert "<script>alert" not in public.answer.text.replace("&lt;script&gt;alert", "")
    page = fetch(editor, "admin.text", document="story")
    page = saved(editor, page, **{f"sections.{key}.is_hidden": "yes"}, step="check")
    page.submit(editor, "form[action$='/publish']")
    assert fetch(client, "public.home", lang="en").texts(".prose h2") == ["First"]
    page = saved(editor, fetch(editor, "admin.text", document="story"), step=f"remove:sections:{key}")
    assert page.texts(".part > legend") == ["Section 1"]


def test_a_dropped_section_stands_where_it_was_dropped(editor: FlaskClient) -> None:
    page = fetch(editor, "admin.text", document="story")
    for _ in range(2):
        page = saved(editor, page, step="add:sections")
    keys = str(page.one("[data-order]")["value"]).split()
    last_first = " ".join([keys[-1], *keys[:-1]])
    answer = page.submit(editor, FORM, sections=last_first, step=f"drop:sections:{keys[-1]}")
    assert answer.location.endswith(f"#row-{keys[-1]}")
    assert fetch_address(editor, answer.location).one("[data-order]")["value"] == last_first


def test_two_hundred_kilobytes_of_pasted_text_are_saved_with_a_clear_sentence(editor: FlaskClient) -> None:
    page = fetch(editor, "admin.text", document="hero")
    pasted = "Мамлекеттик тил " * 7000
    answer = editor.post(
        "/staff/texts/hero",
        data=page.filled(FORM, **{"summary.ky": pasted}),
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    page = fetch_address(editor, answer.location)
    assert "Кыргызча: Shorten this to 400 characters; it has 111,999." in page.text(".notice.warn")
    assert page.one("[name='summary.ky']").get_text().strip() == pasted.strip()


def test_the_preview_is_the_public_page_for_staff_alone(editor: FlaskClient, client: FlaskClient) -> None:
    saved(editor, fetch(editor, "admin.text", document="hero"), **{"title.ru": "Черновик"})
    frame = fetch(editor, "admin.preview_text", document="hero")
    assert "frame-src 'self'" in frame.answer.headers["Content-Security-Policy"]
    assert len(frame.soup.select("iframe[sandbox=allow-same-origin]")) == 2
    page = fetch(editor, "admin.preview_page", document="hero", lang="ru")
    assert (page.text("h1"), page.one("html")["lang"]) == ("Черновик", "ru")
    assert page.answer.headers["Cache-Control"] == "no-store"
    assert page.answer.headers["X-Robots-Tag"] == "noindex"
    assert fetch(client, "public.home", lang="ru").text("h1") != "Черновик"
    assert client.get("/staff/texts/hero/preview/ru").status_code == 302
    for document in ("story", "asks", "amounts", "milestones", "other_ways"):
        fetch(editor, "admin.preview_page", document=document, lang="ky")


def test_a_text_is_published_at_a_time_in_the_organisations_day(editor: FlaskClient, clock: SettableClock) -> None:
    saved(editor, fetch(editor, "admin.text", document="hero"), **{"title.en": "Tomorrow"})
    check = fetch(editor, "admin.check_text", document="hero")
    wrong = check.submit(editor, "form[action$='/schedule']", day="2026-11-30", at="25:00")
    assert Page(wrong).texts(".error-summary li") == ["Enter a time, like 09:00."]
    late = check.submit(editor, "form[action$='/schedule']", day="2026-11-30", at="09:00")
    assert Page(late).texts(".error-summary li") == ["Choose a time that has not passed."]
    planned = check.submit(editor, "form[action$='/schedule']", day="2026-12-02", at="9:00")
    page = fetch_address(editor, planned.location)
    assert "It will be published on December 2, 2026, 09:00" in page.text()
    cancelled = page.submit(editor, "form[action$='/unschedule']")
    assert "The planned publication is cancelled" in fetch_address(editor, cancelled.location).text()


def test_saving_while_typing_answers_the_script(editor: FlaskClient) -> None:
    page = fetch(editor, "admin.text", document="hero")
    fields = page.filled(FORM, **{"title.en": "Typed"})

    def sent(**typed: str) -> tuple[int, dict[str, str]]:
        answer = editor.post("/staff/texts/hero/autosave", data={**fields, **typed})
        return answer.status_code, dict(answer.json or {})

    status, said = sent()
    assert (status, said["message"].startswith("Saved ")) == (200, True)
    assert sent(**{"base": said["base"], "title.en": "More"})[0] == 200
    status, said = sent(**{"title.en": "Stale"})
    assert (status, "colleague" in said["message"]) == (409, True)
    assert fetch(editor, "admin.text", document="hero").filled(FORM)["title.en"] == "More"


def test_the_preview_of_an_email_is_the_whole_email_with_the_draft(editor: FlaskClient) -> None:
    for document in (name for name in DOCUMENTS if name.startswith("mail:")):
        page = fetch(editor, "admin.text", document=document)
        opening = next(name for name in page.filled(FORM) if name.endswith("opening.ru"))
        saved(editor, page, **{opening: "Рахмат за {amount} & <b>всё</b>!"})
        preview = fetch_address(editor, f"/staff/texts/{document}/preview?lang=ru")
        assert "Рахмат за 25 $ & <b>всё</b>!" in preview.text("pre").replace("\xa0", " ")
        email = editor.get(str(preview.one("iframe")["src"]))
        assert "&lt;b&gt;всё&lt;/b&gt;" in email.text
        assert "sandbox" in email.headers["Content-Security-Policy"]
    wrong = saved(editor, fetch(editor, "admin.text", document="mail:receipt"), **{"opening.ru": "{name}, рахмат"})
    assert "“{name}” stands for nothing in this email." in wrong.text(".field-error")
    assert "рахмат" not in fetch_address(editor, "/staff/texts/mail:receipt/preview?lang=ru").text("pre")


def test_the_preview_shows_what_is_typed_and_numbers_get_their_errors_while_typing(editor: FlaskClient) -> None:
    page = fetch(editor, "admin.text", document="hero")
    assert page.one("button[value=preview][form=document]").get_text() == "Save and preview"
    answer = page.submit(editor, "form#document", **{"title.en": "Typed just now", "step": "preview"})
    assert answer.location == address_of("admin.preview_text", document="hero")
    assert fetch(editor, "admin.preview_page", document="hero", lang="en").h1 == "Typed just now"
    amounts = fetch(editor, "admin.text", document="amounts")
    assert all("data-check" in field.attrs for field in amounts.soup.select("[name$='.amount'], [name$='.currency']"))
    learning = fetch(editor, "admin.text", document="learning")
    assert {"year", "latitude"} <= {str(field["name"]) for field in learning.soup.select("[data-check]")}
