"""The form of a document, and that of its publication."""

from datetime import UTC, datetime, time
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Regexp

from campaign.blueprints.admin.forms import DayField, StaffForm
from campaign.days import time_zone
from campaign.domain.documents.drafts import with_row_added, with_row_moved, with_row_removed
from campaign.domain.documents.fields import Draft, FieldKind, specs
from campaign.domain.documents.form_names import draft_of_form
from campaign.domain.documents.merging import read_marks
from campaign.domain.identity import new_public_id
from campaign.domain.typed_text import one_line
from campaign.services.content.editing import DraftChange

CONFIRMED = "current."
"""Begins the name of the box that says that a translation is up to date."""
CHOICE, THEIRS = "choice.", "theirs"
"""Begins the name of the question which of two texts is to stay, and the answer that takes the colleague's."""


class DocumentForm(StaffForm):
    """Every text of a document in every language; what the fields are called is said by `domain/documents/form_names.py`."""

    base = HiddenField(default="")
    marks = HiddenField(default="")
    step = HiddenField(default="save")

    def draft(self, kind: type[Any], languages: tuple[str, ...]) -> Draft:
        """Return what was typed, after the button that was pressed has moved, added or removed a row."""
        draft = draft_of_form(kind, request.form, languages)
        act, _colon, rest = (self.step.data or "").partition(":")
        name, _colon, key = rest.partition(":")
        if name not in specs(kind) or specs(kind)[name].kind is not FieldKind.ROWS:
            return draft
        if act == "add":
            return with_row_added(kind, draft, name, new_public_id())
        if act == "remove":
            return with_row_removed(draft, name, key)
        return with_row_moved(draft, name, key, {"up": -1, "down": 1}.get(act, 0))

    def change(self, kind: type[Any], languages: tuple[str, ...], *, has_fixed_rows: bool = False) -> DraftChange:
        """Return what was typed, with the text that it began with."""
        confirmed = (
            name.removeprefix(CONFIRMED).rpartition(".") for name in request.form if name.startswith(CONFIRMED)
        )
        return DraftChange(
            draft=self.draft(kind, languages),
            base=self.base.data or "",
            marks=read_marks(self.marks.data or ""),
            chosen=frozenset(
                name.removeprefix(CHOICE)
                for name, choice in request.form.items()
                if name.startswith(CHOICE) and choice == THEIRS
            ),
            has_fixed_rows=has_fixed_rows,
            confirmed=frozenset((path, language) for path, _dot, language in confirmed),
        )

    @property
    def anchor(self) -> str | None:
        """The place on the page to go on from: the row that was moved, or the list that a row was added to."""
        act, _colon, rest = (self.step.data or "").partition(":")
        name, _colon, key = rest.partition(":")
        return {
            "up": f"row-{key}",
            "down": f"row-{key}",
            "drop": f"row-{key}",
            "add": f"end-{name}",
            "remove": f"list-{name}",
        }.get(act)


class PublicationForm(StaffForm):
    """The draft that the person has seen and decides about."""

    base = HiddenField(default="")


class ScheduleForm(PublicationForm):
    """When a draft is to be published, in the organisation's time."""

    day = DayField(_("Day"), validators=[InputRequired(_("Enter the day."))])
    at = StringField(
        _("Time, like 09:00"),
        filters=[one_line],
        validators=[Regexp(r"^([01]?\d|2[0-3]):[0-5]\d$", message=_("Enter a time, like 09:00."))],
    )

    @property
    def publish_at(self) -> datetime:
        """The moment of a valid form, in UTC."""
        hour, _colon, minute = self.at.data.partition(":")
        local = datetime.combine(self.day.data, time(int(hour), int(minute)), tzinfo=time_zone())
        return local.astimezone(UTC)


class UndoForm(StaffForm):
    """Which version is to be taken back."""

    number = HiddenField(default="", validators=[Regexp(r"^\d{1,9}$")])
