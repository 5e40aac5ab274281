"""Files stay small enough to be held in the head; a longer one has a second noun in it."""

import pytest

from tests.support.tree import ROOT, known_files, name_of

LINES_MAX = {"campaign": 350, "receipts": 350, "tests": 400}
CONFTEST_LINES_MAX = 150


@pytest.mark.parametrize("folder", LINES_MAX)
def test_no_file_is_long(folder: str) -> None:
    files = [file for file in known_files() if file.suffix == ".py" and file.is_relative_to(ROOT / folder)]
    assert files
    lengths = {name_of(file): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_MAX[folder]} == {}


def test_the_fixtures_stay_few() -> None:
    lines = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= CONFTEST_LINES_MAX


def test_every_module_promises_something() -> None:
    """Each begins with a docstring; the packages of tests need none."""
    silent = [
        name_of(file)
        for file in known_files()
        if file.suffix == ".py"
        and not (file.name == "__init__.py" and file.is_relative_to(ROOT / "tests"))
        and not file.read_text(encoding="utf-8").startswith(('"""', "#!"))
    ]
    assert not silent
