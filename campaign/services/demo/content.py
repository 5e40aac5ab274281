"""The demonstration: a campaign's folder as `campaign import` reads it; its organisation and its supporters beside it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from campaign.services.campaigns.fund_tree import GENERAL_CODE

HOME = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Supporters:
    """Material for synthetic gifts; `{number}` in the name becomes the gift's running number."""

    name: dict[str, str]
    messages: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What the demonstration starts with: a campaign's folder, who runs it, and who gives."""

    folder: Path
    slug: str
    themes: tuple[str, ...]
    supporters: Supporters
    organisation: Mapping[str, Any]
    """Columns of the organisation."""


@cache
def load_plan() -> DemoPlan:
    """Return the demonstration, once per process."""
    folder = HOME / "wcl"
    supporters = _toml(HOME / "supporters.toml")
    codes = [fund["code"] for fund in _toml(folder / "funds.toml")["funds"]]
    return DemoPlan(
        folder=folder,
        slug=_toml(folder / "campaign.toml")["slug"],
        themes=tuple(code for code in codes if code != GENERAL_CODE),
        supporters=Supporters(supporters["name"], tuple(supporters["messages"])),
        organisation=_toml(HOME / "organisation.toml"),
    )


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
