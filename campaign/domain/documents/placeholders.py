"""Placeholders in the campaign's own sentences: {amount} stands for what was given."""

import re
from collections.abc import Collection, Mapping

_BRACES = re.compile(r"\{[^{}\n]*\}|[{}]")
"""Something in braces, or a brace alone."""


def unknown_placeholders(text: str, known: Collection[str]) -> list[str]:
    """Return what stands in braces and is no known name, and braces that stand alone; each once."""
    return [match for match in dict.fromkeys(_BRACES.findall(text)) if match[1:-1] not in known]


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Return a text with values in the places of their names; other braces stay."""
    return _BRACES.sub(lambda match: values.get(match[0][1:-1], match[0]), text)
