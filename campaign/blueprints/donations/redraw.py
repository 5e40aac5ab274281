"""The form drawn again in another currency or language: what is typed and chosen now stays, and nothing is judged yet.

The switches are submit buttons of the form, so that they work without script and no address holds what was typed.
"""

from contextlib import suppress

from flask import request

from campaign.blueprints.donations.form_id import FormForged, FormTooOld, FormTooYoung, read_form_id
from campaign.blueprints.donations.gift_form import OTHER, GiveForm
from campaign.domain.amount_text import InvalidAmount, parse_amount
from campaign.services.campaigns.form_options import Offer, Preset
from campaign.web.amount_input import AmountRefused, read_amount

SWITCHES = ("to_currency", "to_language")
"""The buttons' names. `to_currency` with the form's own currency only brings the page up to date."""


def is_redraw() -> bool:
    """Whether the form was sent by one of its switches."""
    return any(name in request.form for name in SWITCHES)


def redraw(form: GiveForm) -> None:
    """Update a form that was sent by a switch; its form id stays valid and keeps its age."""
    if not form.is_in_offered_currency:
        form.currency.data = form.offer.currency
        form.clear_amount()
    _settle_reading(form)
    code = request.form.get("to_currency")
    if form.options.takes(code):
        before, form.offer = form.offer, form.options.offer_in(code)
        form.currency.data = form.offer.currency
        form.amount.data = _same_choice(form.amount.data, before, form.offer)
    if not has_usable_form_id(form):
        form.form_id.data = ""


def _settle_reading(form: GiveForm) -> None:
    """Write an amount that can mean two as the one that was chosen of them; the choice itself does not go along."""
    meant = form.other_amount_meant.data
    if not meant:
        return
    chosen = _preset(form.amount.data, form.offer)
    if chosen is not None and chosen.amount.plain == meant:
        form.other_amount.data = ""
        return
    with suppress(AmountRefused):
        given = read_amount(form.other_amount.data or "", form.offer.currency, meant=meant)
        if given.plain == meant:
            form.other_amount.data, form.amount.data = given.plain, OTHER


def has_usable_form_id(form: GiveForm) -> bool:
    """Whether the form's id is ours and of today; that it was shown just now is no fault yet."""
    try:
        read_form_id(form.form_id.data or "", clock=form.clock)
    except FormTooYoung:
        return True
    except (FormTooOld, FormForged):
        return False
    return True


def _same_choice(value: str | None, before: Offer, after: Offer) -> str | None:
    """The preset of the other currency that makes the same thing possible, else the same number; else none."""
    chosen = _preset(value, before)
    if chosen is None:
        return value
    same = [preset for preset in after.presets if preset.impact == chosen.impact]
    same += [preset for preset in after.presets if preset.amount.decimal == chosen.amount.decimal]
    return same[0].amount.plain if same else None


def _preset(value: str | None, offer: Offer) -> Preset | None:
    try:
        amount = parse_amount(value or "", offer.currency)
    except InvalidAmount:
        return None
    return next((preset for preset in offer.presets if preset.amount == amount), None)
