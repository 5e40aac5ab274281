"""Reads the nested form bodies of Stripe's API: `a[b][0][c]=v` becomes dictionaries of strings."""

import re
from collections.abc import Iterable
from typing import TypeAlias

from campaign.sandbox.core.errors import Refused

Tree: TypeAlias = "dict[str, str | Tree]"

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")
_MAX_DEPTH = 8


def read_pairs(pairs: Iterable[tuple[str, str]]) -> Tree:
    """Return one tree of all pairs; lists are dictionaries with the keys `"0"`, `"1"` and so on."""
    tree: Tree = {}
    for name, value in pairs:
        _place(tree, _path(name), value)
    return tree


def _path(name: str) -> list[str]:
    match = _NAME.fullmatch(name)
    parts = [match.group(1), *_PART.findall(match.group(2))] if match else []
    if not 0 < len(parts) <= _MAX_DEPTH:
        raise Refused(f"Invalid request: could not read the parameter name {name[:80]!r}.")
    return parts


def _place(tree: Tree, path: list[str], value: str) -> None:
    here = tree
    for part in path[:-1]:
        below = here.setdefault(part or str(len(here)), {})
        if isinstance(below, str):
            raise Refused(f"Invalid object: {path[0]}", param=path[0])
        here = below
    here[path[-1] or str(len(here))] = value
