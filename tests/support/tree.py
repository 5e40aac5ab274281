"""The repository as its own tests see it: files, sources, templates."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "campaign" / "templates"


def sources(*folders: str, without: tuple[str, ...] = ()) -> list[Path]:
    """The Python files below folders, without those of some."""
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    return [file for file in files if not any(file.is_relative_to(ROOT / name) for name in without)]


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def calls_in(file: Path) -> Iterator[tuple[str, int]]:
    """The dotted name and the line of everything that a file calls."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def imports_in(file: Path) -> Iterator[tuple[str, str]]:
    """The module and the name of every `from module import name`."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def known_files() -> list[Path]:
    """The files that git keeps, or would keep."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]
