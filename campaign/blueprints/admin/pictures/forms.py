"""Forms of pictures: the file, and what staff say about it."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from campaign.blueprints.admin.forms import CreationForm, StaffForm
from campaign.domain.picture import FOCAL_STEPS, MAX_ALT, MAX_CREDIT, PictureFacts
from campaign.domain.typed_text import one_line
from campaign.i18n import LANGUAGES
from campaign.web.form_fields import TOO_LONG

MAX_REVISION_DIGITS = 9
MAX_FILES = 20
"""By one upload."""
YES, NO = "yes", "no"
FOCAL_POINTS = tuple(f"{x}-{y}" for y in FOCAL_STEPS for x in FOCAL_STEPS)


class PictureRevisionForm(StaffForm):
    """A form about a picture as the person has read it."""

    revision = HiddenField(default="0")

    @property
    def revision_read(self) -> int:
        """The revision that the form was shown with; what cannot be read is older than any."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_REVISION_DIGITS else -1


class UploadForm(PictureRevisionForm, CreationForm):
    """The file of a picture; `form_id` is the public id of a new one, so that a form sent twice makes one picture."""

    part = HiddenField(default="0")
    """Which of the chosen files is sent, where a script sends one at a time."""
    file = StringField(
        lazy_gettext("Picture"),
        description=lazy_gettext("JPEG, PNG, WebP or HEIC, of at most 25 MB. Place and time of the shot are removed."),
    )

    @property
    def first_part(self) -> int:
        """The number of the first file that is sent."""
        text = self.part.data or ""
        return int(text) if text.isascii() and text.isdigit() and int(text[:3]) < MAX_FILES else 0

    @property
    def uploaded(self) -> list[FileStorage]:
        """The chosen files; an error beside the field where there is none or too many."""
        files = [file for file in request.files.getlist("file") if file.filename]
        if not files:
            self.refuse("file", _("Choose a file."))
        if len(files) > MAX_FILES:
            self.refuse("file", _("Choose at most %(most)s files at a time.", most=MAX_FILES))
            return []
        return files


class PictureForm(PictureRevisionForm):
    """What staff say about a picture. The class is made by `picture_form`, with a field for each language."""

    is_decorative = BooleanField(lazy_gettext("Decorative: it adds nothing to the text, and screen readers skip it"))
    credit = StringField(
        lazy_pgettext("picture", "Credit"),
        description=lazy_gettext("Who took it, such as: Photo: Aida Sultanova"),
        filters=[one_line],
        validators=[Length(max=MAX_CREDIT, message=TOO_LONG)],
    )
    focal = RadioField(
        lazy_gettext("Most important point"),
        choices=[SelectChoice(point) for point in FOCAL_POINTS],
        validate_choice=False,
    )
    people = RadioField(
        lazy_gettext("Can people be recognised on it?"),
        choices=[SelectChoice(YES), SelectChoice(NO)],
        validate_choice=False,
    )
    consents = SelectMultipleField(lazy_gettext("Consents of the people on it"), choices=[], validate_choice=False)
    place = SelectField(lazy_gettext("Show it in"), choices=[], validate_choice=False, default="", id="new-place")
    then = HiddenField(default="")

    @property
    def texts(self) -> list[tuple[str, Field]]:
        """(language, field) of each alternative text."""
        return [(code, self[f"alt_{code}"]) for code in LANGUAGES]

    @property
    def facts(self) -> PictureFacts:
        point = self.focal.data if self.focal.data in FOCAL_POINTS else "50-50"
        x, y = map(int, point.split("-"))
        return PictureFacts(
            alt={code: field.data for code, field in self.texts if field.data},
            is_decorative=bool(self.is_decorative.data),
            credit=self.credit.data or "",
            focal_x=x,
            focal_y=y,
            shows_people={YES: True, NO: False}.get(self.people.data),
        )

    @property
    def chosen_consents(self) -> frozenset[str]:
        return frozenset(self.consents.data or ()) if self.people.data == YES else frozenset()


@cache
def _picture_form_class(languages: tuple[str, ...]) -> type[PictureForm]:
    fields: dict[str, Any] = {
        f"alt_{code}": StringField(
            lazy_gettext("What it shows"), filters=[one_line], validators=[Length(max=MAX_ALT, message=TOO_LONG)]
        )
        for code in languages
    }
    return type("PictureForm", (PictureForm,), fields)


def picture_form(facts: PictureFacts | None = None, *, revision: int = 0, consents: Iterable[str] = ()) -> PictureForm:
    """Return the form with these facts in it, or with what was typed where it was sent."""
    data: dict[str, object] = {"revision": str(revision), "consents": list(consents)}
    if facts is not None:
        data |= {f"alt_{code}": text for code, text in facts.alt.items()}
        data |= {"is_decorative": facts.is_decorative, "credit": facts.credit}
        data |= {"focal": f"{facts.focal_x}-{facts.focal_y}"}
        data |= {"people": "" if facts.shows_people is None else YES if facts.shows_people else NO}
    return _picture_form_class(tuple(LANGUAGES))(data=data)
