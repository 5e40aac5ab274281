"""The form that stops a monthly gift."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from campaign.blueprints.admin.forms import SAY_WHY, TEXT_MAX, TOO_LONG, SingleUseForm
from campaign.domain.typed_text import paragraphs


class StopForm(SingleUseForm):
    """Why a monthly gift is stopped for its donor."""

    main_field = "why"
    why = StringField(
        _("Why"),
        filters=[paragraphs],
        validators=[DataRequired(SAY_WHY), Length(max=TEXT_MAX, message=TOO_LONG)],
        description=_("How the donor asked, for the audit trail."),
    )
