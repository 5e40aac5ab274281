"""The form of an email to a segment: what it is about, and its text in each language."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from campaign.blueprints.admin import words
from campaign.blueprints.admin.donors.words import MAIL_PURPOSES
from campaign.blueprints.admin.forms import PreviewedForm
from campaign.blueprints.admin.texts_field import TextsField
from campaign.domain.segment_mailing import MAX_BODY, MAX_TITLE, MailingIncomplete, check_texts


class SegmentMailForm(PreviewedForm):
    """An email to those of a segment who have agreed to emails of its kind."""

    main_field = "purpose"

    purpose = RadioField(
        _("What it is"),
        choices=[SelectChoice(str(purpose), word) for purpose, word in MAIL_PURPOSES.items()],
        validate_choice=False,
        validators=[AnyOf(list(MAIL_PURPOSES), message=_("Choose what the email is."))],
    )
    title = TextsField(_("Subject"), maximum=MAX_TITLE)
    body = TextsField(_("Text"), maximum=MAX_BODY, rows=8, is_markdown=True, description=_("Markdown, as in updates."))

    def validate(self, extra_validators: Any = None) -> bool:  # as WTForms types it
        """Whether all fields are valid, and each language with a subject has a text."""
        if not super().validate(extra_validators):
            return False
        try:
            check_texts(self.title.data, self.body.data)
        except MailingIncomplete as error:
            self.refuse("title", words.sentence_of(error))
            return False
        return True

    @property
    def values(self) -> list[tuple[str, str]]:
        """(name, text) of each input, for the page that sends the form once more."""
        texts = [
            (field.name_in(code), field.data.get(code, ""))
            for field in (self.title, self.body)
            for code in field.languages
        ]
        return [("form_id", self.form_id.data or ""), ("purpose", self.purpose.data or ""), *texts]
