"""Forms about donors: a note, a tag, a segment, a merge, a soft credit."""

from urllib.parse import parse_qsl

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length

from campaign.blueprints.admin.donors.words import CREDITS
from campaign.blueprints.admin.filters import ListFilters
from campaign.blueprints.admin.forms import CreationForm, StaffForm
from campaign.domain.folding import fold
from campaign.domain.typed_text import one_line, paragraphs
from campaign.services.donors.notes import MAX_NOTE
from campaign.services.donors.segments import MAX_NAME
from campaign.services.donors.tags import MAX_TAG
from campaign.web.form_fields import TOO_LONG, EmailField

MAX_QUERY = 2000
"""Characters of the address of a filtered list."""
HAS_NO_LETTER = _("Use at least one letter or digit.")


class NoteForm(CreationForm):
    """A note about a donor."""

    text = TextAreaField(
        _("New note"),
        description=_(
            "Only staff of this campaign read notes; the donor gets them with their data. Write nothing about "
            "health, religion, origin, politics or private life."
        ),
        filters=[paragraphs],
        validators=[DataRequired(_("Write the note.")), Length(max=MAX_NOTE, message=TOO_LONG)],
    )


class TagForm(StaffForm):
    """A tag of a donor."""

    tag = StringField(
        _("Add a tag"),
        filters=[one_line],
        validators=[DataRequired(_("Enter a tag.")), Length(max=MAX_TAG, message=TOO_LONG)],
    )

    def validate_tag(self, field: StringField) -> None:
        if not fold(field.data):
            raise ValidationError(HAS_NO_LETTER)


class SegmentNameForm(CreationForm):
    """The name of a segment."""

    name = StringField(
        _("Name of the segment"),
        filters=[one_line],
        validators=[DataRequired(_("Enter a name.")), Length(max=MAX_NAME, message=TOO_LONG)],
    )

    def validate_name(self, field: StringField) -> None:
        if not fold(field.data):
            raise ValidationError(HAS_NO_LETTER)


class SegmentForm(SegmentNameForm):
    """A segment: a name for the filters of the list, which come along as its address has them."""

    query = HiddenField(validators=[Length(max=MAX_QUERY, message=TOO_LONG)])

    @property
    def filters(self) -> ListFilters:
        """The filters of the list from which the form was sent."""
        return ListFilters(dict(parse_qsl((self.query.data or "").removeprefix("?"))))


class SegmentFiltersForm(StaffForm):
    """Other filters for a segment that there is."""

    query = HiddenField(validators=[Length(max=MAX_QUERY, message=TOO_LONG)])

    @property
    def filters(self) -> ListFilters:
        """The filters of the list from which the form was sent."""
        return ListFilters(dict(parse_qsl((self.query.data or "").removeprefix("?"))))


class MergeWithForm(StaffForm):
    """The address of the other donor."""

    email = EmailField(_("Email address of the other donor"))


class MergeForm(CreationForm):
    """A merge as the preview shows it; `form_id` becomes its public id."""

    other = HiddenField(validators=[DataRequired(), Length(max=16)])


class CreditForm(CreationForm):
    """Whom a gift is credited to besides its donor."""

    email = EmailField(_("Email address of the person or organisation"))
    kind = RadioField(
        _("What part they have in it"),
        choices=[SelectChoice(str(kind), word) for kind, word in CREDITS.items()],
        validate_choice=False,
        validators=[AnyOf(list(CREDITS), message=_("Choose what part they have."))],
    )
