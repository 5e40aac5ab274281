"""The form that turns the protection against card testing on or off."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from campaign.blueprints.admin.forms import MAX_TEXT, SAY_WHY, StaffForm
from campaign.domain.typed_text import paragraphs
from campaign.web.form_fields import TOO_LONG

ON, OFF = "on", "off"


class ShieldForm(StaffForm):
    """Which way protection is turned, and why."""

    turn = SelectField(choices=[ON, OFF])
    reason = StringField(
        _("Your reason"),
        filters=[paragraphs],
        validators=[DataRequired(SAY_WHY), Length(max=MAX_TEXT, message=TOO_LONG)],
        description=_("For the audit trail."),
    )

    @property
    def is_on(self) -> bool:
        return bool(self.turn.data == ON)
