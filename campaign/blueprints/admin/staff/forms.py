"""Forms of a staff account: its language and campaign, and what an administrator sets."""

from typing import Any

from babel.dates import get_day_names
from flask_babel import LazyString, get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, StopValidation

from campaign.blueprints.admin import choices, words
from campaign.blueprints.admin.forms import MAX_NAME, LongTextField, StaffForm, VersionedForm
from campaign.blueprints.admin.staff.passwords import password_problem
from campaign.domain.email_address import MAX_ADDRESS
from campaign.domain.typed_text import one_line, paragraphs
from campaign.i18n import LANGUAGES, text_of
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.staff import accounts
from campaign.services.staff.accounts import RoleGrant
from campaign.services.staff.invitations import NewPerson
from campaign.web.email_input import EmailRefused, read_email
from campaign.web.form_fields import TOO_LONG, EmailField

MAX_INVITED = 20
"""By one form."""


class LanguageForm(StaffForm):
    """The language of the staff pages."""

    language = SelectField(
        _("Language of the desk"),
        choices=LANGUAGES.items,
        invalid_choice_message=_("Choose one of the languages shown."),
    )


NO_DAY = "none"


def _weekdays() -> list[tuple[str, str]]:
    names = get_day_names("wide", context="stand-alone", locale=get_locale())
    return [(NO_DAY, str(_("no email"))), *((str(number), names[number].capitalize()) for number in range(7))]


class WeeklyForm(StaffForm):
    """On which day of the week the email of the dashboard comes."""

    weekday = SelectField(_("Weekly email of the dashboard"), choices=_weekdays)

    @property
    def chosen(self) -> int | None:
        """0 for Monday to 6 for Sunday; None for no email."""
        return None if self.weekday.data == NO_DAY else int(self.weekday.data)


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


class GrantsForm(VersionedForm):
    """A person's roles, for the organisation and for each campaign: finance, or finance@quilt."""

    roles = SelectMultipleField(_("Roles"), invalid_choice_message=words.BROKEN_RULES[accounts.UnknownRole])

    def __init__(self, campaigns: list[CampaignCard], **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        places = [(str(_("Whole organisation")), ""), *((text_of(card.name), f"@{card.slug}") for card in campaigns)]
        self.groups = {
            label: [SelectChoice(f"{role}{suffix}", words.ROLES[role]) for role in accounts.ROLES]
            for label, suffix in places
        }
        self.roles.choices = [choice for group in self.groups.values() for choice in group]

    @property
    def grants(self) -> tuple[RoleGrant, ...]:
        """The chosen roles of a valid form."""
        return tuple(map(RoleGrant.parse, self.roles.data))

    def is_open(self, group: list[SelectChoice]) -> bool:
        """Whether something of this group is chosen."""
        return any(choice.value in self.roles.data for choice in group)


class AddressesField(TextAreaField):  # type: ignore[misc]  # WTForms is untyped
    """Email addresses, one on each line.

    Attributes:
        addresses: What was read, each address once.
    """

    data: str

    def __init__(self, label: LazyString, **settings: Any) -> None:  # as WTForms types them
        length = Length(max=MAX_INVITED * MAX_ADDRESS, message=TOO_LONG)
        super().__init__(label, filters=[paragraphs], validators=[length], **settings)
        self.addresses: list[str] = []

    def pre_validate(self, form: StaffForm) -> None:  # noqa: ARG002  # WTForms' signature
        lines = [line for line in (self.data or "").replace(",", "\n").replace(";", "\n").split("\n") if line.strip()]
        if len(lines) > MAX_INVITED:
            raise StopValidation(gettext("Invite at most %(most)s people at a time.", most=MAX_INVITED))
        try:
            read = [read_email(one_line(line)) for line in lines or [""]]
        except EmailRefused as refusal:
            raise StopValidation(refusal.sentence) from None
        self.addresses = list({address.casefold(): address for address in read}.values())


class InvitationForm(GrantsForm):
    """New people with the same roles: their addresses, language and at least one role; a name where it is one person."""

    email = AddressesField(
        _("Email"), description=_("For several people with the same roles, one address on each line.")
    )
    then = HiddenField(default="")
    name = StringField(
        _("Name"),
        description=_("They may change it. Leave it empty if you are not sure, or for several people."),
        filters=[one_line],
        validators=[Length(max=MAX_NAME, message=TOO_LONG)],
    )
    language = SelectField(
        _("Language of the invitation"),
        choices=dict(LANGUAGES),
        invalid_choice_message=_("Choose one of the languages shown."),
    )
    roles = SelectMultipleField(
        _("Roles"),
        validators=[DataRequired(_("Choose at least one role."))],
        invalid_choice_message=words.BROKEN_RULES[accounts.UnknownRole],
    )

    def validate_name(self, field: StringField) -> None:
        if field.data and len(self.email.addresses) > 1:
            raise StopValidation(gettext("A name belongs to one person. Leave it empty for several people."))

    @property
    def people(self) -> list[NewPerson]:
        """The people of a valid form."""
        return [
            NewPerson(email=address, name=self.name.data, grants=self.grants, language=self.language.data)
            for address in self.email.addresses
        ]

    @property
    def invites_others(self) -> bool:
        """Whether the next thing is a form for others."""
        return bool(self.then.data == "another")


class DetailsForm(StaffForm):
    """A person's name and address."""

    name = StringField(
        _("Name"),
        filters=[one_line],
        validators=[DataRequired(_("Enter a name.")), Length(max=MAX_NAME, message=TOO_LONG)],
    )
    email = EmailField(_("Email"))


class ResetForm(StaffForm):
    """What of an account is reset, and why."""

    password = BooleanField(_("The password: they get an email with a link to choose another"))
    second_step = BooleanField(_("The second step: the app and the recovery codes are lost"))
    reason = LongTextField(_("Reason, for the audit trail"))


class SecondStepRulesForm(StaffForm):
    """The roles that need a second step."""

    roles = SelectMultipleField(
        _("Roles"),
        choices=[SelectChoice(role, words.ROLES[role]) for role in accounts.ROLES],
        invalid_choice_message=words.BROKEN_RULES[accounts.UnknownRole],
    )
