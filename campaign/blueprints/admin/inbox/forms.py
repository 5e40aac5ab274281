"""The form that replays many of the provider's events."""

from collections.abc import Mapping
from enum import StrEnum

from wtforms import HiddenField, IntegerField, SelectMultipleField
from wtforms.validators import Length, NumberRange, Optional

from campaign.blueprints.admin.forms import MAX_TEXT, StaffForm

FILTERS = ("state", "type", "age", "gift")
MAX_KEY = 2**63 - 1


class ReplayStep(StrEnum):
    """What the button of the form asks for."""

    CHOSEN = "chosen"
    ALL = "all"
    CONFIRM = "confirm"


class ReplayForm(StaffForm):
    """The ticked events, or all that the filters of the list describe up to the one with the id `up_to`."""

    event = SelectMultipleField(choices=[], validate_choice=False)
    state = HiddenField(default="", validators=[Length(max=MAX_TEXT)])
    type = HiddenField(default="", validators=[Length(max=MAX_TEXT)])
    age = HiddenField(default="", validators=[Length(max=MAX_TEXT)])
    gift = HiddenField(default="", validators=[Length(max=MAX_TEXT)])
    up_to = IntegerField(validators=[Optional(), NumberRange(0, MAX_KEY)])
    step = HiddenField(default=ReplayStep.CHOSEN)

    @property
    def filters(self) -> Mapping[str, str]:
        """The filters in use, by name, for the address of the list."""
        return {name: self[name].data for name in FILTERS if self[name].data}

    @property
    def is_for_something(self) -> bool:
        """Whether an event was ticked, or all of them are meant."""
        return bool(self.event.data) or self.step.data in {ReplayStep.ALL, ReplayStep.CONFIRM}
