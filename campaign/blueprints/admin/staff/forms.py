"""Forms of a staff account: its language and campaign, and what an administrator sets."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from campaign.blueprints.admin import choices, words
from campaign.blueprints.admin.forms import MAX_NAME, StaffForm
from campaign.blueprints.admin.staff.passwords import password_problem
from campaign.domain.typed_text import one_line
from campaign.i18n import LANGUAGES
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.staff import accounts
from campaign.web.form_fields import TOO_LONG


class LanguageForm(StaffForm):
    """The language of the staff pages."""

    language = SelectField(
        _("Language of the desk"),
        choices=LANGUAGES.items,
        invalid_choice_message=_("Choose one of the languages shown."),
    )


class CampaignForm(StaffForm):
    """The campaign that the staff pages show."""

    campaign = SelectField(_("Campaign"), invalid_choice_message=words.BROKEN_RULES[accounts.UnknownCampaign])

    def __init__(self, campaigns: list[CampaignCard], **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        self.campaign.choices = choices.campaigns(campaigns)


class OneTimeLinkForm(StaffForm):
    """What a person chooses by their one-time link."""

    name = StringField(
        _("Your name"),
        filters=[one_line],
        validators=[DataRequired(_("Enter your name.")), Length(max=MAX_NAME, message=TOO_LONG)],
    )
    language = SelectField(
        _("Language of the desk"),
        choices=dict(LANGUAGES),
        invalid_choice_message=_("Choose one of the languages shown."),
    )
    password = PasswordField(_("Password"), validators=[DataRequired(_("Enter a password."))])
    password_again = PasswordField(_("Repeat the password"))

    def check_password(self, email: str) -> bool:
        """Whether the password is allowed and was typed twice; else the form says what is wrong."""
        problem = password_problem(self.password.data, name=self.name.data, email=email)
        if problem is not None:
            self.refuse("password", problem)
        elif self.password.data != self.password_again.data:
            self.refuse("password_again", str(_("The two passwords are not the same.")))
        return not self.mistakes


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
