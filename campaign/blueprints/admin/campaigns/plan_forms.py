"""Forms of what a campaign plans: its purposes, events, grants, lines, costs, and how an event or a grant went."""

from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _
from wtforms import DateTimeField, HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation

from campaign.blueprints.admin.forms import MAX_NAME, MAX_TEXT, YEARS, DayField, StaffForm, VersionedForm
from campaign.blueprints.admin.texts_field import TextsField
from campaign.days import from_local
from campaign.domain.fund import FundKind
from campaign.domain.identity import is_public_id, new_public_id
from campaign.domain.target_state import MAX_REPORT, Attendance
from campaign.i18n import text_of
from campaign.services.campaigns.plan import PlanItem
from campaign.services.campaigns.plan_changes import CallDays, EventTimes, ItemDraft
from campaign.services.campaigns.target_acts import TargetReport
from campaign.web.form_fields import AmountField

MAX_SUMMARY = 1000
MAX_PEOPLE = 100_000
WALL_CLOCK = "%Y-%m-%dT%H:%M"
"""As browsers send a day with a time."""
A_NUMBER = _("Enter a whole number from 0 to 100,000.")


class PeopleField(IntegerField):  # type: ignore[misc]  # WTForms is untyped
    """A number of people; it may be empty unless `is_required`."""

    def __init__(self, label: Any, *, is_required: bool = False, **settings: Any) -> None:  # as WTForms types them
        first = InputRequired(A_NUMBER) if is_required else Optional()
        super().__init__(label, validators=[first, NumberRange(0, MAX_PEOPLE, message=A_NUMBER)], **settings)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not any(valuelist):
            return
        try:
            self.data = int(valuelist[0])
        except ValueError:
            raise ValueError(str(A_NUMBER)) from None

    def pre_validate(self, form: StaffForm) -> None:  # noqa: ARG002  # WTForms' signature
        """Say once that something is no number."""
        if self.process_errors:
            raise StopValidation


class MomentField(DateTimeField):  # type: ignore[misc]  # WTForms is untyped
    """A day and a time of the organisation's clocks."""

    def __init__(self, label: Any, **settings: Any) -> None:  # as WTForms types them
        needed = InputRequired(_("Enter a day and a time."))
        super().__init__(label, format=[WALL_CLOCK, "%Y-%m-%d %H:%M"], validators=[needed], **settings)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(gettext("Enter a day and a time, like 2026-12-31 18:30.")) from None
        if self.data and self.data.year not in YEARS:
            raise ValueError(gettext("Enter a day and a time, like 2026-12-31 18:30."))

    @property
    def moment(self) -> datetime | None:
        """The instant of a valid field, in UTC; None where it may be empty and is."""
        return from_local(self.data) if self.data else None


