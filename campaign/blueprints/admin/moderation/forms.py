"""The forms of the queue: a decision on one name, and when names are shown."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import Length, ValidationError

from campaign.blueprints.admin.forms import MAX_TEXT, SAY_WHY, StaffForm
from campaign.domain.typed_text import paragraphs
from campaign.web.form_fields import TOO_LONG

APPROVE, HIDE = "approve", "hide"
BEFORE, AFTER = "before", "after"


class DecisionForm(StaffForm):
    """A name and its message are approved, or taken off the list for a reason."""

    act = SelectField(choices=[APPROVE, HIDE])
    reason = StringField(_("Reason"), filters=[paragraphs], validators=[Length(max=MAX_TEXT, message=TOO_LONG)])

    def validate_reason(self, field: StringField) -> None:
        if self.act.data == HIDE and not field.data:
            raise ValidationError(SAY_WHY)

    @property
    def is_approved(self) -> bool:
        return bool(self.act.data == APPROVE)


class ReviewForm(StaffForm):
    """Whether names are looked at before they are shown, or after."""

    review = SelectField(choices=[BEFORE, AFTER])

    @property
    def is_before(self) -> bool:
        return bool(self.review.data == BEFORE)
