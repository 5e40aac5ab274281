"""What axe finds wrong on the page that a browser shows."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],  # telling of each element that is well takes longer than looking at it
}


def violations(page: Page) -> list[str]:
    """Each broken rule with the first element that breaks it."""
    # A bar that sticks covers half of whatever is below it at the moment.
    page.evaluate("document.querySelectorAll('.save-bar').forEach((bar) => { bar.style.position = 'static'; })")
    violated = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in violated]
