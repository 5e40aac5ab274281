"""Text in a file of separated values, so that no spreadsheet runs any of it, whatever it takes for a separator."""

import re

_FORMULA = re.compile(r"(^|[;\t|\r\n])(\s*)(?=[=+\-@＝＋－＠])")
"""Where a formula could begin: at the start of a cell, or after what a reader's spreadsheet may take for its end.

A comma is the separator of our own files, where the quotation marks around a cell keep it whole.
"""
_CONTROL = ("\t", "\r", "\n")


def escape_formula(text: str) -> str:
    """The text with an apostrophe before each sign that would begin a formula, its full-width forms among them."""
    escaped = _FORMULA.sub(r"\1\2'", text)
    return f"'{escaped}" if escaped.startswith(_CONTROL) else escaped
