"""What the page of the field mode sends: an entry, and a picture of it."""

from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, Regexp

from campaign.blueprints.admin.forms import StaffForm
from campaign.domain.identity import LENGTH, is_public_id
from campaign.domain.news import MAX_BODY, MAX_TITLE
from campaign.domain.target_state import MAX_REPORT
from campaign.domain.typed_text import markdown_source, one_line
from campaign.services.field.entries import MAX_ENTRY_PICTURES, EventReport
from campaign.web.form_fields import TOO_LONG

MAX_PEOPLE = 100_000
PUBLIC_ID = Regexp(rf"^[a-z0-9]{{{LENGTH}}}$")


class PeopleCountField(IntegerField):  # type: ignore[misc]  # WTForms is untyped
    """A number of people, or nothing."""

    def __init__(self, label: LazyString, **settings: Any) -> None:  # as WTForms types them
        super().__init__(label, validators=[Optional(), NumberRange(0, MAX_PEOPLE)], **settings)


class FieldPartForm(StaffForm):
    """What each part of an entry says: whose it is, and for which campaign."""

    id = HiddenField(default="", validators=[PUBLIC_ID])
    campaign = HiddenField(default="")
    person = HiddenField(default="")

    @property
    def has_id(self) -> bool:
        return is_public_id(self.id.data or "")


class FieldEntryForm(FieldPartForm):
    """An entry."""

    language = HiddenField(default="")
    event = HiddenField(default="")
    pictures = HiddenField(default="", validators=[Length(max=(LENGTH + 1) * MAX_ENTRY_PICTURES)])
    title = StringField(lazy_gettext("Title"), filters=[one_line], validators=[Length(max=MAX_TITLE, message=TOO_LONG)])
    body = TextAreaField(
        lazy_gettext("Text"), filters=[markdown_source], validators=[Length(max=MAX_BODY, message=TOO_LONG)]
    )
    came = PeopleCountField(lazy_gettext("People who came"))
    women = PeopleCountField(lazy_gettext("Women"))
    first_time = PeopleCountField(lazy_gettext("First time"))
    lesson = TextAreaField(
        lazy_gettext("What we learned"),
        filters=[markdown_source],
        validators=[Length(max=MAX_REPORT, message=TOO_LONG)],
    )
    cost = TextAreaField(
        lazy_gettext("What it cost"), filters=[markdown_source], validators=[Length(max=MAX_REPORT, message=TOO_LONG)]
    )

    @property
    def picture_ids(self) -> tuple[str, ...]:
        return tuple(name for name in (self.pictures.data or "").split() if is_public_id(name))

    @property
    def report(self) -> EventReport:
        return EventReport(
            came=self.came.data,
            women=self.women.data,
            first_time=self.first_time.data,
            lesson=self.lesson.data or "",
            cost=self.cost.data or "",
        )

    @property
    def sentence(self) -> str:
        """What is wrong with an invalid form."""
        named = [f"{field.label.text}: {field.errors[0]}" for field in self if field.errors and field.label]
        return " ".join(named) or str(_("We could not read this. Open it and send it again."))
