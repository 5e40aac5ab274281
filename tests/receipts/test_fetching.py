"""The renderer opens files of its own packages and nothing else, whatever a document says."""

from pathlib import Path

import pytest

from receipts.fetching import ASSETS, ClosedAddress, PackageFiles
from receipts.fonts import FONT_FOLDER


@pytest.mark.parametrize("path", [ASSETS / "band.svg", ASSETS / "receipt.css", FONT_FOLDER / "PT_Sans-Web-Bold.ttf"])
def test_package_files_are_open(path: Path) -> None:
    assert PackageFiles().fetch(path.as_uri()).read() == path.read_bytes()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x.png",
        "https://example.org/x.png",
        "ftp://example.org/x.png",
        "file:///etc/passwd",
        "file://example.org/etc/passwd",
        f"{ASSETS.as_uri()}/../document.py",
        f"{ASSETS.as_uri()}/%2e%2e/document.py",
        "data:text/html,hello",
        "receipt.css",
    ],
)
def test_every_other_address_is_closed(url: str) -> None:
    with pytest.raises(ClosedAddress):
        PackageFiles().fetch(url)