class ItemForm(VersionedForm):
    """What every purpose and target has."""

    form_id = HiddenField(default=new_public_id)
    then = HiddenField(default="")
    title = TextsField(lazy_pgettext("fund", "Name"), maximum=MAX_NAME)
    summary = TextsField(_("What it is for"), maximum=MAX_SUMMARY, rows=2)
    goal = AmountField(_("Planned amount"), description=_("May be empty. The sum of the costs takes its place."))
    theme = SelectField(
        _("Purpose whose gifts may pay for it"),
        choices=[],
        validate_choice=False,
        description=_("The general fund always may."),
    )

    def __init__(self, currency: str, purposes: list[PlanItem], **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        self.currency = currency
        self.theme.choices = [
            SelectChoice("", str(_("The general fund alone"))),
            *(SelectChoice(row.code, text_of(row.title)) for row in purposes if row.kind == FundKind.THEME),
        ]

    def validate_title(self, field: TextsField) -> None:
        if not field.data:
            raise StopValidation(gettext("Enter a name in at least one language."))

    def validate_goal(self, field: AmountField) -> None:
        if field.data and field.data != "0":
            field.read(self.currency)

    @property
    def adds_another(self) -> bool:
        """Whether the next thing is a form for one more."""
        return bool(self.then.data == "another")

    @property
    def new_id(self) -> str:
        """The id that came with the form; empty for a form that is none of ours."""
        return self.form_id.data if is_public_id(self.form_id.data or "") else ""

    @property
    def details(self) -> EventTimes | CallDays | None:
        """The details of an event or a grant."""
        return None

    @property
    def draft(self) -> ItemDraft:
        """The valid form as what is to be written."""
        return ItemDraft(
            title=self.title.data,
            summary=self.summary.data,
            goal_minor=self.goal.amount.minor if self.goal.amount else 0,
            theme=self.theme.data or None,
            details=self.details,
        )


class EventForm(ItemForm):
    """An event: when and where it is, and how many people fit in."""

    place = TextsField(_("Place"), maximum=MAX_NAME)
    begins_at = MomentField(_("Begins"))
    ends_at = MomentField(_("Ends"))
    capacity = PeopleField(_("Places"), description=_("May be empty where their number is not limited."))

    def allow_empty_times(self, day: str) -> None:
        """Let an event that has only a day stay on it while both times are empty."""
        self.begins_at.description = self.ends_at.description = gettext(
            "Empty so far: the event has only its day, %(day)s. Enter both times or none.", day=day
        )
        if not any(any(field.raw_data or []) for field in (self.begins_at, self.ends_at)):
            self.begins_at.validators = self.ends_at.validators = [Optional()]

    @property
    def details(self) -> EventTimes:
        return EventTimes(
            place=self.place.data,
            begins_at=self.begins_at.moment,
            ends_at=self.ends_at.moment,
            capacity=self.capacity.data,
        )


class GrantForm(ItemForm):
    """A grant: when its call is open."""

    opens_on = DayField(_("The call opens"), validators=[InputRequired(_("Enter the first day."))])
    closes_on = DayField(_("The call closes"), validators=[InputRequired(_("Enter the last day."))])

    @property
    def details(self) -> CallDays:
        return CallDays(opens_on=self.opens_on.data, closes_on=self.closes_on.data)


FORMS: dict[str, type[ItemForm]] = {FundKind.EVENT: EventForm, FundKind.GRANT: GrantForm}


class CostForm(StaffForm):
    """A line of a plan."""

    title = TextsField(_("What for"), maximum=MAX_NAME)
    amount = AmountField(_("Amount"))

    def __init__(self, currency: str, *, prefix: str = "cost-", **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(prefix=prefix, **settings)
        self.currency = currency

    def validate_title(self, field: TextsField) -> None:
        if not field.data:
            raise StopValidation(gettext("Enter a name in at least one language."))

    def validate_amount(self, field: AmountField) -> None:
        field.read(self.currency)


class CostChangeForm(CostForm, VersionedForm):
    """A line that is there, on a page of its own."""

    def __init__(self, currency: str, **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(currency, prefix="", **settings)


class CancelForm(StaffForm):
    """Why an event or a grant is cancelled."""

    reason = TextsField(
        _("Why it is cancelled"),
        maximum=MAX_TEXT,
        missing=_("Say why, in this language too. Everybody reads it."),
        rows=2,
        description=_("Everybody reads it on the public page."),
    )


class ReportForm(VersionedForm):
    """How an event or a grant went."""

    done = TextsField(
        _("What was done"), maximum=MAX_REPORT, rows=4, is_markdown=True, description=_("Everybody reads it.")
    )
    came = PeopleField(_("How many people came or took part"), is_required=True)
    women = PeopleField(_("How many of them were women"), description=_("May be empty where nobody counted."))
    first_time = PeopleField(_("How many came for the first time"), description=_("May be empty where nobody counted."))
    lesson = TextsField(_("What we learned"), maximum=MAX_REPORT, rows=2, is_markdown=True)

    def validate_done(self, field: TextsField) -> None:
        if not field.data:
            raise StopValidation(gettext("Say what was done, in at least one language."))

    @property
    def report(self) -> TargetReport:
        """The valid form as a report."""
        counted = Attendance(came=self.came.data, women=self.women.data, first_time=self.first_time.data)
        return TargetReport(done=self.done.data, lesson=self.lesson.data, attendance=counted)
