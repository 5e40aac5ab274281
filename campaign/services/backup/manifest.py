"""The manifest of a backup: its program and database, its members, and totals. It names no person."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from campaign.services.backup.problems import BackupProblem, DamagedBackup

FORMAT = 1
"""The version of the archive's layout: a newer one is refused."""
PRODUCT = "kurak"
MAX_INTEGER = 2**63 - 1

Kind = Literal["sqlite", "postgresql"]
Value = TypeVar("Value")
KIND_NAMES: dict[str, str] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive: its name, its size in bytes and its SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of a database; amounts are in minor units.

    `currencies` has for each currency the gifts, receipts and journal entries, and the balance of each account;
    `last_receipts` the last number of each series of receipts.
    """

    currencies: Mapping[str, Mapping[str, int]]
    last_receipts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The manifest. `version` is the program's fingerprint, `schema` the migration of the database."""

    version: str
    schema: str
    database: Kind
    database_version: str
    made_at: datetime
    time_zone: str
    members: tuple[Member, ...]
    totals: Totals

    def as_json(self) -> bytes:
        """Return the manifest as it is written into the archive; `read_manifest` reads it back."""
        fields = {
            "product": PRODUCT,
            "format": FORMAT,
            **asdict(self),
            "made_at": self.made_at.isoformat(),
            "made_at_local": self.made_at.astimezone(ZoneInfo(self.time_zone)).isoformat(),
        }
        return (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode()


def read_manifest(raw: bytes) -> Manifest:
    """Read the manifest from these bytes.

    Raises:
        BackupProblem: it is of a newer layout.
        DamagedBackup: it is no manifest, or a field is missing or of another type.
    """
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        raise DamagedBackup("The manifest is not readable.") from None
    if not isinstance(fields, dict) or fields.get("product") != PRODUCT:
        raise DamagedBackup("The manifest is not one of Kurak.")
    if _integer(fields.get("format")) > FORMAT:
        raise BackupProblem("The backup was made by a newer version of Kurak. Update the program, then restore.")
    return Manifest(
        version=_text(fields.get("version"), r"[0-9a-f]{4,64}"),
        schema=_text(fields.get("schema"), r"\d{4}"),
        database=_kind(fields.get("database")),
        database_version=_text(fields.get("database_version"), r"\d{1,4}(\.\d{1,4}){0,3}"),
        made_at=_instant(fields.get("made_at")),
        time_zone=_time_zone(fields.get("time_zone")),
        members=_members(fields.get("members")),
        totals=_totals(fields.get("totals")),
    )


def _wrong(what: str) -> DamagedBackup:
    return DamagedBackup(f"The manifest is wrong: {what}.")


def _text(value: Any, pattern: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise _wrong("a text is missing or malformed")
    return value


def _integer(value: Any) -> int:
    if type(value) is not int or abs(value) > MAX_INTEGER:
        raise _wrong("a number is missing or malformed")
    return value


def _kind(value: Any) -> Kind:
    if value == "sqlite":
        return "sqlite"
    if value == "postgresql":
        return "postgresql"
    raise _wrong("the kind of database is unknown")


def _instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(_text(value, r"[0-9T:.+Z-]{20,40}"))
    except ValueError:
        raise _wrong("its time is malformed") from None
    if instant.tzinfo is None:
        raise _wrong("its time has no offset")
    return instant


def _time_zone(value: Any) -> str:
    name = _text(value, r"[A-Za-z0-9_+/-]{1,64}")
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise _wrong("its time zone is unknown") from None
    return name


def _members(value: Any) -> tuple[Member, ...]:
    if not isinstance(value, list):
        raise _wrong("the list of members is missing")
    return tuple(_member(entry) for entry in value)


def _member(value: Any) -> Member:
    if not isinstance(value, dict):
        raise _wrong("a member is malformed")
    return Member(
        name=_text(value.get("name"), r"[a-z./]{1,64}"),
        size=_integer(value.get("size")),
        sha256=_text(value.get("sha256"), r"[0-9a-f]{64}"),
    )


def _totals(value: Any) -> Totals:
    if not isinstance(value, dict):
        raise _wrong("the totals are missing")
    return Totals(
        currencies=_mapping(
            value.get("currencies"), r"[A-Z]{3}", lambda of_one: _mapping(of_one, r"[a-z0-9_ ]{1,40}", _integer)
        ),
        last_receipts=_mapping(value.get("last_receipts"), r"[A-Za-z0-9_-]{1,64}", _integer),
    )


def _mapping(value: Any, keys: str, read: Callable[[Any], Value]) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise _wrong("the totals are malformed")
    return {_text(key, keys): read(entry) for key, entry in value.items()}
