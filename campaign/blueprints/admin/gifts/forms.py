"""Forms about one gift: its refund, the correction of its donor's details, and whether it is on the supporters list."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Length, ValidationError

from campaign.blueprints.admin import words
from campaign.blueprints.admin.forms import (
    MAX_NAME,
    MAX_TEXT,
    LongTextField,
    PreviewedForm,
    SingleUseForm,
    StaffForm,
    VersionedForm,
)
from campaign.domain.donation import RefundTooLarge, SupporterVisibility
from campaign.domain.money import Money
from campaign.domain.typed_text import one_line
from campaign.web.form_fields import TOO_LONG, AmountField, EmailField

WHOLE, PART = "whole", "part"


class RefundForm(PreviewedForm):
    """How much of a gift is sent back, and why.

    Args:
        refundable: What is left of the gift.
    """

    main_field = "reason"
    how_much = RadioField(_("How much"), validate_choice=False)
    amount = AmountField(_("Amount of the part"), description=_("Only for a part."))
    reason = LongTextField(_("Why"), description=_("For the audit trail; the donor does not see it."))

    def __init__(self, refundable: Money, **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        self.refundable = refundable
        self.how_much.data = self.how_much.data or (PART if self.amount.data else None)

    @property
    def refund(self) -> Money:
        """The whole remaining amount, or the valid part that was typed."""
        return self.refundable if self.how_much.data == WHOLE else self.amount.money

    def validate_amount(self, field: AmountField) -> None:
        if self.how_much.data == WHOLE:
            return
        if not 0 < field.read(self.refundable.currency).minor <= self.refundable.minor:
            raise ValidationError(words.sentence_of(RefundTooLarge()))


class CorrectionForm(SingleUseForm, VersionedForm):
    """The name on a gift's receipt and the donor's address.

    Args:
        has_email: Whether an address is known; it can be replaced, but not removed.
    """

    main_field = "reason"
    receipt_name = StringField(
        _("Name on the receipt"),
        filters=[one_line],
        validators=[Length(max=MAX_NAME, message=TOO_LONG)],
        description=_("As the donor would write it. If left empty, the receipt is made out to an anonymous donor."),
    )
    email = EmailField(_("Email address"), description=_("Emails that have not been sent yet go to this address too."))
    reason = LongTextField(_("Why"), description=_("For the audit trail; the donor does not see it."))

    def __init__(self, *, has_email: bool, **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        self.email.is_optional = not has_email


class VisibilityForm(StaffForm):
    """Whether the name and message of a gift are on the supporters list."""

    wall = SelectField(choices=[value.value for value in SupporterVisibility])

    @property
    def is_shown(self) -> bool:
        return bool(self.wall.data == SupporterVisibility.SHOWN)


class GiftApprovalForm(StaffForm):
    """Why a gift under suspicion of fraud is good; for the audit trail."""

    reason = StringField(
        _("Why the gift is good"), filters=[one_line], validators=[Length(max=MAX_TEXT, message=TOO_LONG)]
    )
