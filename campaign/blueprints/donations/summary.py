"""What will happen when the donor continues: the summary above the form's button."""

from dataclasses import dataclass

from campaign.blueprints.donations.gift_form import OTHER, GiveForm
from campaign.domain.money import Money
from campaign.services.campaigns.form_options import Purpose
from campaign.web.amount_input import AmountRefused, read_amount


@dataclass(frozen=True, slots=True)
class GiftSummary:
    """The gift as the form now has it; amounts are `None` while none can be read.

    Attributes:
        gift: What the donor gives.
        fee: What the donor adds for the fee, 0 where they add none.
        cover: What covering the fee would add, whether chosen or not.
        purpose: What the gift pays for; `None` where the campaign offers no choice.
        is_monthly: Whether it is given every month.
        receipt_name: The name typed for the receipt; empty for the payer’s name.
    """

    gift: Money | None
    fee: Money | None
    cover: Money | None
    purpose: Purpose | None
    is_monthly: bool
    receipt_name: str

    @property
    def total(self) -> Money | None:
        """What is charged today."""
        return None if self.gift is None or self.fee is None else self.gift + self.fee


def summary_of(form: GiveForm) -> GiftSummary:
    """The summary of a form, judged or not."""
    gift = form.gift or _amount(form)
    cover = form.offer.cover_of(gift) if gift else None
    fee = cover if form.cover_fees.data else gift and Money(0, gift.currency)
    purposes = form.options.purposes
    chosen = next(
        (purpose for purpose in purposes if purpose.code == form.fund.data), purposes[0] if purposes else None
    )
    return GiftSummary(
        gift=gift,
        fee=fee,
        cover=cover,
        purpose=chosen,
        is_monthly=form.frequency.data == "monthly",
        receipt_name=form.receipt_name.data or "",
    )


def _amount(form: GiveForm) -> Money | None:
    """The chosen or typed amount, where there is one and it can be read in one way."""
    chosen, typed = form.amount.data or "", form.other_amount.data or ""
    if chosen and chosen != OTHER and typed:
        return None
    try:
        return read_amount(typed or chosen, form.offer.currency)
    except AmountRefused:
        return None
