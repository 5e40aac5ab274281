"""The form of a campaign's currency."""

from typing import Any, cast

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DecimalField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, StopValidation

from campaign.blueprints.admin.forms import StaffForm, VersionedForm
from campaign.domain.currencies import CURRENCIES
from campaign.domain.money import Money
from campaign.domain.typed_text import one_line
from campaign.services.campaigns.currencies import CurrencySettings
from campaign.web.form_fields import TOO_LONG, AmountField


def capitals(text: str | None) -> str:
    """Return a text on one line, in capitals."""
    return one_line(text).upper()


class CurrencyCodeField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """A currency by its three letters; one that the payment provider does not charge is refused by name."""

    data: str

    def __init__(self, label: Any = None, **settings: Any) -> None:  # as WTForms types them
        super().__init__(
            label or _("Currency"),
            filters=[capitals],
            validators=[DataRequired(_("Enter a currency, like KGS or USD.")), Length(max=3, message=TOO_LONG)],
            **settings,
        )

    def pre_validate(self, form: StaffForm) -> None:  # noqa: ARG002  # WTForms' signature
        if self.data and len(self.data) <= 3 and self.data not in CURRENCIES:
            sentence = gettext("The payment provider does not take %(code)s. Enter another currency.", code=self.data)
            raise StopValidation(sentence)


class CurrencyForm(VersionedForm):
    """A currency of the campaign: its bounds and an estimate of the provider's fee."""

    code = CurrencyCodeField(description=_("Its three letters, like KGS."))
    minimum = AmountField(_("Smallest gift"))
    maximum = AmountField(_("Largest gift"))
    fee_percent = DecimalField(
        _("Provider’s fee in per cent, estimated"),
        places=2,
        validators=[
            InputRequired(_("Enter a number from 0 to 20.")),
            NumberRange(0, 20, message=_("Enter a number from 0 to 20.")),
        ],
        description=_("Used where a donor adds the fee. The real fee is booked as the provider reports it."),
    )

    def validate_minimum(self, field: AmountField) -> None:
        if not self.code.errors:
            field.read(self.code.data)

    def validate_maximum(self, field: AmountField) -> None:
        if not self.code.errors:
            field.read(self.code.data)

    def currency(self, known: CurrencySettings | None) -> CurrencySettings:
        """The valid form as a currency; the fixed part of the fee stays as it is known."""
        return CurrencySettings(
            code=self.code.data,
            minimum_minor=self.minimum.money.minor,
            maximum_minor=self.maximum.money.minor,
            fee_basis_points=int(cast(Any, self.fee_percent.data) * 100),
            fee_fixed_minor=known.fee_fixed_minor if known else 0,
        )


def plain(minor: int, code: str) -> str:
    """An amount as one types it."""
    return Money(minor, code).plain
