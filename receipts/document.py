"""A receipt as a frozen document: every printed fact, copied once, in one canonical text form."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Literal, Self

Status = Literal["original", "copy", "void", "replaced"]
Method = Literal["card", "bank", "cash"]
Language = str
"""The ISO 639 code of a language that the receipts have texts in."""

WITHOUT_BRAND, WITH_BRAND = "1", "2"
"""The versions of the template. A document of the first has no facts of the issuer's brand, and is the same text as ever."""
_DAYS = ("issued_on", "received_on", "voided_on")
_BRAND = ("logo_sha256", "signature_sha256", "accent")


class NotAReceiptDocument(ValueError):
    """The text is not the canonical JSON of a receipt document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDocument:
    """Everything that a receipt prints. Nothing is looked up later, so nothing can change it later.

    Amounts are integers of minor units beside their currency and its number of decimals (`exponent`). Texts are in the
    receipt's language.
    """

    number: str  # "WCL-2026-000123"; test money has a series of its own, "TEST-WCL-2026-000001"
    status: Status
    replaces: str | None
    replaced_by: str | None
    voided_on: date | None
    issued_on: date
    issued_at_place: str
    issuer_name: str
    issuer_address: str
    issuer_registration: str
    signatory: str  # empty: issued electronically
    donor_name: str | None  # None: an anonymous donor
    received_on: date
    amount_minor: int
    currency: str
    exponent: int
    settled_minor: int | None
    settled_currency: str | None
    settled_exponent: int | None
    rate: str | None  # decimal text: settled units for one unit of the charged currency
    method: Method
    method_brand: str | None
    method_last4: str | None
    method_reference: str | None
    purpose: str
    restricted: bool
    given_in_return: str | None  # None: nothing was given in return
    language: Language
    verify_url: str
    verify_code: str
    campaign_title: str
    is_test: bool
    template_version: str
    note: str | None
    logo_sha256: str | None = None  # of the file; only a document of WITH_BRAND has this fact and the next ones
    signature_sha256: str | None = None
    accent: str | None = None  # "#005f56": the colour of the heading and the amount

    def to_json(self) -> str:
        """Return the canonical text: sorted keys, ISO dates, no spaces. The same facts give the same bytes."""
        facts = asdict(self)
        if self.template_version != WITH_BRAND:
            for name in _BRAND:
                del facts[name]
        return json.dumps(
            facts,
            default=_day_as_text,
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read the text that `to_json` wrote.

        Raises:
            NotAReceiptDocument: a fact is missing or unknown.
        """
        try:
            facts = json.loads(text)
        except json.JSONDecodeError as error:
            raise NotAReceiptDocument(f"not JSON: {error}") from error
        if not isinstance(facts, dict):
            raise NotAReceiptDocument("not an object")
        has_brand = facts.get("template_version") == WITH_BRAND
        names = {field.name for field in fields(cls) if has_brand or field.name not in _BRAND}
        if facts.keys() != names:
            raise NotAReceiptDocument(f"facts missing or unknown: {sorted(facts.keys() ^ names)}")
        return cls(**facts | {name: _day_from_text(facts[name]) for name in _DAYS})

    def sha256(self) -> str:
        """Return the fingerprint of the canonical text, as 64 hexadecimal digits."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedState:
    """The final state of a receipt, its date, and the address that shows its current state."""

    status: Literal["void", "replaced"]
    language: Language
    ended_on: date
    replaced_by: str | None
    address: str


def _day_as_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a receipt prints no {type(value).__name__}")


def _day_from_text(value: Any) -> date | None:  # Any: the types in a JSON file are checked only here
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise NotAReceiptDocument(f"not a day: {value!r}") from error
