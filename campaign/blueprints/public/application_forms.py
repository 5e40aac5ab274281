"""Forms of applicants for a grant. The questions of a call become fields."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from campaign.blueprints.public.application_words import FLAWS
from campaign.domain.grant_call import AnswerFlaw, Question, QuestionKind
from campaign.domain.typed_text import one_line, paragraphs
from campaign.i18n import text_of
from campaign.services.grants.answering import CONSENT_NAME, CONSENT_PLACE, WrittenAnswers
from campaign.services.grants.own_application import OwnApplication
from campaign.web.form_fields import TOO_LONG, EmailField, PostedForm

MAX_NAME, MAX_PLACE = 200, 120
NO = ("", "false")


class ApplicantForm(PostedForm):
    """A form of somebody who has no account."""

    class Meta:
        csrf = False  # no session is at stake; the origin of the request is checked for every form

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Return (id of the input, sentence) for each error."""
        return [(_first_id(field), str(sentence)) for field in self for sentence in field.errors]


class BeginForm(ApplicantForm):
    """The address to which the link is sent."""

    email = EmailField()


class ConditionsForm(ApplicantForm):
    """Yes or no to each condition."""

    conditions: list[Question]

    @property
    def answers(self) -> dict[str, str]:
        """Return the answers by the public id of the question."""
        return {each.public_id: self[_name(each)].data or "" for each in self.conditions}


class GranteeConsentForm(ApplicantForm):
    """What everybody may read of a grantee."""

    shows_name = BooleanField(CONSENT_NAME, false_values=NO)
    shows_place = BooleanField(CONSENT_PLACE, false_values=NO)


class AnswersForm(GranteeConsentForm):
    """Who applies, and the answers that are written."""

    questions: list[Question]
    revision = HiddenField()
    name = StringField(_("Your name"), filters=[one_line], validators=[Length(max=MAX_NAME, message=TOO_LONG)])
    place = StringField(
        _("Your town or village"), filters=[one_line], validators=[Length(max=MAX_PLACE, message=TOO_LONG)]
    )

    def written(self, language: str) -> WrittenAnswers:
        """Return the valid form as what is to be saved."""
        revision = self.revision.data or ""
        return WrittenAnswers(
            revision=int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
            name=self.name.data or "",
            place=self.place.data or "",
            answers={each.public_id: self[_name(each)].data or "" for each in self.questions},
            shows_name=self.shows_name.data,
            shows_place=self.shows_place.data,
            language=language,
        )

    def show_flaws(self, flaws: dict[str, AnswerFlaw]) -> None:
        """Show beside the fields what is missing or wrong."""
        names = {each.public_id: _name(each) for each in self.questions} | {"name": "name", "place": "place"}
        for public_id, flaw in flaws.items():
            if public_id in names:
                self[names[public_id]].errors = [str(FLAWS[flaw])]


def conditions_form(application: OwnApplication) -> ConditionsForm:
    """Return the form with the conditions of a call."""
    questions = application.call.eligibility
    choices = [SelectChoice("yes", gettext("Yes")), SelectChoice("no", gettext("No"))]
    fields: dict[str, Any] = {
        _name(each): RadioField(text_of(each.label), choices=choices, validators=[Optional()]) for each in questions
    }
    data = {_name(each): application.answers.get(each.public_id) for each in questions}
    return type("ConditionsOfCall", (ConditionsForm,), {**fields, "conditions": questions})(data=data)  # type: ignore[no-any-return]


def answers_form(application: OwnApplication, *, is_new: bool = False) -> AnswersForm:
    """Return the form with the questions of a call; `is_new` ignores what was posted."""
    questions = application.call.written
    fields: dict[str, Any] = {_name(each): _field(each) for each in questions}
    data = {
        "revision": str(application.revision),
        "name": application.name,
        "place": application.place,
        "shows_name": application.shows_name,
        "shows_place": application.shows_place,
        **{_name(each): application.answers.get(each.public_id, "") for each in questions},
    }
    settings: dict[str, Any] = {"formdata": None} if is_new else {}
    form_class = type("AnswersOfCall", (AnswersForm,), {**fields, "questions": questions})
    return form_class(data=data, **settings)  # type: ignore[no-any-return]


def choices_of(question: Question) -> list[tuple[str, str]]:
    """Return the options of a choice as (number, text)."""
    return [(str(place), text_of(option)) for place, option in enumerate(question.options)]


def field_name(question: Question) -> str:
    """Return the name of the field of a question."""
    return _name(question)


def _name(question: Question) -> str:
    return f"q_{question.public_id}"


def _field(question: Question) -> Any:
    label, hint = text_of(question.label), text_of(question.hint)
    if not question.is_required:
        label = f"{label} {gettext('(optional)')}"
    if question.kind is QuestionKind.CHOICE:
        choices = [SelectChoice(*choice) for choice in choices_of(question)]
        return RadioField(label, choices=choices, description=hint, validators=[Optional()])
    length = [Length(max=question.longest, message=TOO_LONG)]
    if question.kind is QuestionKind.LONG:
        return TextAreaField(label, description=hint, filters=[paragraphs], validators=length)
    return StringField(label, description=hint, filters=[one_line], validators=length)


def _first_id(field: Any) -> str:
    return f"{field.id}-0" if isinstance(field, RadioField) else str(field.id)
