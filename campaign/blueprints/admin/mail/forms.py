"""The form that sends an email again."""

from flask_babel import lazy_gettext as _

from campaign.blueprints.admin.forms import LongTextField, SingleUseForm
from campaign.web.form_fields import EmailField


class ResendForm(SingleUseForm):
    """To which address an email is sent again, and why."""

    main_field = "reason"
    recipient = EmailField(_("Email address"), description=_("A new address is used for this email only."))
    reason = LongTextField(_("Why"), description=_("For the audit trail; the donor does not see it."))
