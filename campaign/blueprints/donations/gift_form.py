"""The donation form: it checks what was typed, has errors in the reader's language, and becomes a `GiftRequest`.

It is a Flask-WTF form, so that fields, values and errors are in one place; our own macros draw it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace

from flask_babel import gettext as _
from wtforms import BooleanField, Field, StringField
from wtforms.validators import StopValidation, ValidationError

from campaign.blueprints.donations.form_id import FormForged, FormTooOld, FormTooYoung, read_form_id
from campaign.domain.amount_text import InvalidAmount, parse_amount
from campaign.domain.email_typos import suggest_email
from campaign.domain.errors import DomainError
from campaign.domain.gift_source import PARAMETERS, GiftSource, clean_host, clean_tag
from campaign.domain.money import Money, currency
from campaign.domain.typed_text import one_line, paragraphs
from campaign.gateways.clock import Clock
from campaign.i18n import money
from campaign.services.campaigns.form_options import GivingOptions
from campaign.services.gifts.checkout import GiftRequest
from campaign.services.gifts.donor_view import DonorGiftView
from campaign.web.amount_input import AmountRefused, read_amount
from campaign.web.email_input import EmailRefused, read_email
from campaign.web.form_fields import PostedForm

OTHER = "other"
MAX_NAME = 80
MAX_MESSAGE = 280
NO = ("", "0", "no", "off", "false")
"""What a box sends, besides nothing, when it is not ticked."""


class FormNotValid(DomainError):
    """The form has errors, or was not validated."""


class GiveForm(PostedForm):
    """One gift as it was typed. Call `validate_on_submit`, then `request_in`."""

    class Meta:
        csrf = False  # no session is at stake; the origin of the request is checked for every form

    amount = StringField(filters=[one_line])
    other_amount = StringField(filters=[one_line])
    other_amount_meant = StringField(filters=[one_line])
    """Which of two readings of the typed amount was chosen."""
    currency = StringField(filters=[one_line])
    cover_fees = BooleanField(false_values=NO)
    fund = StringField(filters=[one_line])
    anonymous = BooleanField(false_values=NO)
    public_name = StringField(filters=[one_line])
    receipt_name = StringField(filters=[one_line])
    message = StringField(filters=[paragraphs])
    email = StringField(filters=[one_line])
    email_queried = StringField(filters=[one_line])
    """The address for which the form has already suggested another one; it does so once."""
    email_meant = StringField(filters=[one_line])
    frequency = StringField(filters=[one_line])
    form_id = StringField()
    homepage = StringField()
    """Nobody sees it; who fills it in is a robot, or was filled in for."""
    utm_source = StringField(filters=[clean_tag])
    utm_medium = StringField(filters=[clean_tag])
    utm_campaign = StringField(filters=[clean_tag])
    referrer_host = StringField(filters=[clean_host])
    """Where the donor came from: the page carries it in hidden fields, so that no cookie is needed."""
    proof = StringField(filters=[one_line])
    code = StringField(filters=[one_line])

    def __init__(self, options: GivingOptions, *, clock: Clock, data: Mapping[str, object] | None = None) -> None:
        self.options = options
        self.clock = clock
        self.gift: Money | None = None
        self._address: str | None = None
        self.email_choices: tuple[tuple[str, str], ...] = ()
        """(value, label) of what was probably meant and of what was typed, where the form asks which is right."""
        self._form_id: str | None = None
        self.is_too_young = False
        self.readings: tuple[Money, ...] = ()
        super().__init__(data=data)
        self.offer = options.offer_in(self.currency.data)

    @property
    def shows_name(self) -> bool:
        """Whether the donor chose that the name is shown. A form that says nothing of it keeps the name to itself."""
        chosen = self.anonymous.raw_data
        if chosen is None:  # not sent yet: what the form is filled in with
            return not self.anonymous.data
        return bool(chosen) and all(value in NO and value for value in chosen)

    def validate(self, extra_validators: object = None) -> bool:
        """Whether the form is valid. That it came too fast is reported only where nothing else is wrong."""
        is_valid = bool(super().validate(extra_validators=extra_validators))
        if self.is_too_young and len(self.errors) > 1:
            self.form_id.errors = []
        return is_valid

    @property
    def is_in_offered_currency(self) -> bool:
        """Whether gifts are taken in the currency that the form was sent in."""
        return self.options.takes(self.currency.data)

    def clear_amount(self) -> None:
        """Clear the amount, which means nothing without its currency."""
        self.gift, self.readings = None, ()
        self.amount.data = self.other_amount.data = self.other_amount_meant.data = ""

    def validate_currency(self, field: Field) -> None:
        if not self.is_in_offered_currency:
            field.data = self.offer.currency
            self.clear_amount()
            raise ValidationError(_("Choose one of the listed currencies."))

    def validate_amount(self, field: Field) -> None:
        """The chosen amount, or the typed one; both only where they say the same."""
        typed = self.other_amount.data
        if not field.data and not typed:
            raise ValidationError(_("Choose an amount."))
        preset = self._preset(field.data)
        if field.data and field.data != OTHER and preset is None:
            raise ValidationError(_("Choose an amount."))
        if preset is not None and not typed:
            self._refuse_out_of_bounds(preset)
            self.gift = preset

    def validate_other_amount(self, field: Field) -> None:
        """The typed amount. Where an offered one is chosen too, the donor says which of the two they mean."""
        if self.amount.errors or self.gift is not None:
            return
        preset, meant = self._preset(self.amount.data), self.other_amount_meant.data or ""
        if preset is not None and preset.plain == meant:
            self._refuse_out_of_bounds(preset)
            self.gift, field.data = preset, ""
            return
        try:
            given = read_amount(field.data, self.offer.currency, meant=meant)
        except AmountRefused as refusal:
            self.readings = refusal.readings
            raise ValidationError(self._sentence_of(refusal)) from None
        if given.plain == meant:
            field.data = given.plain
        elif preset is not None and preset != given:
            self.readings = (preset, given)
            raise ValidationError(
                _("You chose %(chosen)s and also typed an amount. Choose the one you mean.", chosen=money(preset))
            )
        self._refuse_out_of_bounds(given)
        self.gift, self.amount.data = given, OTHER

    def validate_fund(self, field: Field) -> None:
        if field.data and field.data not in {purpose.code for purpose in self.options.purposes}:
            raise ValidationError(_("Choose one of the purposes in the list."))

    def validate_frequency(self, field: Field) -> None:
        if field.data not in {"", "once", "monthly"}:
            raise ValidationError(_("Choose one time or every month."))
        if field.data == "monthly" and not self.options.takes_monthly(self.clock.now()):
            raise ValidationError(_("The campaign ends before a second payment. Please give once."))

    def validate_email(self, field: Field) -> None:
        if not field.data:
            return
        try:
            self._address = read_email(field.data)
        except EmailRefused as refusal:
            raise ValidationError(refusal.sentence) from None
        meant = suggest_email(self._address)
        if meant is None or self.email_meant.data == self._address:
            return
        if self.email_meant.data == meant:
            self._address = field.data = meant
        elif self.email_queried.data != self._address:
            self.email_queried.data = self._address
            self.email_choices = ((meant, meant), (self._address, self._address))
            raise ValidationError(
                _("Did you mean %(email)s? Choose below, or continue to keep what you typed.", email=meant)
            )

    def validate_public_name(self, field: Field) -> None:
        if self.shows_name and not field.data and self.anonymous.raw_data:
            raise ValidationError(_("Enter the name to show, or choose to stay anonymous."))
        if len(field.data) > MAX_NAME:
            raise ValidationError(_("Shorten the name to %(most)s characters.", most=MAX_NAME))

    def validate_receipt_name(self, field: Field) -> None:
        if len(field.data) > MAX_NAME:
            raise ValidationError(_("Shorten the name to %(most)s characters.", most=MAX_NAME))

    def validate_message(self, field: Field) -> None:
        if len(field.data) > MAX_MESSAGE:
            raise ValidationError(
                _(
                    "Shorten the message to %(most)s characters; it has %(count)s.",
                    most=MAX_MESSAGE,
                    count=len(field.data),
                )
            )

    def validate_homepage(self, field: Field) -> None:
        if field.data:
            field.data = ""
            raise ValidationError(
                _("A hidden field was filled in, perhaps by your browser. We cleared it. Please continue.")
            )

    def validate_form_id(self, field: Field) -> None:
        try:
            self._form_id = read_form_id(field.data or "", clock=self.clock)
        except FormTooYoung:
            self.is_too_young = True
            raise StopValidation(_("That was quick. Please check your details, then continue.")) from None
        except FormTooOld:
            raise StopValidation(
                _("This form was open for more than a day. Your entries are saved: check them and continue.")
            ) from None
        except FormForged:
            raise StopValidation(
                _("We could not verify this form. Your entries are saved: check them and continue.")
            ) from None

    def go_on_from(self, gift: DonorGiftView) -> None:
        """Take this form, which is valid, for another showing of a gift's own, if it says the same."""
        shown, self._form_id = self._form_id, gift.shown_form_id
        if gift.shown_form_id is None or self.request_in("").form_id != gift.form_id:
            self._form_id = shown

    def request_in(self, language: str) -> GiftRequest:
        """The valid form as a request. Its form id names what is given too: a changed form is another gift."""
        if self.gift is None or self._form_id is None:
            raise FormNotValid
        fund = next((p for p in self.options.purposes if p.code == self.fund.data and not p.is_general), None)
        name = (self.public_name.data or None) if self.shows_name else None
        request = GiftRequest(
            campaign_slug=self.options.slug,
            form_id=self._form_id,
            language=language,
            gift=self.gift,
            covers_fee=bool(self.cover_fees.data),
            fund_code=fund.code if fund else None,
            email=self._address,
            public_name=name,
            receipt_name=self.receipt_name.data or None,
            message=self.message.data or None,
            is_anonymous=name is None,
            frequency=self.frequency.data or "once",
            source=self.source,
        )
        return replace(request, form_id=f"{self._form_id}-{_digest(request)}", shown_form_id=self._form_id)

    @property
    def source(self) -> GiftSource:
        """Where the donor came from."""
        return GiftSource(**{name: self[name].data or None for name in PARAMETERS})

    def _preset(self, text: str | None) -> Money | None:
        """The offered amount that a radio's value names."""
        try:
            named = parse_amount(text or "", self.offer.currency)
        except InvalidAmount:
            return None
        return named if named in {preset.amount for preset in self.offer.presets} else None

    def _sentence_of(self, refusal: AmountRefused) -> str:
        if refusal.is_other_currency:
            return str(_("That amount is in a different currency. Select it above or enter just the number."))
        return self._too_small() if refusal.is_zero else refusal.sentence

    def _too_small(self) -> str:
        return str(_("The minimum gift is %(amount)s.", amount=money(self.offer.minimum)))

    def _refuse_out_of_bounds(self, given: Money) -> None:
        offer, step = self.offer, currency(given.currency).step
        if given < offer.minimum:
            raise ValidationError(self._too_small())
        if offer.maximum < given:
            raise ValidationError(
                _(
                    "For gifts above %(amount)s, email %(email)s.",
                    amount=money(offer.maximum),
                    email=self.options.contact_email,
                )
            )
        if given.minor % step:
            raise ValidationError(
                _("Enter an amount in steps of %(amount)s.", amount=money(Money(step, given.currency)))
            )


def _digest(request: GiftRequest) -> str:
    """Twelve letters that differ when anything that was filled in does; where the donor came from is not filled in."""
    said = json.dumps({**asdict(replace(request, language="")), "source": None}, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]
