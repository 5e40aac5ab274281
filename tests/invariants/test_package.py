"""The wheel holds the whole program, and every package that the program imports is declared."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from campaign.project import version
from tests.support.tree import ROOT, known_files, name_of, sources, tree_of

NOT_IMPORTED = {
    "argon2-cffi": "libpass hashes passwords with it",
    "cryptography": "Flask-Security encrypts the second factor's secrets with it",
    "manimgx-fonts": "fonts of receipts",
    "noto-cjk-sans-jp-regular": "fonts of receipts",
    "qrcode": "Flask-Security draws the second factor's code with it",
    "tzdata": "time zones on a machine that has none",
}
"""Declared packages that no module imports, and why they are needed."""


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_contains_every_file_of_the_program(wheel: Path) -> None:
    expected = {
        name_of(file).replace("migrations/", "campaign/migrations/", 1)
        if name_of(file).startswith("migrations/")
        else name_of(file)
        for file in known_files()
        if name_of(file).split("/")[0] in {"campaign", "receipts", "migrations"}
    }
    packed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == expected | {"campaign/requirements/run.txt"}


def test_the_wheel_installs_the_program_kurak(wheel: Path) -> None:
    with ZipFile(wheel) as packed:
        info = f"kurak-{version()}.dist-info"
        assert "kurak = campaign.__main__:main" in packed.read(f"{info}/entry_points.txt").decode()
        metadata = packed.read(f"{info}/METADATA").decode()
    assert metadata.count("\nRequires-Dist: ") == len(pyproject()["project"]["dependencies"])


def test_the_version_has_a_section_in_the_changelog() -> None:
    assert f"\n## {version()}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_import_of_the_program_is_declared() -> None:
    files = sources("campaign", "receipts", "migrations")
    imported = _packages_imported_by(files)
    assert imported - _declared() == set(), "declare them in pyproject.toml"
    assert _declared() - imported == set(NOT_IMPORTED), "remove them, or say why they are needed"


def test_every_import_of_the_tests_is_declared() -> None:
    groups = pyproject()["dependency-groups"]
    declared = _declared() | {name for group in ("test", "contract", "lint", "build") for name in _names(groups[group])}
    assert _packages_imported_by(sources("tests")) - declared == set()


def _declared() -> set[str]:
    return _names(pyproject()["project"]["dependencies"])


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", line)[0] for line in requirements}


def _packages_imported_by(files: list[Path]) -> set[str]:
    """The distributions behind the imports, by their normalized names; a dotted import counts for its top module."""
    modules: set[str] = set()
    for file in files:
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.split(".")[0])
    outside = (
        modules - set(sys.stdlib_module_names) - {"campaign", "receipts", "tests", "_typeshed", "wsgi", "web_server"}
    )
    owners = packages_distributions()
    return {re.sub(r"[-_.]+", "-", owners.get(module, [module])[0]).lower() for module in outside}
