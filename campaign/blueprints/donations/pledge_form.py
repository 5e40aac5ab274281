"""What a donor types on the page of their monthly gift: another amount, or how many gifts to leave out."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, Field, HiddenField, SelectField
from wtforms.validators import ValidationError

from campaign.blueprints.donations.choices import typed_amount
from campaign.blueprints.donations.gift_form import NO, FormNotValid
from campaign.blueprints.donations.mailbox_proof import CodeStep
from campaign.domain.identity import ALPHABET, new_public_id
from campaign.domain.money import Money, currency
from campaign.i18n import money
from campaign.services.campaigns.form_options import Offer
from campaign.services.pledges.page import PledgePage
from campaign.web.amount_input import AmountRefused
from campaign.web.form_fields import AmountField, PostedForm

REQUEST_ID = re.compile(f"[{ALPHABET}]{{16}}")
OPEN_ENDED = "open"
"""The pause that lasts until the donor resumes the gift."""


def _usable_request_id(name: str | None) -> str:
    """The name that was sent, or a new one where it is none of ours."""
    return name if REQUEST_ID.fullmatch(name or "") and name else new_public_id()


class PledgeForm(PostedForm):
    """The form of the page; what it must say depends on what is requested, so `amounts` and `months` check it.

    Args:
        page: The monthly gift, whose terms stand in the form before anything is typed.
        offer: What may be given in its currency; None where the campaign no longer takes it.

    Attributes:
        step: The code that is needed before anything is done.
    """

    class Meta:
        csrf = False  # no session is at stake; the origin of the request is checked for every form

    request_id = HiddenField(default=new_public_id, filters=[_usable_request_id])
    amount = AmountField()
    cover_fees = BooleanField(false_values=NO)
    pause = SelectField(id="pause-for", choices=[], validate_choice=False)

    def __init__(
        self, page: PledgePage, offer: Offer | None = None, **settings: Any
    ) -> None:  # as Flask-WTF types them
        super().__init__(data={"amount": typed_amount(page.gift), "cover_fees": page.cover.minor > 0}, **settings)
        self.offer = offer
        self.step: CodeStep | None = None

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """(id of the input, sentence) for each error, in the order of the page."""
        return [(field.id, str(sentence)) for field in self for sentence in field.errors]

    @property
    def charge(self) -> Money:
        """What would be charged each month.

        Raises:
            FormNotValid: The amount cannot be taken.
        """
        gift, cover = self.amounts()
        return gift + cover

    def is_more_than(self, charge: Money) -> bool:
        """Whether more would be charged than until now."""
        return charge < self.charge

    def months(self, offered: Iterable[int]) -> int:
        """How many gifts to leave out, one of the offered numbers; 0 until the donor resumes.

        Raises:
            FormNotValid: The page offers no such pause; the error stands at the field.
        """
        choices = {str(number): number for number in offered} | {OPEN_ENDED: 0}
        if self.pause.data not in choices:
            raise _refused(self.pause, _("Choose one of the listed pauses."))
        return choices[self.pause.data]

    def amounts(self) -> tuple[Money, Money]:
        """The gift, and what covers its fee.

        Raises:
            FormNotValid: The amount cannot be taken; the error stands at the field.
        """
        if self.offer is None:
            raise FormNotValid  # the currency is not taken any more, as the page says
        try:
            gift = self.amount.read(self.offer.currency, self._sentence_of)
        except ValidationError as error:
            raise _refused(self.amount, str(error)) from None
        if problem := _problem_of(gift, self.offer):
            raise _refused(self.amount, problem)
        return gift, self.offer.cover_of(gift) if self.cover_fees.data else Money(0, gift.currency)

    def _sentence_of(self, refusal: AmountRefused) -> str:
        if refusal.is_other_currency:
            return str(_("A monthly gift keeps its currency. Enter just the number."))
        if refusal.is_zero and self.offer is not None:
            return _too_small(self.offer)
        return refusal.sentence


def _problem_of(gift: Money, offer: Offer) -> str | None:
    """Why this amount cannot be given each month."""
    step = currency(gift.currency).step
    if gift < offer.minimum:
        return _too_small(offer)
    if offer.maximum < gift:
        return str(_("The maximum monthly gift is %(amount)s.", amount=money(offer.maximum)))
    if gift.minor % step:
        return str(_("Enter an amount in steps of %(amount)s.", amount=money(Money(step, gift.currency))))
    return None


def _too_small(offer: Offer) -> str:
    return str(_("The minimum gift is %(amount)s.", amount=money(offer.minimum)))


def _refused(field: Field, sentence: str) -> FormNotValid:
    field.errors = [sentence]
    return FormNotValid(sentence)
