"""Why a receipt is on hold, in the reader's language."""

from collections.abc import Iterable, Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from receipts import HoldReason

__all__ = ["WORDS", "HoldReason", "explain"]

WORDS: Mapping[HoldReason, LazyString] = {
    HoldReason.NO_NUMBER: _("The receipt number is missing"),
    HoldReason.NO_ISSUED_AT_PLACE: _("The place of issue is missing"),
    HoldReason.NO_ISSUER_NAME: _("The organisation’s name is missing"),
    HoldReason.NO_ISSUER_ADDRESS: _("The organisation’s address is missing"),
    HoldReason.NO_ISSUER_REGISTRATION: _("The organisation’s registration is missing"),
    HoldReason.NO_PURPOSE: _("The purpose is missing"),
    HoldReason.NO_VERIFY_URL: _("The address of the check page is missing"),
    HoldReason.NO_VERIFY_CODE: _("The code of the check page is missing"),
    HoldReason.NO_CAMPAIGN_TITLE: _("The campaign’s title is missing"),
    HoldReason.NO_TEMPLATE_VERSION: _("The version of the template is missing"),
    HoldReason.NO_DAY_OF_VOIDING: _("It is void, but the day is missing"),
    HoldReason.NO_SUCCESSOR: _("It is replaced, but the new number is missing"),
    HoldReason.SETTLED_AMOUNT_INCOMPLETE: _("The converted amount is incomplete"),
    HoldReason.AMOUNT_NOT_POSITIVE: _("The amount is not more than zero"),
    HoldReason.UNKNOWN_CURRENCY: _("The currency is unknown"),
    HoldReason.UNREADABLE_RATE: _("The exchange rate cannot be read"),
    HoldReason.WRONG_CARD_DIGITS: _("The last digits of the card are wrong"),
    HoldReason.WRONG_CHECK_ADDRESS: _("The address of the check page is not a web address"),
    HoldReason.TEST_SERIES_MISMATCH: _("A test gift and a live receipt number are mixed up"),
    HoldReason.UNKNOWN_LANGUAGE: _("There are no receipt texts in its language"),
    HoldReason.NO_TEXT: _("A text of the receipt is missing"),
    HoldReason.NO_AMOUNT_IN_WORDS: _("The amount is too large to be written in words"),
    HoldReason.UNREADABLE_AMOUNT_IN_WORDS: _("The amount in words cannot be read"),
    HoldReason.AMOUNT_IN_WORDS_DIFFERS: _("The amount in words differs from the digits"),
    HoldReason.UNREADABLE_FACTS: _("The stored details of the receipt cannot be read"),
    HoldReason.UNREADABLE_COLOUR: _("The colour is not written like #8c1c2b"),
    HoldReason.NO_PICTURE: _("The stored logo or signature of the receipt is missing or was changed"),
}
"""The words for every reason."""


def explain(reasons: Iterable[HoldReason]) -> list[str]:
    """Return the reasons in the current language."""
    return [str(WORDS[reason]) for reason in reasons]
