"""Forms of the staff pages: the classes that they extend, and the fields that several of them share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar, cast

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from wtforms import (
    DateField,
    Field,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectFieldBase,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, StopValidation

from campaign.blueprints.admin import words
from campaign.domain.calendar import day_as_typed
from campaign.domain.errors import DomainError, FormReused
from campaign.domain.identity import is_public_id, new_public_id
from campaign.domain.money import CURRENCIES, Money
from campaign.domain.typed_text import paragraphs
from campaign.i18n import day
from campaign.web.form_fields import TOO_LONG, PostedForm

MAX_TEXT = 500
MAX_NAME = 200
SAY_WHY = lazy_gettext("Say why.")
NOT_SENT_AGAIN = frozenset({"csrf_token", "step"})


class Step(StrEnum):
    """What the button of a form with a preview asks for."""

    PREVIEW = "preview"
    CONFIRM = "confirm"
    CHANGE = "change"


class StaffForm(PostedForm):
    """A form of a staff page; the guard checks its CSRF token before the view runs."""

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """(id of the input, sentence) for each error, in the order of the page."""
        return [mistake for field in self for mistake in _mistakes_of(field)]

    @property
    def status(self) -> int:
        """The status of the page that shows this form: 422 where it has errors."""
        return 422 if self.mistakes else 200

    @property
    def values(self) -> list[tuple[str, str]]:
        """(name, text) of each field, for a page that sends the form once more."""
        return [(field.name, shown_text(field)) for field in self if field.name not in NOT_SENT_AGAIN]

    def refuse(self, name: str, sentence: str) -> None:
        """Add an error to a field after validation."""
        self[name].errors = [*self[name].errors, sentence]


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field in which two people saved different things."""

    label: str
    saved: str
    typed: str


class VersionedForm(StaffForm):
    """A form that changes what exists; `version` names what was shown, so that nobody overwrites what they have not read.

    Attributes:
        differences: The fields in which somebody else saved something else meanwhile.
    """

    version = HiddenField(default="")
    differences: Sequence[FieldDifference] = ()

    def conflicts_with(self, saved: StaffForm) -> bool:
        """Whether somebody else saved something else; then the page shows it, and saved once more, this form replaces it.

        Args:
            saved: The same form with what is stored now.
        """
        self.differences = list(_differences(self, saved))
        self.version.data = saved["version"].data
        return bool(self.differences)

    @property
    def status(self) -> int:
        """The status of the page that shows this form: 409 where somebody else saved meanwhile."""
        return HTTPStatus.CONFLICT if self.differences else super().status


class CreationForm(StaffForm):
    """A form that adds something; `form_id` becomes its public id, so that a form sent twice adds one."""

    form_id = HiddenField(default=new_public_id)

    @property
    def new_id(self) -> str:
        """The id that came with the form, or a new one for a form that is none of ours."""
        if not is_public_id(self.form_id.data or ""):
            self.form_id.data = new_public_id()
        return cast(str, self.form_id.data)


class SingleUseForm(StaffForm):
    """A form that is carried out once, however often it is sent; `form_id` names the form that was shown."""

    form_id = HiddenField(default=new_public_id)
    main_field: ClassVar[str]
    """Where an error that concerns the whole form is shown."""

    def validate(self, extra_validators: Any = None) -> bool:  # as WTForms types it
        """Whether all fields are valid and the form is one of ours; another gets a new `form_id`."""
        is_valid = bool(super().validate(extra_validators))
        if is_public_id(self.form_id.data or ""):
            return is_valid
        self.form_id.data = new_public_id()
        self.refuse(
            self.main_field, _("We could not verify this form. Your entries are saved: check them and continue.")
        )
        return False

    def refuse_rule(self, error: DomainError, name: str | None = None) -> None:
        """Show the rule that a service found broken at a field; a form that was used before gets a new `form_id`."""
        if isinstance(error, FormReused):
            self.form_id.data = new_public_id()
        self.refuse(name or self.main_field, words.sentence_of(error))


class PreviewedForm(SingleUseForm):
    """A form whose effect is shown before it is confirmed."""

    step = HiddenField(default=Step.PREVIEW)

    @property
    def is_confirmed(self) -> bool:
        return bool(self.step.data == Step.CONFIRM)

    @property
    def is_ready(self) -> bool:
        """Whether the form is valid and the person does not want to change it."""
        return self.validate() and self.step.data != Step.CHANGE


