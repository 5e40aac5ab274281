"""Forms about a campaign: what staff do with it."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import InputRequired

from campaign.blueprints.admin.forms import MAX_TEXT, DayField, StaffForm
from campaign.blueprints.admin.texts_field import TextsField
from campaign.domain.campaign_state import CampaignAct


class ActForm(StaffForm):
    """The confirmation of an act; `campaign` is the slug of the campaign whose page was shown."""

    campaign = HiddenField(default="")


class CloseForm(ActForm):
    """Why a campaign is closed before its planned end."""

    reason = TextsField(
        _("Why it closes"),
        maximum=MAX_TEXT,
        missing=_("Say why, in this language too. Everybody reads it."),
        rows=2,
        description=_("The campaign’s page shows it to everybody."),
    )


class ExtendForm(ActForm):
    """Until when a campaign is extended, and why."""

    ends_on = DayField(_("New last day"), validators=[InputRequired(_("Enter the new last day."))])
    reason = TextsField(
        _("Why it is extended (optional)"),
        maximum=MAX_TEXT,
        rows=2,
        description=_("The campaign’s page shows it to everybody."),
    )


FORMS: dict[CampaignAct, type[ActForm]] = {CampaignAct.CLOSE: CloseForm, CampaignAct.EXTEND: ExtendForm}
"""Act → its form, where it asks for more than a confirmation."""
