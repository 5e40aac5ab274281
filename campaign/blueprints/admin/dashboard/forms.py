"""The form of the goals besides the sum."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField, ValidationError

from campaign.blueprints.admin.forms import VersionedForm
from campaign.domain.typed_text import one_line
from campaign.services.dashboard.goals import Goals
from campaign.web.form_fields import AmountField

MAX_COUNT = 1_000_000


class CountField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """A whole number above zero, or nothing."""

    count: int | None = None

    def __init__(self, label: Any, **settings: Any) -> None:  # as WTForms types it
        super().__init__(label, filters=[one_line], **settings)

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # WTForms' signature
        digits = "".join(self.data.split())
        if not digits:
            return
        if not (digits.isdecimal() and len(digits) <= len(str(MAX_COUNT)) and 0 < int(digits) <= MAX_COUNT):
            raise ValidationError(_("Enter a whole number from 1 to 1,000,000, or nothing."))
        self.count = int(digits)


class GoalsForm(VersionedForm):
    """Numbers of gifts and donors, and an amount each month."""

    gifts = CountField(lazy_gettext("Number of gifts"))
    donors = CountField(
        lazy_gettext("Number of donors"), description=lazy_gettext("Donors are counted by email address.")
    )
    monthly = AmountField(lazy_gettext("From monthly gifts, each month"))
    currency = ""

    def validate_monthly(self, field: AmountField) -> None:
        if field.data:
            field.read(self.currency)

    @property
    def goals(self) -> Goals:
        """What a valid form says."""
        return Goals(
            gifts=self.gifts.count,
            donors=self.donors.count,
            monthly_minor=self.monthly.amount.minor if self.monthly.amount else None,
        )
