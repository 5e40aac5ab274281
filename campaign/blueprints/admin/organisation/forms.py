"""The form of the organisation, with its bounds and sentences."""

import re
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel.dates import get_month_names
from babel.numbers import format_decimal
from flask import g
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, StopValidation, ValidationError

from campaign.blueprints.admin.forms import StaffForm, VersionedForm
from campaign.domain.brand import READABLE, LowContrast, NotAColour, read_colour
from campaign.domain.typed_text import one_line, paragraphs
from campaign.i18n import LANGUAGES, country_names, current_language
from campaign.languages import language_name
from campaign.services.campaigns.cards import all_campaigns
from campaign.services.organisation.profile import NAMES, OrganisationProfile
from campaign.web.form_fields import TOO_LONG, EmailField

MAX_NAME = 120
MAX_ADDRESS = 300
MAX_FOOTER = 600
MAX_LINKS = 10
MAX_LINK = 300
LISTED = lazy_gettext("Choose one of the listed values.")
SAY_IN_A_LANGUAGE = lazy_gettext("Fill this in for at least one language.")


def languages_of_site() -> dict[str, str]:
    """Return the languages of the interface and those of every campaign, with their names in themselves."""
    if "languages_of_site" not in g:
        codes = [*LANGUAGES, *(code for card in all_campaigns() for code in card.languages)]
        g.languages_of_site = {code: language_name(code) for code in codes}
    languages: dict[str, str] = g.languages_of_site
    return languages


class LocalizedField(Field):  # type: ignore[misc]  # WTForms is untyped
    """A text in each language of the site: one input per language, named `field-en`, `field-ru`, and so on.

    Attributes:
        data: Language → text, without empty ones.
        is_required: Whether at least one language must have the text.
        is_optional: Whether nothing lacks without it, which the page says.
        max_length: Characters of one text.
        rows: Lines of the input; None for a text on one line.
        languages: Code of each language → its name.
    """

    data: dict[str, str]

    def __init__(
        self,
        label: LazyString | None = None,
        *,
        max_length: int = MAX_NAME,
        is_required: bool = False,
        is_optional: bool = False,
        rows: int | None = None,
        **settings: Any,  # as WTForms types them
    ) -> None:
        super().__init__(label, **settings)
        self.max_length, self.rows, self.languages = max_length, rows, languages_of_site()
        self.is_required, self.is_optional = is_required, is_optional
        self.data: dict[str, str] = {}
        self.errors_by_language: dict[str, str] = {}
        self.id = f"{self.name}-{next(iter(LANGUAGES))}"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002  # WTForms' signature
        """Take the texts that were typed, or those that the form starts with."""
        texts = dict(data or {})
        if formdata:
            clean = paragraphs if self.rows else one_line
            typed = {language: clean(formdata.get(f"{self.name}-{language}", "")) for language in self.languages}
            texts = {**texts, **typed}
        self.data = {language: text for language, text in texts.items() if text}
        self.errors: list[str] = []
        self.process_errors: list[str] = []

    def pre_validate(self, form: StaffForm) -> None:  # noqa: ARG002  # WTForms' signature
        too_long = [language for language, text in self.data.items() if len(text) > self.max_length]
        sentence = str(TOO_LONG) % {"max": self.max_length}
        self.errors_by_language = dict.fromkeys(too_long, sentence)
        if self.is_required and not self.data:
            self.errors_by_language = {next(iter(LANGUAGES)): str(SAY_IN_A_LANGUAGE)}
            raise StopValidation(str(SAY_IN_A_LANGUAGE))
        if too_long:
            raise StopValidation(sentence)

    def text_in(self, language: str) -> str:
        """Return what the input of this language shows."""
        return self.data.get(language, "")


class ColourField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """A colour like #8c1c2b that can be read on the pages; empty for the colours that the site comes with."""

    def pre_validate(self, form: StaffForm) -> None:  # noqa: ARG002  # WTForms' signature
        self.data: str | None = one_line(self.data)[:20] or None
        if self.data is None:
            return
        try:
            self.data = read_colour(self.data)
        except NotAColour:
            raise StopValidation(
                _("Enter a colour like #8c1c2b: a number sign and six digits or letters a to f.")
            ) from None
        except LowContrast as error:
            raise StopValidation(
                _(
                    "This colour is too light to read on the page: its contrast is %(contrast)s to 1, and %(needed)s is "
                    "needed. Choose a darker one.",
                    contrast=_one_decimal(error.contrast),
                    needed=_one_decimal(READABLE),
                )
            ) from None


class OptionalEmailField(EmailField):
    """An email address that may be left out."""

    is_optional = True


