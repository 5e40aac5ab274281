"""Somebody at the staff desk in a browser: what they press and type, and what they saw and read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from passlib.totp import TOTP  # type: ignore[import-untyped]
from playwright.sync_api import ConsoleMessage, Page, expect


def totp(secret: str) -> str:
    """The six digits that an authenticator app shows now."""
    return str(TOTP(key=secret).generate().token)


WORDS_TO_READ = """main => {
    const count = text => text.split(/\\s+/).filter(Boolean).length;
    return [...main.querySelectorAll("option")].reduce((left, one) => left - count(one.text), count(main.innerText));
}"""
"""How many words a page shows beside the menu; nobody reads a list of all countries."""


@dataclass
class Desk:
    """One person's browser.

    Attributes:
        screens: The addresses of the pages that were shown and count.
        all_screens: Those of all pages.
        words: How many words those that count show.
        complaints: What the browser's console says.
    """

    page: Page
    screens: list[str] = field(default_factory=list)
    all_screens: list[str] = field(default_factory=list)
    words: int = 0
    is_counting: bool = True
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(10_000)
        self.page.on("domcontentloaded", self._note)
        self.page.on("console", self._hear)

    def _note(self, page: Page) -> None:
        self.all_screens.append(page.url)
        if self.is_counting:
            self.screens.append(page.url)

    def _hear(self, message: ConsoleMessage) -> None:
        """A form that is refused is no complaint; what the security policy forbids is one."""
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Pages that the shortest way does not need are not counted."""
        before, self.is_counting = self.is_counting, False
        yield
        self.is_counting = before

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """What is done leads to another page."""
        with self.page.expect_navigation():
            yield
        if self.is_counting:
            self.words += int(self.page.locator("main").evaluate(WORDS_TO_READ))

    def enter(self, typed: dict[str, str]) -> None:
        """Type into inputs, or choose from lists, by their names."""
        for name, text in typed.items():
            where = self.page.locator(f"main [name='{name}']").first
            if where.evaluate("one => one.tagName") == "SELECT":
                where.select_option(text)
            else:
                where.fill(text)

    def press(self, label: str) -> None:
        """Press a button or follow a link of the page by its words, and wait for the page that comes."""
        main = self.page.locator("main")
        target = main.get_by_role("button", name=label, exact=True).or_(
            main.get_by_role("link", name=label, exact=True)
        )
        with self.arriving():
            target.first.click()

    def push(self, name: str, value: str) -> None:
        """Press the button that sends this value."""
        with self.arriving():
            self.page.locator(f"main button[name='{name}'][value='{value}']").first.click()

    def menu(self, group: str, entry: str = "") -> None:
        """Open a page by the menu: its group, then its entry."""
        for label in filter(None, (group, entry)):
            link = self.page.locator(".desk-nav").get_by_role("link", name=label, exact=True).first
            if not link.get_attribute("aria-current"):
                with self.arriving():
                    link.click()

    def open(self, path: str) -> None:
        """Follow the link whose address ends like this."""
        with self.arriving():
            self.page.locator(f"main a[href$='{path}']").first.click()

    def add(self, label: str, *, has_more: bool) -> None:
        """Add what is in the form, with an empty form for another one if there is more."""
        if has_more:
            self.push("then", "another")
        else:
            self.press(label)

    def says(self, text: str) -> None:
        """The page says this."""
        expect(self.page.locator("main")).to_contain_text(text)
