"""The languages that the pages of a campaign offer: added with what is missing then, removed after a question."""

from collections.abc import Iterable
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, StopValidation

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.forms import VersionedForm
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.texts.words import DOCUMENT_NAMES
from campaign.domain.errors import DomainError
from campaign.domain.form_version import ChangedMeanwhile, version_of
from campaign.domain.typed_text import one_line
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES
from campaign.languages import UnknownLanguage, language_facts, language_name
from campaign.services.campaigns.languages import change_languages
from campaign.services.content.listing import documents_of
from campaign.web.form_fields import TOO_LONG


def _small(text: str | None) -> str:
    return one_line(text).lower()


class LanguagesForm(VersionedForm):
    """The languages besides the default one, and another one by its code."""

    offered = SelectMultipleField(lazy_gettext("Languages"), validate_choice=False)
    added = StringField(
        lazy_gettext("Another language"),
        filters=[_small],
        validators=[Length(max=3, message=TOO_LONG)],
        description=lazy_gettext(
            "Its ISO 639 code, like uz or de. Buttons and emails are then in another language where the interface lacks it."
        ),
    )
    agreed = BooleanField(lazy_gettext("Yes, remove it from the pages"))

    def __init__(self, present: Iterable[str], **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        self.default, *others = present
        known = dict.fromkeys([*others, *LANGUAGES])
        self.offered.choices = [SelectChoice(code, language_name(code)) for code in known if code != self.default]

    def validate_added(self, field: StringField) -> None:
        if field.data:
            try:
                language_facts(field.data)
            except UnknownLanguage:
                raise StopValidation(_("This is no language code. Enter one like uz or de.")) from None

    @property
    def codes(self) -> list[str]:
        """The default language and all others, as the valid form has them."""
        known = {choice.value for choice in self.offered.choices}
        chosen = [code for code in self.offered.data or [] if code in known]
        return [self.default, *chosen, *([self.added.data] if self.added.data else [])]


@bp.get("/campaign/languages")
def campaign_languages() -> ResponseReturnValue:
    """The languages, with how many texts each lacks."""
    return _page(_stored())


@bp.post("/campaign/languages")
def save_campaign_languages() -> ResponseReturnValue:
    """Add and remove languages; one whose pages would disappear is asked about first."""
    here, form = campaign(), LanguagesForm(campaign().languages)
    if not form.validate():
        return _page(form), form.status
    removed = [language_name(code) for code in here.languages if code not in form.codes]
    if removed and not form.agreed.data:
        form.refuse("agreed", _("Agree below to remove: %(languages)s.", languages=", ".join(removed)))
        return _page(form, removed), form.status
    try:
        change_languages(
            here.id,
            form.codes,
            version=form.version.data,
            actor_id=person().id,
            clock=current_context().clock,
        )
    except ChangedMeanwhile:
        if form.conflicts_with(_stored()):
            return _page(form), form.status
    except DomainError as error:
        form.refuse("offered", words.sentence_of(error))
        return _page(form), form.status
    return done(_("The languages are saved."), "admin.campaign_languages")


def _stored() -> LanguagesForm:
    """Return the form with what is stored now."""
    present = list(campaign().languages)
    return LanguagesForm(present, formdata=None, data={"offered": present[1:], "version": version_of(present)})


def _page(form: LanguagesForm, removed: list[str] | None = None) -> str:
    documents = documents_of(campaign().id)
    missing = [
        (
            language_name(code),
            [(DOCUMENT_NAMES[row.name], row.missing[code]) for row in documents if row.missing.get(code)],
        )
        for code in campaign().languages
    ]
    return render_template(
        "admin/campaigns/languages.html",
        form=form,
        here=campaign(),
        default=language_name(form.default),
        missing=missing,
        removed=removed or [],
    )
