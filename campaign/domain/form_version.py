"""The version of what a form shows: whoever saves must have read what is stored now."""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from hashlib import sha256
from typing import Any

from campaign.domain.errors import Conflict

VERSION_DIGITS = 16


class ChangedMeanwhile(Conflict):
    """Somebody else saved the same thing since the form was opened."""


def version_of(facts: object) -> str:
    """Return the version of what is stored: the beginning of a digest, which is another one after every change.

    Args:
        facts: A dataclass, a mapping or a list of plain values, days and moments.
    """
    plain: Any = asdict(facts) if is_dataclass(facts) and not isinstance(facts, type) else facts
    text = json.dumps(plain, sort_keys=True, default=_plain)
    return sha256(text.encode()).hexdigest()[:VERSION_DIGITS]


def check_version(read: str, facts: object) -> None:
    """Check that a form was shown with what is stored now; call it inside the transaction that writes.

    Raises:
        ChangedMeanwhile: It was shown with something else.
    """
    if read != version_of(facts):
        raise ChangedMeanwhile


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
