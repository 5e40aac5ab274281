"""The forms about what a donor agrees to."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from campaign.blueprints.admin.forms import StaffForm
from campaign.blueprints.admin.privacy.words import PURPOSES, SOURCES
from campaign.domain.donor_consent import BY_STAFF, RECORDABLE
from campaign.domain.typed_text import one_line
from campaign.web.form_fields import TOO_LONG

MAX_EVIDENCE = 200


class DonorConsentForm(StaffForm):
    """What a donor said to staff."""

    purpose = RadioField(
        _("What they agree to"),
        choices=[SelectChoice(purpose.value, PURPOSES[purpose]) for purpose in RECORDABLE],
        validators=[DataRequired(_("Choose what they agree to."))],
    )
    source = RadioField(
        _("How they said so"),
        choices=[SelectChoice(source.value, SOURCES[source]) for source in BY_STAFF],
        validators=[DataRequired(_("Choose how they said so."))],
    )
    evidence = StringField(
        _("Where the proof is"),
        description=_("Such as: paper in the folder of the spring fair, or the day of their message"),
        filters=[one_line],
        validators=[DataRequired(_("Say where it is.")), Length(max=MAX_EVIDENCE, message=TOO_LONG)],
    )
