"""Forms of a staff account: its language and campaign, and what an administrator sets."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from campaign.blueprints.admin import choices, words
from campaign.blueprints.admin.forms import StaffForm
from campaign.i18n import LANGUAGES
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.staff import accounts


class LanguageForm(StaffForm):
    """The language of the staff pages."""

    language = SelectField(
        _("Language of the desk"),
        choices=dict(LANGUAGES),
        invalid_choice_message=_("Choose one of the languages shown."),
    )


class CampaignForm(StaffForm):
    """The campaign that the staff pages show."""

    campaign = SelectField(_("Campaign"), invalid_choice_message=words.BROKEN_RULES[accounts.UnknownCampaign])

    def __init__(self, campaigns: list[CampaignCard], **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        self.campaign.choices = choices.campaigns(campaigns)


class PersonForm(StaffForm):
    """A person's roles, the campaign for which they hold, and whether the person may sign in."""

    roles = SelectMultipleField(
        _("Roles"),
        choices=[SelectChoice(role, words.ROLES[role]) for role in accounts.ROLES],
        invalid_choice_message=words.BROKEN_RULES[accounts.UnknownRole],
    )
    campaign = SelectField(
        _("Campaign for which the roles hold"),
        default="",
        invalid_choice_message=words.BROKEN_RULES[accounts.UnknownCampaign],
    )
    active = BooleanField(_("May sign in"))

    def __init__(self, campaigns: list[CampaignCard], **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        self.campaign.choices = [SelectChoice("", str(_("All campaigns"))), *choices.campaigns(campaigns)]
