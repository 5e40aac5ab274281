"""Forms of updates: the texts in all languages side by side, and when an update is published."""

from collections.abc import Mapping
from datetime import datetime
from datetime import time as clock_time
from functools import cache
from typing import Any, ClassVar, NamedTuple, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, StopValidation

from campaign.blueprints.admin.forms import DayField, LongTextField, StaffForm
from campaign.blueprints.admin.texts.words import bad_link_in_words
from campaign.days import local_moment
from campaign.domain.identity import is_public_id, new_public_id
from campaign.domain.news import MAX_AUTHOR, MAX_BODY, MAX_TITLE, UpdateIncomplete, UpdateText
from campaign.domain.typed_text import markdown_source, one_line
from campaign.languages import language_name
from campaign.services.news.writing import UNWRITTEN, SaveOrder
from campaign.web.form_fields import TOO_LONG

NOW, LATER = "now", "later"
PUBLISH, SCHEDULE = "publish", "schedule"
"""What may follow the saving of an update."""
MAX_REVISION_DIGITS = 9


class LanguageFields(NamedTuple):
    """The fields of one language."""

    language: str
    name: str
    title: Field
    body: Field
    author: Field

    @property
    def is_missing(self) -> bool:
        """Whether this language has neither a title nor a text."""
        return not (self.title.data or self.body.data)


class RevisionForm(StaffForm):
    """A form about an update as the person has read it."""

    revision = HiddenField(default=str(UNWRITTEN))

    @property
    def revision_read(self) -> int:
        """The revision that the form was shown with; what cannot be read is older than any."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_REVISION_DIGITS else -1


class UpdateForm(RevisionForm):
    """What an update says in each language. The class is made by `update_form_class`, with the fields of the languages."""

    languages: ClassVar[tuple[str, ...]]
    form_id = HiddenField(default=new_public_id)
    """The update's public id: a form that is sent twice makes one update."""
    then = HiddenField(default="")
    """What follows the saving: publish, schedule, or nothing."""
    emailed = BooleanField()

    @property
    def by_language(self) -> list[LanguageFields]:
        return [
            LanguageFields(code, language_name(code), *(self[f"{part}_{code}"] for part in ("title", "body", "author")))
            for code in self.languages
        ]

    @property
    def update_id(self) -> str:
        """The id that came with the form, or a new one for a form that is none of ours."""
        if not is_public_id(self.form_id.data or ""):
            self.form_id.data = new_public_id()
        return cast(str, self.form_id.data)

    @property
    def text(self) -> UpdateText:
        fields = self.by_language
        return UpdateText(
            title={each.language: each.title.data or "" for each in fields},
            body={each.language: each.body.data or "" for each in fields},
            author={each.language: each.author.data or "" for each in fields},
        ).filled()

    def refuse_halves(self, error: UpdateIncomplete) -> None:
        """Say beside its field what each incomplete language lacks."""
        for each in self.by_language:
            if each.language in error.languages:
                if each.title.data:
                    self.refuse(each.body.name, _("Write the text, or remove the title."))
                else:
                    self.refuse(each.title.name, _("Write a title, or remove the text."))

    def refuse_links(self, links: Mapping[str, str]) -> None:
        """Name beside each text the link that leads nowhere."""
        for each in self.by_language:
            if each.language in links:
                self.refuse(each.body.name, bad_link_in_words(links[each.language]))

    def order(self, public_id: str, *, campaign_id: int, actor_id: int) -> SaveOrder:
        """Return what is to be saved of an update, and by whom."""
        return SaveOrder(
            campaign_id=campaign_id, public_id=public_id, revision=self.revision_read, text=self.text, actor_id=actor_id
        )


@cache
def update_form_class(languages: tuple[str, ...]) -> type[UpdateForm]:
    """Return the form for these languages."""
    fields: dict[str, Any] = {"languages": languages}
    for code in languages:
        fields[f"title_{code}"] = StringField(
            lazy_gettext("Title"), filters=[one_line], validators=[Length(max=MAX_TITLE, message=TOO_LONG)]
        )
        fields[f"body_{code}"] = TextAreaField(
            lazy_gettext("Text"), filters=[markdown_source], validators=[Length(max=MAX_BODY, message=TOO_LONG)]
        )
        fields[f"author_{code}"] = StringField(
            lazy_gettext("Author"), filters=[one_line], validators=[Length(max=MAX_AUTHOR, message=TOO_LONG)]
        )
    return type("UpdateForm", (UpdateForm,), fields)


def update_form(
    languages: tuple[str, ...],
    text: UpdateText | None = None,
    *,
    revision: int = UNWRITTEN,
    author: Mapping[str, str] | None = None,
) -> UpdateForm:
    """Return the form with a text in it, or with what was typed where it was sent."""
    parts = {"title": text.title, "body": text.body, "author": text.author} if text else {"author": author or {}}
    data = {f"{part}_{code}": words for part, texts in parts.items() for code, words in texts.items()}
    return update_form_class(languages)(data={**data, "revision": str(revision)})


class TimeOfDayField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """A time as HH:MM, as browsers send it."""

    data: str
    read: clock_time | None = None

    def pre_validate(self, form: StaffForm) -> None:  # noqa: ARG002  # WTForms' signature
        try:
            self.read = clock_time.fromisoformat((self.data or "").strip()).replace(
                second=0, microsecond=0, tzinfo=None
            )
        except ValueError:
            raise StopValidation(_("Enter a time, like 14:30.")) from None


class PublishForm(RevisionForm):
    """Publish now, or on a day at a time."""

    when = RadioField(
        lazy_gettext("When"),
        choices=[SelectChoice(NOW, lazy_gettext("Now")), SelectChoice(LATER, lazy_gettext("Later, automatically"))],
        default=NOW,
        validate_choice=False,
    )
    day = DayField(lazy_gettext("Day"), validators=[Optional()])
    time = TimeOfDayField(lazy_gettext("Time"))
    emailed = BooleanField(lazy_gettext("Also send it by email"))

    @property
    def is_now(self) -> bool:
        return bool(self.when.data == NOW)

    def validate(self, extra_validators: Any = None) -> bool:  # as WTForms types it
        """Read day and time only where they count."""
        if self.is_now:
            return True
        is_valid = bool(super().validate(extra_validators))
        if self.when.data != LATER:
            self.refuse("when", _("Choose when to publish it."))
            return False
        if self.day.data is None and not self.day.errors:
            self.refuse("day", _("Enter a day, like 2026-12-31."))
            return False
        return is_valid

    @property
    def moment(self) -> datetime:
        """The moment of a valid form that says later."""
        return local_moment(self.day.data, cast(clock_time, self.time.read))


class WithdrawForm(RevisionForm):
    """Why an update is withdrawn."""

    reason = LongTextField(
        lazy_gettext("Reason"), description=lazy_gettext("For the audit trail. It is not published.")
    )
