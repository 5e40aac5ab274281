"""The form of a consent: who agreed to be shown, what for, until when, and where the proof is."""

from datetime import date

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from campaign.blueprints.admin.forms import CreationForm, DayField, LongTextField, VersionedForm
from campaign.blueprints.admin.pictures.words import CONSENT_FORMS
from campaign.domain.consent import MAX_PERSON, MAX_STORED_AT
from campaign.domain.consent_file import MAX_FILES
from campaign.domain.form_version import version_of
from campaign.domain.identity import derived_public_id
from campaign.domain.typed_text import one_line
from campaign.i18n import LANGUAGES
from campaign.services.pictures.consent_checks import ConsentUpload
from campaign.services.pictures.consents import ConsentFacts
from campaign.web.form_fields import TOO_LONG


class ConsentEntryForm(CreationForm, VersionedForm):
    """A consent as recorded by staff; `form_id` is the public id of a new one."""

    person = StringField(
        lazy_gettext("Who agreed"),
        description=lazy_gettext("Their full name; of a child, also the parent who agreed. Only staff see it."),
        filters=[one_line],
        validators=[DataRequired(lazy_gettext("Enter a name.")), Length(max=MAX_PERSON, message=TOO_LONG)],
    )
    purpose = LongTextField(
        lazy_gettext("What they agreed to"),
        description=lazy_gettext("Such as: a photo of the workshop, on the campaign page and in updates"),
        sentence=lazy_gettext("Say what they agreed to."),
    )
    way = RadioField(
        lazy_gettext("How they agreed"),
        choices=[SelectChoice(value, label) for value, label in CONSENT_FORMS.items()],
        validate_choice=False,
    )
    language = SelectField(lazy_gettext("In which language it was explained"), choices=[], validate_choice=False)
    stored_at = StringField(
        lazy_gettext("Where the paper or the recording is"),
        filters=[one_line],
        validators=[DataRequired(lazy_gettext("Say where it is.")), Length(max=MAX_STORED_AT, message=TOO_LONG)],
    )
    file = MultipleFileField(
        lazy_gettext("Scan or recording"),
        description=lazy_gettext(
            "The signed paper as PDF, JPEG, PNG or HEIC, or the recorded voice as M4A, AAC, MP3, OGG, WAV or AMR; at most 25 MB "
            "together. Only campaign staff can open it."
        ),
    )
    given_on = DayField(
        lazy_gettext("Day on which they agreed"),
        validators=[DataRequired(lazy_gettext("Enter a day, like 2026-12-31."))],
    )
    valid_until = DayField(
        lazy_gettext("Last day"),
        description=lazy_gettext("Leave it empty if they set no end. They can withdraw it at any time."),
        validators=[Optional()],
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Whether all fields are valid, the two lists included."""
        is_valid = bool(super().validate(extra_validators))
        if self.way.data not in CONSENT_FORMS:
            self.refuse("way", _("Choose how they agreed."))
            is_valid = False
        if self.language.data not in LANGUAGES:
            self.refuse("language", _("Choose one of the listed languages."))
            is_valid = False
        return is_valid

    @property
    def is_begun(self) -> bool:
        """Whether something was typed that a consent needs and that has no usual value."""
        return any(field.data for field in (self.person, self.purpose, self.stored_at, self.way))

    @property
    def uploads(self) -> list[ConsentUpload]:
        """The chosen files; each has its id by the form, so that a form sent twice attaches it once."""
        files: list[FileStorage] = [file for file in request.files.getlist(self.file.name) if file.filename]
        return [
            ConsentUpload(
                public_id=derived_public_id(self.new_id, number), name=file.filename or "", data=file.stream.read()
            )
            for number, file in enumerate(files[: MAX_FILES + 1])
        ]

    @property
    def facts(self) -> ConsentFacts:
        """What a valid form says."""
        return ConsentFacts(
            person=self.person.data,
            purpose=self.purpose.data,
            form=self.way.data,
            language=self.language.data,
            stored_at=self.stored_at.data,
            given_on=self.given_on.data,
            valid_until=self.valid_until.data,
        )


def consent_form(
    facts: ConsentFacts | None = None, *, today: date | None = None, is_sent: bool = True, prefix: str = ""
) -> ConsentEntryForm:
    """Return the form with these facts in it, or with what was typed where it was sent and that is to be read.

    Args:
        facts: What is recorded.
        today: The day of a new consent.
        is_sent: Whether what was sent is read.
        prefix: How its names begin where it is a part of another form.
    """
    names = ("person", "purpose", "language", "stored_at", "given_on", "valid_until")
    data = {**{name: getattr(facts, name) for name in names}, "way": facts.form} if facts else {"given_on": today}
    data |= {"version": version_of(facts)} if facts else {}
    unsent = {} if is_sent else {"formdata": None}
    form = ConsentEntryForm(data=data, prefix=prefix, **unsent)
    form.language.choices = [SelectChoice(code, name) for code, name in LANGUAGES.items()]
    return form
