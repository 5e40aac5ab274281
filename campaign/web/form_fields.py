"""Form fields for what people type: amounts and email addresses, read strictly, with the error beside the field."""

from collections.abc import Callable
from typing import Any, cast

from flask import request
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import Length, StopValidation, ValidationError

from campaign.domain.email_address import MAX_ADDRESS
from campaign.domain.money import Money
from campaign.domain.typed_text import one_line
from campaign.web.amount_input import AmountRefused, read_amount
from campaign.web.email_input import EmailRefused, read_email

TOO_LONG = lazy_gettext("Shorten this to %(max)d characters.")
MAX_AMOUNT = 100
"""Characters of a typed amount."""


class PostedForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """A form that is read from the fields of a POST alone: Flask-WTF takes files and JSON too, which are no texts."""

    class Meta:
        def wrap_formdata(self, form: object, formdata: object) -> object:  # noqa: ARG002  # as WTForms calls it
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form if request.method == "POST" else None


def _sentence_of(refusal: AmountRefused) -> str:
    return refusal.sentence


class AmountField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """An amount as typed. `read` turns it into `amount`; a text with two readings is shown again with both of them.

    Attributes:
        amount: What was read, None before that.
        readings: The amounts that the typed text can mean.
        meant: The one of them that was chosen, as `Money.plain` writes it.
    """

    data: str

    def __init__(self, label: LazyString | None = None, **settings: Any) -> None:  # as WTForms types it
        super().__init__(label, validators=[Length(max=MAX_AMOUNT, message=TOO_LONG)], filters=[one_line], **settings)
        self.amount: Money | None = None
        self.readings: tuple[Money, ...] = ()
        self.meant = ""

    def process(self, formdata: Any, *args: Any, **more: Any) -> None:  # as WTForms types it
        """Take the typed text, and beside it which of two readings was chosen."""
        self.meant = str(formdata.get(f"{self.name}_meant", "")) if formdata else ""
        super().process(formdata, *args, **more)

    def read(self, currency: str, explain: Callable[[AmountRefused], str] = _sentence_of) -> Money:
        """Read the text as an amount of this currency.

        Args:
            currency: Three capitals.
            explain: Gives the sentence for an amount that is refused.

        Raises:
            ValidationError: It is missing, is no amount, or has two readings of which none was chosen.
        """
        if not self.data:
            raise ValidationError(_("Enter an amount, like 35 or 35.50."))
        try:
            self.amount = read_amount(self.data, currency, meant=self.meant)
        except AmountRefused as refusal:
            self.readings = refusal.readings
            raise ValidationError(explain(refusal)) from None
        if self.meant == self.amount.plain:
            self.data = self.meant
        return self.amount

    @property
    def money(self) -> Money:
        """The amount of a valid form."""
        return cast(Money, self.amount)


class EmailField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """An email address that mail servers take; `is_optional` is whether it may be empty."""

    data: str
    is_optional = False

    def __init__(self, label: LazyString | None = None, **settings: Any) -> None:  # as WTForms types them
        super().__init__(label, filters=[one_line], validators=[Length(max=MAX_ADDRESS, message=TOO_LONG)], **settings)

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # WTForms' signature
        if self.is_optional and not self.data:
            return
        try:
            self.data = read_email(self.data)
        except EmailRefused as refusal:
            raise StopValidation(refusal.sentence) from None