YEARS = range(1900, 2200)
"""Other years are slips of the pen, and the first and the last ones have no instant in every time zone."""


class DayField(DateField):  # type: ignore[misc]  # WTForms is untyped
    """A day as YYYY-MM-DD, as browsers send it."""

    data: date

    def process_formdata(self, valuelist: list[str]) -> None:
        if not any(valuelist):
            return
        try:
            self.data = date.fromisoformat(valuelist[0].strip())
        except ValueError:
            raise ValueError(_("Enter a day, like 2026-12-31.")) from None
        if self.data.year not in YEARS:
            raise ValueError(_("Enter a day, like 2026-12-31."))


class FundField(SelectField):  # type: ignore[misc]  # WTForms is untyped
    """A fund by its public id. The page offers the funds that make sense; the service decides which are allowed."""

    def __init__(self, label: LazyString | None = None, *, sentence: LazyString, **settings: Any) -> None:
        super().__init__(
            label,
            choices=[],
            validate_choice=False,
            validators=[DataRequired(sentence), Length(max=MAX_TEXT, message=TOO_LONG)],
            **settings,
        )


class CurrencyField(SelectField):  # type: ignore[misc]  # WTForms is untyped
    """A currency that the page offers, of all that the site knows; empty for the campaign's own."""

    def __init__(self, label: LazyString | None = None, **settings: Any) -> None:  # as WTForms types them
        super().__init__(label or lazy_gettext("Currency"), choices=[], **settings)

    def pre_validate(self, form: StaffForm) -> None:  # noqa: ARG002  # WTForms' signature
        if self.data and self.data not in CURRENCIES:
            raise StopValidation(_("Choose one of the listed currencies."))


class LongTextField(TextAreaField):  # type: ignore[misc]  # WTForms is untyped
    """A text that must not be empty, of at most 500 characters, such as a reason."""

    def __init__(self, label: LazyString, *, sentence: LazyString = SAY_WHY, **settings: Any) -> None:
        validators = [DataRequired(sentence), Length(max=MAX_TEXT, message=TOO_LONG)]
        super().__init__(label, filters=[paragraphs], validators=validators, **settings)


def _mistakes_of(field: Field) -> list[tuple[str, str]]:
    """(id of the input, sentence): a text in several languages has several inputs, and a choice one for each answer."""
    own: list[tuple[str, str]] | None = getattr(field, "mistakes", None)
    first = f"{field.id}-0" if isinstance(field, RadioField) else field.id
    return [(first, str(sentence)) for sentence in field.errors] if own is None else own


def _differences(typed: StaffForm, saved: StaffForm) -> Iterator[FieldDifference]:
    for field in typed:
        is_absent = isinstance(field, SelectField) and not field.raw_data  # a page may leave out a list
        if is_absent or isinstance(field, HiddenField | FileField) or field.name not in saved:
            continue
        theirs = _texts_of(saved[field.name])
        for label, text in _texts_of(field).items():
            if text != theirs.get(label, ""):
                yield FieldDifference(label, theirs.get(label, ""), text)


def _texts_of(field: Field) -> dict[str, str]:
    """Return label → text: several for a text in several languages; of a choice the words that people see."""
    languages: dict[str, str] | None = getattr(field, "languages", None)
    label = str(field.label.text)
    if languages is not None:
        return {f"{label} ({name})": field.data.get(code, "") for code, name in languages.items()}
    if isinstance(field, SelectFieldBase):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return {label: ", ".join(str(words) for value, words, *_more in field.choices or () if value in chosen)}
    if isinstance(field.data, datetime):
        return {label: f"{day(day_as_typed(field.data))}, {field.data:%H:%M}"}
    if isinstance(field.data, date):
        return {label: day(field.data)}
    amount: Money | None = getattr(field, "amount", None)
    return {label: amount.plain if amount else shown_text(field)}


def shown_text(field: Field) -> str:
    """What stands in a field: what was typed, or the value that it starts with."""
    return str(field._value() if hasattr(field, "_value") else field.data or "")  # noqa: SLF001  # WTForms' own name
