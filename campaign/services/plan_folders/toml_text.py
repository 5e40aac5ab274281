"""Writes plain values as TOML that people like to read: one text per line and language, long ones over several lines."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def document(content: Mapping[str, Any]) -> str:
    """Write a table: its values, then its lists of tables, each with its own."""
    return "\n".join(_table(content, ())).strip("\n") + "\n"


def _table(content: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    lines = []
    lists = {name: value for name, value in content.items() if _is_list_of_tables(value)}
    for name, value in content.items():
        if name not in lists:
            lines += _entry(_key(name), value)
    for name, rows in lists.items():
        for row in rows:
            lines += ["", f"[[{'.'.join(map(_key, (*path, name)))}]]", *_table(row, (*path, name))]
    return lines


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _entry(key: str, value: Any) -> list[str]:
    if isinstance(value, dict) and value:
        return [line for name, part in value.items() for line in _entry(f"{key}.{_key(name)}", part)]
    if value is None:  # TOML has no word for nothing
        return []
    if _is_list_of_tables(value):
        return [f"{key} = [", *(f"  {_inline(row)}," for row in value), "]"]
    return [f"{key} = {_text(value) if isinstance(value, str) else _inline(value)}"]


def _key(name: str) -> str:
    return name if name and set(name) <= BARE else _string(name)


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        entries = (f"{_key(str(name))} = {_inline(part)}" for name, part in value.items() if part is not None)
        return "{ " + ", ".join(entries) + " }" if value else "{}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_inline(part) for part in value if part is not None) + "]"
    return repr(value)


def _text(value: str) -> str:
    """Write a text over several lines where it has several."""
    if "\n" not in value:
        return _string(value)
    lines = "\n".join(_string(line)[1:-1] for line in value.split("\n"))
    return f'"""\n{lines}"""'


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
