"""From an empty installation to the second campaign, by a browser alone but for the first command.

The product runs in production mode on PostgreSQL, behind a proxy that speaks TLS, with the sandbox as its payment
provider and a real mail server.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk, totp
from tests.browser.production import World, first_command, link_in, production_site
from tests.journeys.site import CARD
from tests.support.pictures import file_of

pytestmark = [pytest.mark.browser, pytest.mark.faults, pytest.mark.database("postgresql")]

ADMIN, STAFF, FINANCE, APPROVER, READER = (
    f"{name}@library.kg" for name in ("aida", "gulnara", "bermet", "cholpon", "reader")
)
PASSWORD = "books for every child in Bishkek"  # of one test
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#204a87"/></svg>'
)
MAX_SCREENS = 25
"""What somebody sees between the link and the open campaign, who writes the least that makes sense."""
MAX_WORDS = 3_500
"""How many words these screens show."""


@pytest.fixture
def world(chromium: Browser, database_url: str, tmp_path: Path) -> Iterator[World]:
    with production_site(database_url, tmp_path) as site, site.app.app_context():
        yield World(site, chromium)
        site.close()


def test_an_organisation_runs_its_campaigns_by_the_browser_alone(world: World, database_url: str) -> None:
    desk = Desk(world.newcomer())
    assert desk.page.request.get("/ru/").status == 503
    desk.page.goto(first_command(world.site, database_url, ADMIN))
    sign_up(desk)
    set_up(world, desk)
    write_texts(desk)
    with desk.aside():
        plan(world, desk)
        show_a_picture(desk)
    open_campaign(desk)
    assert len(desk.screens) <= MAX_SCREENS, desk.screens
    assert desk.words <= MAX_WORDS, desk.words
    invited_person(world, FINANCE, opens=("Giving", "Donations"), never="/staff/texts")
    invited_person(world, APPROVER, opens=("Money", "Allocations"), never="/staff/people")
    writer = invited_person(world, STAFF, opens=("Campaign", "Plan"), never="/staff/people")
    subscribe(world)
    publish_an_update(world, writer)
    give(world)
    dashboard_shows_the_gift(desk)
    end_and_begin_again(world, desk)
    assert desk.complaints == []


def sign_up(desk: Desk) -> None:
    """Password, second step and recovery codes, from the page of a one-time link."""
    desk.enter({"name": "Aida", "password": PASSWORD, "password_again": PASSWORD})
    desk.press("Set the password")
    desk.press("Set up an app")
    desk.enter({"code": totp(desk.page.locator("main ol code").inner_text())})
    desk.press("Finish")
    desk.press("Make recovery codes")
    desk.press("I have saved the codes. Continue")


def set_up(world: World, desk: Desk) -> None:
    """The organisation, the campaign and the people, each from the set-up page."""
    desk.press("Enter the organisation")
    desk.enter(
        both("legal_name", "ОФ «Детские книги»", "«Балдар китеби» КФ")
        | both("address", "ул. Киевская, 1, Бишкек", "Киев көчөсү, 1, Бишкек")
        | both("place", "Бишкек", "Бишкек")
        | both("registration", "12345-3300-ОФ", "12345-3300-КФ")
        | {"country": "KG", "time_zone": "Asia/Bishkek", "contact_email": "office@library.kg"}
    )
    desk.press("Save")
    with desk.aside():
        desk.press("Logo, icon and signature")
        desk.page.set_input_files("#logo", {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": LOGO})
        desk.press("Upload")
    desk.menu("Organisation", "Set-up")
    desk.press("Create a campaign")
    create_campaign(world, desk)
    with desk.aside():
        take_som(desk)
    desk.menu("Organisation", "Set-up")
    desk.push("role", "campaign")
    with desk.aside():
        desk.press("Go to people")
        invite(desk, FINANCE, "finance", then="another")
        invite(desk, STAFF, "campaign", then="another")
        invite(desk, APPROVER, "approver")


def create_campaign(world: World, desk: Desk) -> None:
    """School library, Bishkek: neither a currency that nobody charges nor one in which nothing would be counted."""
    desk.enter(
        both("name", "Школьная библиотека, Бишкек", "Мектеп китепканасы, Бишкек")
        | {"slug": "school-library", "currency": "RUB", "goal": "5000", "series": "LIB"}
        | {"starts_on": world.day(), "ends_on": world.day(60)}
    )
    with desk.aside():
        desk.press("Create the draft")
        desk.says("The payment provider does not take RUB.")
        desk.enter({"currency": "KGS"})
        desk.press("Create the draft")
        desk.says("so a goal in KGS would stay at zero")
    desk.enter({"currency": "USD"})
    desk.press("Create the draft")
    desk.says("only staff can see it")


def take_som(desk: Desk) -> None:
    """Donors give in the country's own currency too."""
    desk.press("Settings")
    desk.press("Add a currency")
    desk.enter({"code": "RUB", "minimum": "100", "maximum": "100000"})
    desk.press("Save")
    desk.says("The payment provider does not take RUB.")
    desk.enter({"code": "KGS"})
    desk.press("Save")
    desk.says("The currency is saved.")


