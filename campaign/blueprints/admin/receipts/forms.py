"""The form that corrects the name on a held receipt."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import Length

from campaign.blueprints.admin.forms import MAX_NAME, StaffForm
from campaign.domain.typed_text import one_line
from campaign.web.form_fields import TOO_LONG


class ReceiptNameForm(StaffForm):
    """The name that a held receipt is to have."""

    donor_name = StringField(
        _("Name on the receipt"),
        filters=[one_line],
        validators=[Length(max=MAX_NAME, message=TOO_LONG)],
        description=_("As the donor would write it. If left empty, the receipt is made out to an anonymous donor."),
    )
