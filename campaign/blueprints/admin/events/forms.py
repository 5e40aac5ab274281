"""Forms of the sign-up of an event."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField
from wtforms.validators import Optional

from campaign.blueprints.admin.campaigns.plan_forms import MomentField
from campaign.blueprints.admin.forms import StaffForm
from campaign.services.events.desk import SignUpSettings


class SignUpSettingsForm(StaffForm):
    """Whether people can sign up, until when, and what happens when all places are taken."""

    is_offered = BooleanField(_("People can sign up"), description=_("On the public page of the event."))
    until = MomentField(_("Until"), description=_("May be empty: then people can sign up until the event begins."))
    has_waiting_list = BooleanField(
        _("Take a waiting list when all places are taken"),
        description=_("The first who waits gets a place that becomes free, and an email about it."),
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Whether the form is valid; the moment may be empty."""
        if not any(self.until.raw_data or []):
            self.until.validators = [Optional()]
        return bool(super().validate(extra_validators))

    @property
    def settings(self) -> SignUpSettings:
        """The valid form as a decision."""
        return SignUpSettings(
            is_offered=self.is_offered.data, until=self.until.moment, has_waiting_list=self.has_waiting_list.data
        )
