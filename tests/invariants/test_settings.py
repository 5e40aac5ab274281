"""Settings are described once: the documents are generated from the table, and the table is complete."""

from pathlib import Path

import pytest

from campaign.settings import SETTINGS, outdated
from tests.support.tree import ROOT


def test_the_documents_agree_with_the_table() -> None:
    assert outdated(ROOT) == {}, "run `make settings`"


def test_the_documents_name_every_setting() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert all(page.count(f"| `{name}` |") == example.count(f"# {name}=") == 1 for name in SETTINGS)


@pytest.mark.parametrize("changed", ["docs/settings.md", ".env.example"])
def test_a_changed_document_is_named(tmp_path: Path, changed: str) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("docs/settings.md", ".env.example"):
        text = (ROOT / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("8000", "8001") if name == changed else text, encoding="utf-8")
    assert list(outdated(tmp_path)) == [tmp_path / changed]
