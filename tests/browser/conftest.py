"""Debian's chromium, started once; without it these tests are skipped and say how to get it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from campaign.cli.environment import CHROMIUM, missing_for_browser
from tests.journeys.site import Site, running_site

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless browser."""
    if missing := missing_for_browser():
        pytest.skip(f"no browser can be driven here: apt-get install --no-install-recommends {' '.join(missing)}")
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        # Under libfaketime (make dates) the browser's processes would wait for each other for ever: it keeps real time.
        environ: dict[str, str | float | bool] = {
            name: value for name, value in os.environ.items() if name != "LD_PRELOAD"
        }
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, env=environ)
        yield browser
        browser.close()


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """The whole product running, for a browser that comes from outside."""
    with running_site(database_url, tmp_path) as running, running.app.app_context():
        yield running
        running.close()
