"""Forms of a campaign's settings."""

from collections.abc import Callable

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation

from campaign.blueprints.admin.campaigns.currency_form import CurrencyCodeField, capitals
from campaign.blueprints.admin.campaigns.sender_name_field import SenderNameField
from campaign.blueprints.admin.forms import DayField, VersionedForm
from campaign.blueprints.admin.organisation.forms import ColourField
from campaign.blueprints.admin.texts_field import TextsField, languages_of_campaign, languages_of_interface
from campaign.blueprints.admin.words import sentence_of
from campaign.domain.campaign_settings import (
    MAX_SENDER_NAME,
    MAX_SLUG,
    check_days,
    check_series,
    check_slug,
)
from campaign.domain.donation import FeeBearer
from campaign.domain.errors import DomainError
from campaign.domain.typed_text import one_line
from campaign.services.campaigns.settings import CampaignSettings
from campaign.web.form_fields import TOO_LONG, AmountField, EmailField

MAX_CAMPAIGN_NAME = 80


def _small(text: str | None) -> str:
    return one_line(text).lower()


def _require(rule: Callable[..., object], *values: object) -> None:
    """Check a rule of campaigns here already, so that all mistakes of a form are shown at once."""
    try:
        rule(*values)
    except DomainError as error:
        raise StopValidation(sentence_of(error)) from error


class SettingsForm(VersionedForm):
    """The settings of a campaign; `campaign` is the slug of the campaign whose page was shown."""

    campaign = HiddenField(default="")
    name = TextsField(lazy_pgettext("fund", "Name"), maximum=MAX_CAMPAIGN_NAME, languages=languages_of_campaign)
    slug = StringField(
        _("Address"),
        filters=[_small],
        validators=[DataRequired(_("Enter an address.")), Length(max=MAX_SLUG, message=TOO_LONG)],
        description=_(
            "Small Latin letters, digits and hyphens, like school-library. Fixed once the campaign is opened."
        ),
    )
    currency = CurrencyCodeField(
        _("Currency of the goal"),
        description=_(
            "Three letters, like USD: a currency in which the payment account is credited. Donors can give in others "
            "too, such as KGS. Fixed once the campaign is opened."
        ),
    )
    goal = AmountField(_("Goal"))
    starts_on = DayField(_("First day"), validators=[InputRequired(_("Enter the first day."))])
    closes_form = BooleanField(_("Yes, close the form until then"))
    asks_about_form = False
    """Whether the page asks if the form shall close: after a first day that closes it."""
    ends_on = DayField(
        _("Last day"),
        validators=[InputRequired(_("Enter the last day."))],
        description=_("Once the campaign is opened, you extend or close it instead."),
    )
    contact_email = EmailField(
        _("Contact email"), description=_("Donors write here; the campaign’s pages and emails show it.")
    )
    sender_name: SenderNameField | None = SenderNameField(
        _("Sender of emails"),
        maximum=MAX_SENDER_NAME,
        languages=languages_of_campaign,
        description=_("The name that donors see as the sender. Empty: the organisation’s name."),
    )
    button_colour = ColourField(
        _("Colour of buttons"), description=_("Like #8c1c2b. Empty: the organisation’s colour.")
    )
    link_colour = ColourField(_("Colour of links"), description=_("Like #27375f. Empty: the organisation’s colour."))
    series = StringField(
        _("Prefix of receipt numbers"),
        filters=[capitals],
        validators=[DataRequired(_("Enter a prefix.")), Length(max=8, message=TOO_LONG)],
        description=_("Two to eight Latin letters: LIB gives LIB-2026-000001. Fixed once a receipt exists."),
    )
    fee_bearer = SelectField(
        _("Who pays the provider’s fee"),
        choices=[
            SelectChoice(FeeBearer.FUND.value, _("The gift’s own purpose")),
            SelectChoice(FeeBearer.GENERAL.value, _("The general fund, so that a gift for a purpose arrives in full")),
        ],
    )

    def validate_slug(self, field: StringField) -> None:
        _require(check_slug, field.data)

    def validate_series(self, field: StringField) -> None:
        _require(check_series, field.data)

    def validate_ends_on(self, field: DayField) -> None:
        if not (self.starts_on.errors or field.errors):
            _require(check_days, self.starts_on.data, field.data)

    def validate_goal(self, field: AmountField) -> None:
        if not self.currency.errors:
            field.read(self.currency.data)

    def validate_name(self, field: TextsField) -> None:
        if not field.data:
            raise StopValidation(gettext("Enter a name in at least one language."))

    @property
    def settings(self) -> CampaignSettings:
        """The valid form as settings."""
        return CampaignSettings(
            name=self.name.data,
            slug=self.slug.data,
            currency=self.currency.data,
            goal_minor=self.goal.money.minor,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            contact_email=self.contact_email.data,
            series=self.series.data,
            fee_bearer=FeeBearer(self.fee_bearer.data),
            button_colour=self.button_colour.data,
            link_colour=self.link_colour.data,
            sender_name=self.sender_name.data if self.sender_name is not None else {},
        )


class NewCampaignForm(SettingsForm):
    """The settings of a campaign that is to be created, in the languages of the interface."""

    name = TextsField(
        lazy_pgettext("fund", "Name"),
        maximum=MAX_CAMPAIGN_NAME,
        languages=languages_of_interface,
        description=_("The campaign has the languages in which you give it a name."),
    )
    sender_name = None
    """Named later, in the settings; until then emails leave in the organisation's name."""
