"""What a donor types on the page of her monthly gift: another amount, or how many gifts to leave out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from flask_babel import gettext as _

from campaign.blueprints.donations.choices import typed_amount
from campaign.blueprints.donations.gift_form import NO
from campaign.blueprints.donations.mailbox_proof import CodeStep
from campaign.domain.errors import DomainError
from campaign.domain.identity import ALPHABET, new_public_id
from campaign.domain.money import Money, currency
from campaign.domain.typed_text import one_line
from campaign.i18n import money
from campaign.services.campaigns.form_options import Offer
from campaign.services.pledges.page import PledgePage
from campaign.web.amount_input import AmountRefused, read_amount

REQUEST_ID = re.compile(f"[{ALPHABET}]{{16}}")
OPEN_ENDED = "open"
"""The pause that lasts until the donor resumes the gift."""


class NotUnderstood(DomainError):
    """Something on the form has to be corrected first."""


@dataclass(slots=True)
class PledgeForm:
    """What was typed, as it was typed, and what is wrong with it."""

    request_id: str
    amount: str
    covers_fee: bool
    pause: str = ""
    offer: Offer | None = None
    meant: str = ""
    """Which of two readings of the amount was chosen."""
    readings: tuple[Money, ...] = ()
    step: CodeStep | None = None
    """The code that is asked for before anything is done."""
    mistakes: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, page: PledgePage) -> Self:
        """The form as it is shown first: the terms as they are."""
        return cls(new_public_id(), typed_amount(page.gift), page.cover.minor > 0)

    @classmethod
    def sent(cls, page: PledgePage, sent: Mapping[str, str], *, offer: Offer | None) -> Self:
        """The form as it was sent; a request without a usable name of its own gets a new one."""
        name = sent.get("request_id", "")
        return cls(
            name if REQUEST_ID.fullmatch(name) else new_public_id(),
            one_line(sent.get("amount", typed_amount(page.gift))),
            sent.get("cover_fees", "") not in NO,
            sent.get("pause", ""),
            offer,
            sent.get("amount_meant", ""),
        )

    def months(self, offered: Iterable[int]) -> int:
        """How many gifts to leave out, one of the offered numbers; 0 until the donor goes on.

        Raises:
            NotUnderstood: The pause is not one of those that the page offers; the mistake is noted.
        """
        choices = {str(number): number for number in offered} | {OPEN_ENDED: 0}
        if self.pause not in choices:
            raise self._refused(_("Choose one of the listed pauses."), name="pause-for")
        return choices[self.pause]

    def error_of(self, name: str) -> str | None:
        """What is wrong with this field."""
        return next((sentence for field_name, sentence in self.mistakes if field_name == name), None)

    @property
    def charge(self) -> Money:
        """What would be charged each month; NotUnderstood where that cannot be read."""
        gift, cover = self.amounts()
        return gift + cover

    def is_more_than(self, charge: Money) -> bool:
        """Whether more would be charged than until now."""
        return charge < self.charge

    def amounts(self) -> tuple[Money, Money]:
        """The gift and what covers the fee; NotUnderstood, with the mistake noted, when it cannot be taken."""
        if self.offer is None:
            raise NotUnderstood  # the currency is not taken any more, as the page says
        try:
            gift = read_amount(self.amount, self.offer.currency, meant=self.meant)
        except AmountRefused as refusal:
            self.readings = refusal.readings
            raise self._refused(self._sentence_of(refusal)) from None
        if self.meant == gift.plain:
            self.amount = gift.plain
        if gift < self.offer.minimum:
            raise self._refused(self._too_small(self.offer))
        if self.offer.maximum < gift:
            raise self._refused(_("The maximum monthly gift is %(amount)s.", amount=money(self.offer.maximum)))
        step = currency(gift.currency).step
        if gift.minor % step:
            raise self._refused(_("Enter an amount in steps of %(amount)s.", amount=money(Money(step, gift.currency))))
        return gift, self.offer.cover_of(gift) if self.covers_fee else Money(0, gift.currency)

    def _sentence_of(self, refusal: AmountRefused) -> str:
        if refusal.is_other_currency:
            return str(_("A monthly gift keeps its currency. Enter just the number."))
        if refusal.is_zero and self.offer is not None:
            return self._too_small(self.offer)
        return refusal.sentence

    @staticmethod
    def _too_small(offer: Offer) -> str:
        return str(_("The minimum gift is %(amount)s.", amount=money(offer.minimum)))

    def _refused(self, sentence: str, name: str = "amount") -> NotUnderstood:
        self.mistakes.append((name, sentence))
        return NotUnderstood(sentence)
