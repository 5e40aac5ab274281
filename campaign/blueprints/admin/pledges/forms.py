"""The form that stops a monthly gift."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from campaign.blueprints.admin.forms import MAX_TEXT, SAY_WHY, SingleUseForm
from campaign.domain.typed_text import paragraphs
from campaign.web.form_fields import TOO_LONG


class StopForm(SingleUseForm):
    """Why a monthly gift is stopped for its donor."""

    main_field = "why"
    why = StringField(
        _("Why"),
        filters=[paragraphs],
        validators=[DataRequired(SAY_WHY), Length(max=MAX_TEXT, message=TOO_LONG)],
        description=_("How the donor asked, for the audit trail."),
    )
