"""A passkey is added, signs in and is removed, in a browser with an authenticator and under our Content-Security-Policy."""

import pytest
from playwright.sync_api import Browser

from campaign.services.staff.accounts import add_staff
from tests.journeys.site import Site
from tests.support.builders import a_campaign

pytestmark = pytest.mark.database("sqlite")  # the browser and the page are what is tested
EMAIL, PASSWORD = "aida@quilt.example", "a-patch-and-a-seam"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_added_signs_in_and_is_removed(chromium: Browser, site: Site) -> None:
    a_campaign()
    add_staff(EMAIL, name="Aida", roles=("finance",), clock=site.app.extensions["context"].clock, password=PASSWORD)
    context = chromium.new_context(base_url=site.url.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    page.set_default_timeout(8000)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Security Policy" in message.text else None)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto("/staff/login")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.goto("/staff/passkeys")
    page.fill("#name", "work phone")
    page.click("text=Add a passkey")
    page.click("text=Create the passkey")
    page.wait_for_selector("text=has been added")
    page.click("text=Sign out")
    page.click("text=Sign in with a passkey")
    page.click("text=Continue")
    page.click("text=Use the passkey")
    page.wait_for_selector("text=Aida")
    page.goto("/staff/passkeys")
    page.click("text=Remove")
    page.wait_for_selector("text=has been removed")
    assert page.locator("tbody tr").count() == 0
    assert refused == []
    context.close()