def invite(desk: Desk, email: str, role: str, *, then: str = "") -> None:
    """Invite somebody with one role."""
    desk.enter({"email": email, "name": email.partition("@")[0].title()})
    desk.page.check(f"input[name=roles][value={role}]")
    if then:
        desk.push("then", then)
        desk.page.uncheck(f"input[name=roles][value={role}]")
    else:
        desk.press("Send the invitation")
    desk.says("The invitation is on its way")


def write_texts(desk: Desk) -> None:
    """How the page opens, and one section of the story."""
    desk.menu("Texts and pictures", "Texts")
    desk.press("Opening of the campaign page")
    desk.enter(both("title", "Книги каждому ребёнку", "Ар бир балага китеп", "."))
    desk.enter(both("summary", "Собираем на библиотеку.", "Китепканага чогултабыз.", "."))
    desk.push("step", "publish")
    desk.press("All texts")
    desk.press("Story")
    desk.push("step", "add:sections")
    for code, heading in (("ru", "Почему"), ("ky", "Эмне үчүн")):
        desk.page.fill(f"[name^='sections.'][name$='.heading.{code}']", heading)
        desk.page.fill(f"[name^='sections.'][name$='.body.{code}']", "**12** школ")
    desk.push("step", "publish")
    desk.says("Published.")


def plan(world: World, desk: Desk) -> None:
    """Two purposes, three events and a grant."""
    desk.menu("Campaign", "Plan")
    desk.open("/new/theme")
    for number, (ru, ky) in enumerate((("Книги", "Китептер"), ("Мебель", "Эмеректер"))):
        desk.enter(both("title", ru, ky) | {"goal": "2500"})
        desk.add("Add a purpose", has_more=number < 1)
    desk.press("The whole plan")
    desk.open("/new/event")
    for number in range(3):
        day = world.day(10 * number + 7)
        desk.enter(both("title", f"Чтение {number + 1}", f"Окуу {number + 1}") | both("place", "Бишкек", "Бишкек"))
        desk.enter({"begins_at": f"{day}T15:00", "ends_at": f"{day}T17:00", "goal": "300"})
        desk.add("Add an event", has_more=number < 2)
    desk.press("The whole plan")
    desk.open("/new/grant")
    desk.enter(both("title", "Грант учителю", "Мугалимге грант") | {"goal": "500"})
    desk.enter({"opens_on": world.day(5), "closes_on": world.day(20)})
    desk.add("Add a grant", has_more=False)
    desk.press("The whole plan")
    desk.says("Грант учителю")


