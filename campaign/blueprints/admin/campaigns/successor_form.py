"""The form on which staff name a successor, and with which purpose the gifts for each purpose continue there."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from campaign.blueprints.admin.forms import StaffForm
from campaign.domain.succession import same_purpose
from campaign.i18n import day, text_of
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.campaigns.form_options import Purpose

PREFIX = "purpose_"


class SuccessorForm(StaffForm):
    """A successor or none; `campaign` is the slug of the campaign whose page was shown."""

    campaign = HiddenField(default="")
    successor = SelectField(_("Campaign that follows"), invalid_choice_message=_("Choose one of the listed campaigns."))

    @property
    def purposes(self) -> list[SelectField]:
        """The fields of the purposes, one for each that donors could choose."""
        return [field for field in self if field.name.startswith(PREFIX)]


def successor_form(
    fitting: Sequence[CampaignCard], own: Sequence[Purpose], others: Sequence[Purpose], **settings: Any
) -> SuccessorForm:
    """Return the form for a campaign.

    Args:
        fitting: The campaigns that can follow it.
        own: Its purposes.
        others: Those of the successor; none before one is named.
        **settings: As Flask-WTF forms take them.
    """
    fields = {PREFIX + purpose.code: _purpose_field(purpose, others) for purpose in own if not purpose.is_general}
    form: SuccessorForm = type("BoundSuccessorForm", (SuccessorForm,), fields if others else {})(**settings)
    form.successor.choices = [
        SelectChoice("", gettext("None: monthly gifts end with the campaign")),
        *(
            SelectChoice(card.slug, f"{text_of(card.name)}, {day(card.starts_on)} – {day(card.ends_on)}")
            for card in fitting
        ),
    ]
    return form


def purposes_in(form: SuccessorForm, own: Sequence[Purpose], others: Sequence[Purpose]) -> Mapping[str, str]:
    """Return code of a purpose → code of the successor's: as chosen, else the one with the same title, else the general fund."""
    offered = {purpose.code: dict(purpose.title) for purpose in others}
    typed = {field.name.removeprefix(PREFIX): str(field.data) for field in form.purposes}
    return {
        purpose.code: typed[purpose.code] if typed.get(purpose.code) in offered else same
        for purpose in own
        if not purpose.is_general and (same := same_purpose(dict(purpose.title), offered))
    }


def _purpose_field(purpose: Purpose, others: Sequence[Purpose]) -> SelectField:
    choices = [SelectChoice(other.code, text_of(other.title)) for other in others]
    return SelectField(text_of(purpose.title), choices=choices, validate_choice=False)