class OrganisationForm(VersionedForm):
    """Who runs this installation; `version` is the revision that the form was filled in over."""

    legal_name = LocalizedField(
        lazy_gettext("Legal name"),
        is_required=True,
        description=lazy_gettext("As it is registered. Receipts print it."),
    )
    short_name = LocalizedField(
        lazy_gettext("Short name"),
        is_optional=True,
        description=lazy_gettext("As people call you: in page headers and emails."),
    )
    address = LocalizedField(
        lazy_gettext("Address"), max_length=MAX_ADDRESS, rows=2, description=lazy_gettext("Receipts print it.")
    )
    place = LocalizedField(lazy_gettext("Town"), description=lazy_gettext("Where receipts are issued."))
    registration = LocalizedField(
        lazy_gettext("Registration"),
        max_length=MAX_ADDRESS,
        description=lazy_gettext("The number and the register. Receipts print it."),
    )
    country = SelectField(lazy_gettext("Country"), invalid_choice_message=LISTED)
    time_zone = SelectField(
        lazy_gettext("Time zone"),
        invalid_choice_message=LISTED,
        description=lazy_gettext("A campaign begins and ends at midnight of this time, and the books use its days."),
    )
    fiscal_month = SelectField(
        lazy_gettext("First month of the fiscal year"), coerce=int, invalid_choice_message=LISTED
    )
    contact_email = EmailField(lazy_gettext("Contact email"), description=lazy_gettext("Shown on the site."))
    reply_to = OptionalEmailField(
        lazy_gettext("Reply-To address"),
        description=lazy_gettext("Where answers to emails go. Empty: to the campaign’s contact address."),
    )
    signatory = LocalizedField(
        lazy_gettext("Name of the signatory"),
        is_optional=True,
        description=lazy_gettext("Who signs receipts. Empty: receipts say that they are issued electronically."),
    )
    signatory_role = LocalizedField(lazy_gettext("Role of the signatory"), is_optional=True)
    footer = LocalizedField(
        lazy_gettext("Legal footer"),
        is_optional=True,
        max_length=MAX_FOOTER,
        rows=3,
        description=lazy_gettext("Stands below every page and email."),
    )
    links = TextAreaField(
        lazy_gettext("Public links"),
        filters=[paragraphs],
        validators=[Length(max=MAX_LINKS * MAX_LINK, message=TOO_LONG)],
        description=lazy_gettext("Your site and pages elsewhere: one address per line, beginning with https://."),
    )
    button_colour = ColourField(
        lazy_gettext("Colour of buttons"), description=lazy_gettext("Like #8c1c2b. Empty: the standard colour.")
    )
    link_colour = ColourField(
        lazy_gettext("Colour of links"), description=lazy_gettext("Like #27375f. Empty: the standard colour.")
    )

    def __init__(self, profile: OrganisationProfile, *, is_time_zone_fixed: bool, **settings: Any) -> None:
        data = {name: getattr(profile, name) for name in NAMES}
        data |= {"links": "\n".join(profile.links), "version": str(profile.revision)}
        super().__init__(
            data={**data, "country": profile.country or "", "time_zone": profile.time_zone or ""}, **settings
        )
        self._before = profile
        self.is_time_zone_fixed = is_time_zone_fixed
        self.country.choices = [SelectChoice("", _("Not chosen")), *_countries()]
        self.time_zone.choices = [SelectChoice("", _("As the server is set")), *_time_zones()]
        months = get_month_names("wide", context="stand-alone", locale=current_language())
        self.fiscal_month.choices = [SelectChoice(number, name) for number, name in months.items()]
        if is_time_zone_fixed:
            self.time_zone.data = profile.time_zone or ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The links, one per line that is not empty."""
        return tuple(line.strip() for line in (self.links.data or "").split("\n") if line.strip())

    def validate_links(self, _field: TextAreaField) -> None:
        """Refuse links that lead to no public site, and too many."""
        if len(self.addresses) > MAX_LINKS:
            raise ValidationError(_("Give at most %(max)d links.", max=MAX_LINKS))
        for address in self.addresses:
            if not _is_public_link(address):
                raise ValidationError(
                    _("“%(link)s” is not an address that begins with https://. Correct it.", link=address[:60])
                )

    def profile(self) -> OrganisationProfile:
        """Return the profile as it was typed."""
        values = {name: self[name].data for name in NAMES if name != "links"}
        values |= {name: values[name] or None for name in ("country", "time_zone", "button_colour", "link_colour")}
        values["reply_to"] = values["reply_to"] or ""
        revision = self.version.data or ""
        return OrganisationProfile(
            **values, links=self.addresses, revision=int(revision) if re.fullmatch(r"\d{1,9}", revision) else -1
        )


def _one_decimal(value: float) -> str:
    return format_decimal(value, format="0.0", locale=current_language())


def _is_public_link(address: str) -> bool:
    if len(address) > MAX_LINK or re.search(r"[\s<>\"'\\]", address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in (parts.hostname or "") and not parts.username


def _countries() -> list[SelectChoice]:
    """Countries by their names in the reader's language; CLDR's other territories are no countries."""
    names = country_names()
    countries = {
        code: name for code, name in names.items() if re.fullmatch("[A-Z]{2}", code) and code not in NO_COUNTRIES
    }
    return [SelectChoice(code, name) for code, name in sorted(countries.items(), key=lambda item: item[1])]


NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})


def _time_zones() -> list[SelectChoice]:
    zones = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return [SelectChoice(name, name.replace("_", " ")) for name in ["UTC", *zones]]
