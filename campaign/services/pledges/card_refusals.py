"""Why a card was refused, in words: one table for the donor's page, the staff pages and the emails."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.pledge import CardRefusal


@dataclass(frozen=True, slots=True)
class CardRefusalWords:
    """One reason: a sentence for the donor's page, a phrase for staff, a sentence for an email."""

    page: LazyString
    staff: LazyString
    email: LazyString


WORDS: Mapping[CardRefusal, CardRefusalWords] = {
    CardRefusal.EXPIRED: CardRefusalWords(
        page=_("The card has expired."),
        staff=_("the card has expired"),
        email=_("The reason: the card has expired."),
    ),
    CardRefusal.FUNDS: CardRefusalWords(
        page=_("There was not enough money on the card."),
        staff=_("not enough money on the card"),
        email=_("The reason: there was not enough money on the card."),
    ),
    CardRefusal.CONFIRM: CardRefusalWords(
        page=_("Your bank asks you to confirm the payment."),
        staff=_("the bank asks the donor to confirm"),
        email=_("The reason: the bank asks you to confirm the payment."),
    ),
    CardRefusal.LOST: CardRefusalWords(
        page=_("The bank has blocked the card."),
        staff=_("the bank has blocked the card"),
        email=_("The reason: the bank has blocked the card."),
    ),
    CardRefusal.ERROR: CardRefusalWords(
        page=_("The bank could not be reached."),
        staff=_("the bank could not be reached"),
        email=_("The reason: the bank could not be reached."),
    ),
    CardRefusal.DECLINED: CardRefusalWords(
        page=_("The bank refused and gave no reason."),
        staff=_("the bank gave no reason"),
        email=_("The bank gave no reason. It can tell you why; another card often works."),
    ),
}


def card_refusal_words(reason: str) -> CardRefusalWords:
    """The words of a stored reason; one that we do not know is a refusal without a reason."""
    return WORDS[CardRefusal(reason) if reason in set(CardRefusal) else CardRefusal.DECLINED]
