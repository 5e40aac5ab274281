"""docs/ledger.md tells of every account, every kind of entry and every check, and of none that does not exist."""

import re
from pathlib import Path

from campaign.domain.journal import Account, EntryKind
from campaign.services.ledger.check import CHECKS

PAGE = (Path(__file__).parents[3] / "docs" / "ledger.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_the_chart_is_the_codes() -> None:
    documented = re.findall(r"^\| (\d{4}) \| `(\w+)` \| .* \| (yes|no) \|$", section("Chart of accounts"), re.MULTILINE)
    assert documented == [(str(int(a)), a.name, "yes" if a.needs_fund else "no") for a in Account]


def test_every_kind_of_entry_is_told() -> None:
    documented = re.findall(r"^\| `(\w+)` \|", section("What is posted"), re.MULTILINE)
    assert documented == [kind.value for kind in EntryKind]


def test_every_check_is_told() -> None:
    documented = re.findall(r"^- (.+)$", section("What always holds"), re.MULTILINE)
    assert documented == [check.rule for check in CHECKS]
