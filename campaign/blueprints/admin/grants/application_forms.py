"""Forms about an application: scores, a conflict of interest, the decision and the letter."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, StopValidation

from campaign.blueprints.admin.forms import CurrencyField, FundField, PreviewedForm, StaffForm
from campaign.blueprints.admin.funds.forms import MoneyForm
from campaign.domain.grant_application import MAX_COMMENT, MAX_LETTER, MAX_REASON, SCORES, ApplicationAct
from campaign.domain.grant_call import Question
from campaign.domain.typed_text import paragraphs
from campaign.i18n import text_of
from campaign.services.grants.deciding import Award, DecisionOrder
from campaign.web.form_fields import TOO_LONG, AmountField


class NoteField(TextAreaField):  # type: ignore[misc]  # WTForms is untyped
    """A text for colleagues, of some paragraphs."""

    def __init__(
        self, label: Any, *, maximum: int, missing: Any = None, **settings: Any
    ) -> None:  # as WTForms types them
        needed = [DataRequired(missing)] if missing else []
        super().__init__(
            label, filters=[paragraphs], validators=[*needed, Length(max=maximum, message=TOO_LONG)], **settings
        )


class AssignForm(StaffForm):
    """Who is to review."""

    staff = SelectField(_("Reviewer"), choices=[], validate_choice=False)

    @property
    def staff_id(self) -> int:
        """Return the chosen person; 0 where none of ours was chosen."""
        text = self.staff.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class ConflictForm(StaffForm):
    """What the conflict of interest is."""

    reason = NoteField(
        _("What connects you with the applicant"),
        maximum=MAX_COMMENT,
        missing=_("Say what it is."),
        description=_("Colleagues read it. You will not see this application any more, and you cannot undo this."),
    )


class ScoresForm(StaffForm):
    """A score for each criterion."""

    criteria: list[Question]
    comment = NoteField(
        _("Comment"), maximum=MAX_COMMENT, description=_("Your colleague reads it after giving scores.")
    )

    @property
    def scores(self) -> dict[str, int]:
        """Return the scores by the public id of the criterion."""
        return {each.public_id: int(self[f"c_{each.public_id}"].data) for each in self.criteria}


def scores_form(criteria: list[Question]) -> ScoresForm:
    """Return the form with the criteria of a call."""
    choices = [SelectChoice(str(score), str(score)) for score in SCORES]
    missing = gettext("Choose a score from 1 to 5.")
    fields: dict[str, Any] = {
        f"c_{each.public_id}": RadioField(
            text_of(each.label), description=text_of(each.hint), choices=choices, validators=[DataRequired(missing)]
        )
        for each in criteria
    }
    return type("ScoresOfCall", (ScoresForm,), {**fields, "criteria": criteria})()  # type: ignore[no-any-return]


class AwardDecisionForm(MoneyForm):
    """What is decided; an award also says how much and from where."""

    main_field = "decision"
    decision = RadioField(
        _("Decision"),
        choices=[SelectChoice(act, act) for act in (ApplicationAct.AWARD, ApplicationAct.WAIT, ApplicationAct.REFUSE)],
        validators=[DataRequired(_("Choose a decision."))],
    )
    source = FundField(_("Where the money comes from"), sentence=_("Choose where the money comes from."))
    currency = CurrencyField()
    amount = AmountField(_("Amount of the award"))
    reason = NoteField(
        _("Reasons"),
        maximum=MAX_REASON,
        missing=_("Say why."),
        description=_("For colleagues. The letter to the applicant is written next."),
    )

    @property
    def is_award(self) -> bool:
        """Whether the grant is to be awarded."""
        return bool(self.decision.data == ApplicationAct.AWARD)

    def validate(self, extra_validators: Any = None) -> bool:  # as WTForms types it
        """Whether all fields are valid; source and amount matter for an award alone."""
        is_valid = super().validate(extra_validators)
        if self.is_award:
            return is_valid
        self.source.errors = []
        return not self.mistakes

    def validate_amount(self, field: AmountField) -> None:
        if self.is_award:
            super().validate_amount(field)

    def order(self, public_id: str) -> DecisionOrder:
        """Return the valid form as a decision."""
        award = None
        if self.is_award:
            award = Award(amount=self.amount.money, source=self.source.data, public_id=self.form_id.data)
        return DecisionOrder(
            public_id=public_id, act=ApplicationAct(self.decision.data), reason=self.reason.data, award=award
        )


class LetterForm(PreviewedForm):
    """The letter to the applicant."""

    main_field = "text"
    text = NoteField(_("Letter"), maximum=MAX_LETTER, missing=_("Write the letter."))

    def validate_text(self, field: NoteField) -> None:
        if field.data and len(field.data.split()) < 3:
            raise StopValidation(gettext("Write the letter."))
