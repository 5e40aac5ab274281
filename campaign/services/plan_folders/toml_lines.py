"""Reads TOML with the line of each key, which the standard library's reader does not tell."""

import tomllib
from typing import Any

MANY_LINES = 200
Path = tuple[str | int, ...]
ENDS = ('"""', "'''", "]")
"""One of these stands in the last line of every statement that is longer than a line."""


def read_toml(source: str) -> dict[str, Any]:
    """Read a document.

    Raises:
        tomllib.TOMLDecodeError: It is no TOML; the message names the line.
    """
    try:
        return tomllib.loads(source)
    except RecursionError:
        raise tomllib.TOMLDecodeError("Too many levels of brackets") from None


def lines_of(source: str) -> dict[Path, int]:
    """Return, for the path of each key of a right document, the line on which its statement begins, counted from 1."""
    lines: dict[Path, int] = {}
    rows: dict[Path, int] = {}
    here: Path = ()
    for number, statement in _statements(source):
        parsed = tomllib.loads(statement)
        if not statement.lstrip().startswith("["):
            _note(parsed, here, number, lines)
            continue
        here = _place(parsed, rows, is_row=statement.lstrip().startswith("[["))
        lines.setdefault(here, number)
    return lines


def _statements(source: str) -> list[tuple[int, str]]:
    """Part a document that is known to be right into its headers and its keys with their values.

    A value of very many lines is tried less and less often: what follows it may get its line.
    """
    statements: list[tuple[int, str]] = []
    begun: list[str] = []
    next_try = 0
    for number, line in enumerate(source.split("\n"), start=1):
        if not begun and (not line.strip() or line.lstrip().startswith("#")):
            continue
        begun.append(line)
        if len(begun) > 1 and (len(begun) < next_try or not any(end in line for end in ENDS)):
            continue
        if _is_whole("\n".join(begun)):
            statements.append((number - len(begun) + 1, "\n".join(begun)))
            begun, next_try = [], 0
        elif len(begun) > MANY_LINES:
            next_try = len(begun) * 2
    return statements


def _is_whole(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _note(parsed: dict[str, Any], here: Path, number: int, lines: dict[Path, int]) -> None:
    for key, value in parsed.items():
        lines[(*here, key)] = lines.get((*here, key), number)
        if isinstance(value, dict):
            _note(value, (*here, key), number, lines)


def _place(parsed: dict[str, Any], rows: dict[Path, int], *, is_row: bool) -> Path:
    """Return the path of a header: inside a list of tables it is the last row begun there."""
    names = []
    inner: Any = parsed
    while isinstance(inner, dict | list) and inner:
        inner = inner[0] if isinstance(inner, list) else inner
        if not inner:
            break
        ((name, inner),) = inner.items()
        names.append(name)
    here: Path = ()
    for position, name in enumerate(names):
        here = (*here, name)
        if is_row and position == len(names) - 1:
            rows[here] = rows.get(here, -1) + 1
        if here in rows:
            here = (*here, rows[here])
    return here
