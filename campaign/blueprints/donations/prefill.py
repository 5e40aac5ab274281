"""The initial values of the form: from the address, or from a gift whose payment page was left."""

from dataclasses import asdict
from urllib.parse import urlsplit

from flask import request

from campaign.blueprints.donations.choices import typed_amount
from campaign.blueprints.donations.gift_form import NO
from campaign.domain.amount_text import InvalidAmount, parse_amount
from campaign.domain.donation import DonationFrequency
from campaign.domain.gift_source import PARAMETERS, clean_host, clean_tag, host_of_referrer
from campaign.domain.money import Money
from campaign.gateway_registry import current_context
from campaign.i18n import current_language
from campaign.services.campaigns.form_options import GivingOptions, Offer, giving_options
from campaign.services.gifts.donor_view import DonorGiftView


def has_unknown_currency(options: GivingOptions) -> bool:
    """Whether the address names a currency that this campaign does not take."""
    code = request.args.get("currency", "")
    return bool(code) and not options.takes(code.upper())


def of_address(options: GivingOptions) -> dict[str, object]:
    """Return the values that the address fills in; invalid ones are ignored, since nobody typed them.

    An amount in a currency that is not taken is ignored too.
    """
    arguments = request.args
    typed = "" if has_unknown_currency(options) else arguments.get("amount", "")
    offer = options.offer_in(arguments.get("currency", "").upper())
    if not options.takes(arguments.get("currency", "").upper()) and not typed:
        offer = options.first_offer_in(current_language())  # an amount alone was always one of the first currency
    try:
        amount = parse_amount(typed, offer.currency)
    except InvalidAmount:
        amount = None
    return {
        **_of_amount(amount, offer),
        "cover_fees": arguments.get("cover_fees", "") not in NO,
        "fund": arguments.get("fund", ""),
        "anonymous": True,
        "frequency": DonationFrequency.MONTHLY if arguments.get("frequency") == "monthly" else DonationFrequency.ONCE,
        **_source_of_visit(),
    }


def of_gift(gift: DonorGiftView) -> dict[str, object]:
    """What was chosen and typed for a gift, for the browser that gave it."""
    offer = giving_options(gift.campaign_slug).offer_in(gift.gift.currency)
    return {
        **_of_amount(gift.gift, offer),
        "cover_fees": gift.cover.minor > 0,
        "fund": gift.purpose_code,
        "frequency": gift.frequency,
        "anonymous": gift.is_anonymous,
        "public_name": gift.public_name or "",
        "receipt_name": gift.receipt_name or "",
        "message": gift.message or "",
        "email": gift.email or "",
        **asdict(gift.source),
    }


def _source_of_visit() -> dict[str, object]:
    """The tags of the address, and the site before this one: as our page says, or as the browser does of a direct link."""
    context = current_context()
    own = {
        host
        for url in (context.public_url, context.payments.checkout_origin)
        if url and (host := urlsplit(url).hostname)
    }
    tags = {name: clean_tag(request.args.get(name)) for name in PARAMETERS if name.startswith("utm_")}
    carried = clean_host(request.args.get("referrer_host"), own=own)
    return {
        **tags,
        "referrer_host": carried or host_of_referrer(request.referrer, own={*own, request.host.partition(":")[0]}),
    }


def _of_amount(amount: Money | None, offer: Offer) -> dict[str, object]:
    """An offered amount is its radio; another one stands in the field, and none where its currency is not taken any more."""
    if amount is None or amount.currency != offer.currency:
        return {"currency": offer.currency}
    if amount in {preset.amount for preset in offer.presets}:
        return {"currency": offer.currency, "amount": typed_amount(amount)}
    return {"currency": offer.currency, "other_amount": typed_amount(amount)}
