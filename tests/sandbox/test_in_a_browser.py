"""The stand-in's pages in a real browser: nothing that axe can find, nothing wider than a telephone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import violations
from tests.browser.conftest import chromium  # noqa: F401 - a fixture
from tests.sandbox.gifts import open_gift
from tests.sandbox.monthly import A_MONTH, subscribe
from tests.sandbox.running import RunningSandbox, running_sandbox

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningSandbox, dict[str, str]]]:
    """A sandbox with something of everything, and the addresses of its pages."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with running_sandbox(folder) as running:
        client = running.client()
        for method in ("pm_card_createDispute", "pm_card_chargeDeclined", "pm_sepaDebit_success_at"):
            running.pay(open_gift(client)["id"], method=method)
        running.advance(8)
        subscription = subscribe(running, "pm_card_chargeCustomerFail")["subscription"]
        portal = client.v1.billing_portal.sessions.create({"customer": subscription["customer"]})
        running.advance(A_MONTH)
        [invoice] = client.v1.invoices.list({"status": "open"}).data
        running.deliver()
        running.fault("drop", times=3)
        pages = {
            "console": "/sandbox/?lang=en",
            "console in Russian": "/sandbox/?lang=ru",
            "checkout": f"/sandbox/c/{open_gift(client)['id']}",
            "checkout in Kyrgyz": f"/sandbox/c/{open_gift(client)['id']}?lang=ky",
            "portal": f"/sandbox/p/{portal.id}",
            "invoice": f"/sandbox/i/{invoice.id}",
        }
        yield running, pages


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("console", 1280),
        ("console in Russian", 360),
        ("checkout", 360),
        ("checkout in Kyrgyz", 360),
        ("portal", 1280),
        ("invoice", 360),
    ],
)
def test_axe_finds_nothing_and_nothing_is_too_wide(
    chromium: Browser,  # noqa: F811
    played: tuple[RunningSandbox, dict[str, str]],
    name: str,
    width: int,
) -> None:
    running, pages = played
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if width == 360 else "light", bypass_csp=True
    )
    try:
        page = context.new_page()
        page.goto(running.api_base + pages[name])
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        context.close()


def test_choosing_a_method_shows_its_fields_alone(
    chromium: Browser,  # noqa: F811
    played: tuple[RunningSandbox, dict[str, str]],
) -> None:
    running, pages = played
    page = chromium.new_page(java_script_enabled=False)
    page.goto(running.api_base + pages["checkout"])
    assert (page.is_visible("#number"), page.is_visible("#iban")) == (True, False)
    page.check("#method-sepa_debit")
    assert (page.is_visible("#number"), page.is_visible("#iban")) == (False, True)
    page.fill("#iban", "AT611904300234573201")
    page.close()
