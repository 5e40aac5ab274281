"""The paths of docs/flows.md: each named module is there, and imports the next one."""

import ast
import re
from itertools import pairwise

import pytest

from tests.support.tree import ROOT

PAGE = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
NAMES = re.findall(r"^(\d)\. `(campaign[\w.]+)`$", PAGE, re.MULTILINE)
STEPS = [(here, there) for (_, here), (number, there) in pairwise(NAMES) if number != "1"]


def imported_by(module: str) -> set[str]:
    """The modules and names that a module imports, in full."""
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return imported


def test_there_are_four_paths_of_several_steps() -> None:
    assert [number for number, _ in NAMES].count("1") == 4
    assert len(STEPS) >= 11


@pytest.mark.parametrize(("here", "there"), STEPS)
def test_each_module_of_a_path_imports_the_next(here: str, there: str) -> None:
    assert there in imported_by(here)
