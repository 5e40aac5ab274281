"""Forms of a call: whether it takes applications, and one question."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional, StopValidation

from campaign.blueprints.admin.campaigns.plan_forms import PeopleField
from campaign.blueprints.admin.forms import CreationForm, DayField, StaffForm
from campaign.blueprints.admin.texts_field import TextsField
from campaign.domain.grant_call import (
    MAX_HINT,
    MAX_LABEL,
    MAX_LONG,
    MAX_OPTION,
    MAX_OPTIONS,
    MAX_SHORT,
    OptionsDiffer,
    QuestionKind,
    options_of,
)
from campaign.services.grants.call_changes import QuestionDraft

A_LENGTH = _("Enter a whole number from 20 to 10,000.")
MIN_LENGTH = 20


class CallForm(StaffForm):
    """Whether people apply on this site, and how many may."""

    is_online = BooleanField(_("Let people apply on this site"), false_values=("", "false"))
    places = PeopleField(_("How many applications are taken"), description=_("Leave empty for no limit."))
    reviews_due_on = DayField(
        _("Reviewers give their scores by"),
        description=_("May be empty. Who has not given theirs is reminded by email three days before."),
        validators=[Optional()],
    )

    def validate_places(self, field: PeopleField) -> None:
        if field.data == 0:
            raise StopValidation(gettext("Enter at least 1, or leave it empty."))

    @property
    def settings(self) -> dict[str, Any]:
        """Return the valid form as what is to be saved."""
        return {
            "is_online": self.is_online.data,
            "places": self.places.data,
            "reviews_due_on": self.reviews_due_on.data,
        }


class QuestionForm(CreationForm):
    """What every question has: its text in each language."""

    kind = QuestionKind.SHORT
    label = TextsField(_("Question"), maximum=MAX_LABEL)
    hint = TextsField(_("Help text"), maximum=MAX_HINT, rows=2, description=_("May be empty."))

    def validate_label(self, field: TextsField) -> None:
        if not field.data:
            raise StopValidation(gettext("Write it in at least one language."))

    @property
    def draft(self) -> QuestionDraft:
        """Return the valid form as what is to be written."""
        return QuestionDraft(
            kind=self.kind,
            label=self.label.data,
            hint=self.hint.data,
            is_required=bool(self["is_required"].data) if "is_required" in self else True,
            needs_yes=self["needs_yes"].data == "yes" if "needs_yes" in self else True,
            options=self["options"].data if "options" in self else {},
        )


class ConditionForm(QuestionForm):
    """A question that must be answered in one way."""

    kind = QuestionKind.ELIGIBILITY
    needs_yes = RadioField(
        _("Who may apply"),
        choices=[SelectChoice("yes", _("Who answers yes")), SelectChoice("no", _("Who answers no"))],
        default="yes",
    )


class CriterionForm(QuestionForm):
    """What reviewers score."""

    kind = QuestionKind.CRITERION


class AnsweredForm(QuestionForm):
    """A question whose answer may be optional."""

    is_required = BooleanField(_("Must be answered"), false_values=("", "false"))


class TextQuestionForm(AnsweredForm):
    """A question that is answered by writing."""

    max_length = IntegerField(
        _("Longest answer, in characters"),
        validators=[Optional(), NumberRange(MIN_LENGTH, MAX_LONG, message=A_LENGTH)],
    )

    def validate_max_length(self, field: IntegerField) -> None:
        if field.process_errors:
            field.process_errors = []
            raise StopValidation(str(A_LENGTH))

    @property
    def draft(self) -> QuestionDraft:
        """Return the valid form as what is to be written; without a length the answer may be as long as its kind allows."""
        limit = MAX_SHORT if self.kind is QuestionKind.SHORT else MAX_LONG
        return replace(super().draft, max_length=min(self.max_length.data or limit, limit))


class LongQuestionForm(TextQuestionForm):
    """A question that is answered at length."""

    kind = QuestionKind.LONG


class NumberQuestionForm(AnsweredForm):
    """A question that is answered by a number."""

    kind = QuestionKind.NUMBER


class FileQuestionForm(AnsweredForm):
    """A question that is answered by a file."""

    kind = QuestionKind.FILE


class ChoiceQuestionForm(AnsweredForm):
    """A question that is answered by choosing one of several options."""

    kind = QuestionKind.CHOICE
    options = TextsField(
        _("Options"),
        maximum=MAX_OPTIONS * MAX_OPTION,
        rows=4,
        description=_("One per line, in the same order in each language."),
    )

    def validate_options(self, field: TextsField) -> None:
        try:
            options_of(field.data)
        except OptionsDiffer:
            sentence = gettext("Write at least two options, one per line, and the same number in each language.")
            raise StopValidation(sentence) from None


FORMS: dict[QuestionKind, type[QuestionForm]] = {
    QuestionKind.ELIGIBILITY: ConditionForm,
    QuestionKind.SHORT: TextQuestionForm,
    QuestionKind.LONG: LongQuestionForm,
    QuestionKind.NUMBER: NumberQuestionForm,
    QuestionKind.CHOICE: ChoiceQuestionForm,
    QuestionKind.FILE: FileQuestionForm,
    QuestionKind.CRITERION: CriterionForm,
}
