"""The index of decisions names every decision by its number and title, in order."""

import re

from tests.support.tree import ROOT

FOLDER = ROOT / "docs" / "decisions"
ROW = re.compile(r"^\| (\d+) \| \[(.+)\]\((\S+\.md)\) \| (\d{4}-\d\d-\d\d) \| \S.* \|$", re.MULTILINE)


def test_every_decision_is_in_the_index() -> None:
    rows = [
        (file, f"# {number}. {title}")
        for number, title, file, _day in ROW.findall((FOLDER / "README.md").read_text(encoding="utf-8"))
    ]
    headings = {
        file.name: file.read_text(encoding="utf-8").splitlines()[0]
        for file in sorted(FOLDER.glob("*.md"))
        if file.name != "README.md"
    }
    assert rows == list(headings.items())
