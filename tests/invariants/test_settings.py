"""Every setting is explained where people look for it, and nothing else is."""

import re

from campaign.config import SETTINGS
from tests.tree import ROOT


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE) == list(SETTINGS)


def test_the_example_file_names_every_setting() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE) == list(SETTINGS)
