"""The form of the hosted page: the test card or account that it means, and its errors."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from werkzeug.datastructures import MultiDict

from campaign.sandbox.catalogue import banks
from campaign.sandbox.catalogue.cards import CARDS, Card
from campaign.sandbox.catalogue.means import Means
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.params import Address

_Texts = tuple[tuple[Callable[[Card], object], str], ...]


@dataclass(frozen=True, slots=True)
class PageForm:
    """The fields as they came; no number outside the list is stored."""

    values: "MultiDict[str, str]"

    @property
    def method(self) -> str:
        """Return the chosen kind of payment."""
        return self.values.get("method") or "card"

    @property
    def means(self) -> Means | None:
        """Return the published card or account, if it is one."""
        if self.method == "sepa_debit":
            return banks.ACCOUNTS.get(_digits(self.values.get("iban", "")).upper())
        if self.method == "customer_balance":
            return banks.ACCOUNTS.get(self.values.get("transfer", banks.TRANSFER))
        return self.card

    @property
    def card(self) -> Card | None:
        """Return the published card."""
        return CARDS.get(_digits(self.values.get("number", "")))

    @property
    def cvc_length(self) -> int:
        """Return the length of the security code."""
        return self.card.cvc_length if self.card else 3

    @property
    def expiry(self) -> tuple[int, int] | None:
        """Return month and year, or None when it is no date."""
        match = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*/\s*(?:20)?(\d\d)\s*", self.values.get("expiry", ""))
        return (int(match[1]), 2000 + int(match[2])) if match else None

    def errors(self, *, email_is_known: bool, methods: list[str], at: int) -> dict[str, str]:
        """Return the key of a text for each field that is wrong."""
        errors = {}
        if not email_is_known and not is_email(self.values.get("email", "").strip()):
            errors["email"] = "bad_email"
        if self.method not in methods:
            errors["number"] = "bad_number"
        elif self.method == "card":
            errors.update(self._card_errors(at))
        elif self.means is None:
            errors["iban"] = "bad_iban"
        return errors

    def _card_errors(self, at: int) -> dict[str, str]:
        errors, card = {}, self.card
        if card is None:
            errors["number"] = "bad_number"
        elif card.rejected:
            errors["number"] = str(card.decline)
        today = datetime.fromtimestamp(at, UTC)
        if self.expiry is None or (self.expiry[1], self.expiry[0]) < (today.year, today.month):
            errors["expiry"] = "bad_expiry"
        if not re.fullmatch(rf"\d{{{self.cvc_length}}}", self.values.get("cvc", "")):
            errors["cvc"] = "bad_cvc"
        return errors


def filled_in(number: str) -> "MultiDict[str, str]":
    """Return the form filled in with a listed card or account; empty for any other number."""
    if number in CARDS:
        cvc = "1234"[: CARDS[number].cvc_length]
        return MultiDict({"method": "card", "number": number, "expiry": "12/34", "cvc": cvc})
    if number in banks.ACCOUNTS:
        return MultiDict({"method": banks.ACCOUNTS[number].type, "iban": number})
    return MultiDict()


def is_email(text: str) -> bool:
    """Return whether Stripe would accept this address."""
    try:
        Address(email=True).read(text, "email")
    except Refused:
        return False
    return True


def decline_key(error: Json) -> str:
    """Return the key of the text that explains a failed payment."""
    return str(error.get("decline_code") or error.get("code") or "generic_decline")


def means_text(given: Means, *, begins: bool = False) -> str:
    """Return the key of the text about a listed card or account; `begins`: with a first monthly gift."""
    if not isinstance(given, Card):
        return _account_text(given)
    texts = (*_TEXTS_OF_FIRST_MONTH, *_CARD_TEXTS) if begins else _CARD_TEXTS
    return next((key for applies, key in texts if applies(given)), "card_ok")


_TEXTS_OF_FIRST_MONTH: _Texts = (
    (lambda card: card.fails_later, "card_fails_later"),
    (lambda card: card.always_secure, "card_always_3ds"),
)
_CARD_TEXTS: _Texts = (
    (lambda card: card.decline and card.three_d_secure, "card_3ds_declined"),
    (lambda card: card.decline, "card_declined"),
    (lambda card: card.inquiry and (card.dispute or card.warning), "card_inquiry"),
    (lambda card: card.warning, "card_warning"),
    (lambda card: card.dispute, "card_disputed"),
    (lambda card: card.refund == "pending", "card_refund_pending"),
    (lambda card: card.refund != "succeeded", "card_refund_fails"),
    (lambda card: card.three_d_secure, "card_3ds"),
    (lambda card: card.funds_at_once, "card_at_once"),
)
"""What a card does → the key of its text; the first that applies is shown."""


def _account_text(account: banks.BankAccount) -> str:
    if account.dispute:
        return "card_disputed"
    return f"debit_{'paid' if account.pays else 'failed'}{'_slowly' if account.slow else ''}"


def _digits(text: str) -> str:
    return re.sub(r"[\s-]", "", text)