def show_a_picture(desk: Desk) -> None:
    """A photograph at the top of the campaign page."""
    desk.menu("Texts and pictures", "Pictures")
    desk.press("Upload a picture")
    photo = {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": file_of(size=(1200, 800))}
    desk.page.set_input_files("#file", photo)  # type: ignore[arg-type]
    with desk.page.expect_navigation(timeout=60_000):
        desk.page.click("form[data-sending] button.button")
    desk.enter(both("alt", "Полки с книгами", "Китеп текчелери", "_"))
    desk.page.check("input[name=people][value=no]")
    desk.press("Save")
    desk.page.select_option("#place", "hero")
    desk.press("Show it there")


def open_campaign(desk: Desk) -> None:
    """The public sees it."""
    desk.menu("Campaign", "Campaigns")
    desk.press("Open the campaign")
    desk.press("Open the campaign")
    desk.says("The public can see the campaign.")


def invited_person(world: World, email: str, *, opens: tuple[str, str], never: str) -> Desk:
    """Who was invited by email signs in, opens the pages of their role and no others."""
    theirs = Desk(world.newcomer())
    theirs.page.goto(link_in(world.email_to(email), "/staff/link/"))
    sign_up(theirs)
    theirs.menu(*opens)
    theirs.says(opens[1])
    assert theirs.page.request.get(never).status == 403
    return theirs


def subscribe(world: World) -> None:
    """A reader asks for the news and confirms it by the link in the email."""
    reader = world.newcomer()
    reader.goto("/ky/updates/")
    reader.fill("#news-email", READER)
    with reader.expect_navigation():
        reader.click(".news-form button")
    reader.goto(link_in(world.email_to(READER), "/updates/email/"))
    with reader.expect_navigation():
        reader.click("main form button")


def publish_an_update(world: World, desk: Desk) -> None:
    """The first update is on its page and in the reader's mailbox, in their language."""
    desk.menu("Texts and pictures", "Updates")
    desk.press("Write an update")
    desk.enter(both("title", "Полки готовы", "Текчелер даяр", "_"))
    desk.enter(
        both("body", "Сегодня привезли полки.", "Бүгүн текчелер келди.", "_") | both("author", "Аида", "Аида", "_")
    )
    desk.page.check("[name=emailed]")
    desk.push("then", "publish")
    email = world.email_to(READER, "Текчелер даяр")
    assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    desk.page.go_back()
    desk.push("then", "publish")  # once more, with what the browser has brought back
    readers = world.newcomer()
    readers.goto("/ru/updates/")
    expect(readers.locator("main").get_by_text("Полки готовы", exact=True)).to_have_count(1)


def give(world: World) -> None:
    """A gift of 2,000 som is paid at the provider."""
    donor = world.newcomer()
    donor.goto("/ru/donate")
    donor.locator("[name=to_currency][value=KGS]").first.click()
    donor.wait_for_load_state()
    donor.fill("#other_amount", "2000")
    world.site.clock.advance(seconds=5)  # people take their time
    donor.click("#continue")
    donor.wait_for_url(re.compile("/sandbox/c/"))
    for name, typed in {"email": "donor@library.kg", **CARD}.items():
        donor.fill(f"#{name}", typed)
    donor.click("main button[type=submit], form button[type=submit]")
    donor.wait_for_url(re.compile("/thanks"))
    world.site.work()
    donor.reload()
    expect(donor.locator("h1")).to_contain_text("Aida Donor")
    assert world.email_to("donor@library.kg").get_payload()


def dashboard_shows_the_gift(desk: Desk) -> None:
    """The gift counts toward the goal at the provider’s rate."""
    desk.menu("Campaign", "Overview")
    desk.says("$22.86")
    desk.says("of $5,000.00 raised")


def end_and_begin_again(world: World, desk: Desk) -> None:
    """Extended, closed, archived; then the next campaign."""
    desk.menu("Campaign", "Campaigns")
    desk.press("Extend the campaign")
    desk.enter({"ends_on": world.day(90)} | both("reason", "Ещё месяц.", "Дагы бир ай."))
    desk.press("Extend the campaign")
    desk.press("Close the campaign")
    desk.enter(both("reason", "Цель достигнута.", "Максатка жеттик."))
    desk.press("Close the campaign")
    desk.press("Archive the campaign")
    desk.press("Archive the campaign")
    page = world.newcomer()
    page.goto("/ru/")
    expect(page.locator("main")).to_contain_text("находится в архиве")
    expect(page.locator("main .hero img")).to_have_attribute("alt", "Полки с книгами")
    desk.press("New campaign")
    desk.enter(
        both("name", "Вторая кампания", "Экинчи кампания")
        | {"slug": "second", "currency": "USD", "goal": "1000", "series": "SEC"}
        | {"starts_on": world.day(), "ends_on": world.day(60)}
    )
    desk.press("Create the draft")
    desk.says("Вторая кампания")


def both(name: str, ru: str, ky: str, separator: str = "-") -> dict[str, str]:
    """What is typed into a field of each language."""
    return {f"{name}{separator}ru": ru, f"{name}{separator}ky": ky}
