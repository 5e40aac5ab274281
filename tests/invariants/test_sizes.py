"""Files stay small enough to be held in the head; a longer one has a second noun in it."""

import ast
from pathlib import Path

import pytest
from radon.complexity import cc_visit

from tests.support.tree import ROOT, known_files, name_of, tree_of

MAX_LINES = {"campaign": 350, "receipts": 350, "tests": 350}
MAX_CONFTEST_LINES = 150
MAX_FILE_P90, MAX_FUNCTION_P99 = 200, 35
"""Of the program, its tests apart."""
MAX_COMPLEXITY = 12
"""Of a function of the program, as radon counts: one for each branch, condition and comprehension."""


@pytest.mark.parametrize("folder", MAX_LINES)
def test_no_file_is_long(folder: str) -> None:
    files = [file for file in known_files() if file.suffix == ".py" and file.is_relative_to(ROOT / folder)]
    assert files
    lengths = {name_of(file): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES[folder]} == {}


def test_nine_files_of_ten_are_short() -> None:
    lengths = [len(file.read_text(encoding="utf-8").splitlines()) for file in _program()]
    assert _percentile(lengths, 90) <= MAX_FILE_P90


def test_ninety_nine_functions_of_a_hundred_are_short() -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for file in _program()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert _percentile(lengths, 99) <= MAX_FUNCTION_P99


def test_no_function_has_many_branches() -> None:
    counted = {
        f"{name_of(file)}: {function.name}, line {function.lineno}": function.complexity
        for file in _program()
        for block in cc_visit(file.read_text(encoding="utf-8"))
        if block.letter != "C"  # a class; its methods stand beside it
        for function in (block, *block.closures)
    }
    assert {name: complexity for name, complexity in counted.items() if complexity > MAX_COMPLEXITY} == {}


def _program() -> list[Path]:
    folders = (ROOT / "campaign", ROOT / "receipts")
    return [file for file in known_files() if file.suffix == ".py" and any(map(file.is_relative_to, folders))]


def _percentile(lengths: list[int], share: int) -> int:
    """The length that `share` of a hundred do not exceed."""
    return sorted(lengths)[len(lengths) * share // 100]


def test_the_fixtures_stay_few() -> None:
    lines = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MAX_CONFTEST_LINES


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
