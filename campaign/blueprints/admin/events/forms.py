"""Forms of the sign-up of an event."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, StopValidation

from campaign.blueprints.admin.campaigns.plan_forms import MomentField, PeopleField
from campaign.blueprints.admin.forms import CreationForm, StaffForm, VersionedForm
from campaign.domain.event_sign_up import ACTIVE, MAX_NEEDS, MAX_PLACES_BY_STAFF
from campaign.domain.typed_text import one_line, paragraphs
from campaign.languages import language_name
from campaign.services.events.attendance import HeadCount
from campaign.services.events.desk import SignUpDesk, SignUpRow, SignUpSettings
from campaign.services.events.desk_acts import GuestDraft
from campaign.web.form_fields import TOO_LONG, EmailField

MAX_NAME, MAX_DIGITS = 120, 4


class GuestEmailField(EmailField):
    """An email address that may be empty."""

    is_optional = True


class SignUpSettingsForm(VersionedForm):
    """Whether people can sign up, until when, and what happens when all places are taken."""

    is_offered = BooleanField(_("People can sign up"), description=_("On the public page of the event."))
    until = MomentField(
        _("Sign-up is open until"), description=_("May be empty: then people can sign up until the event begins.")
    )
    has_waiting_list = BooleanField(
        _("Take a waiting list when all places are taken"),
        description=_("Free places go, with an email, to the first who waits and for whom they are enough."),
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


class GuestForm(CreationForm):
    """Somebody who signed up by phone or in person."""

    name = StringField(
        _("Name"),
        filters=[one_line],
        validators=[DataRequired(_("Enter a name.")), Length(max=MAX_NAME, message=TOO_LONG)],
    )
    email = GuestEmailField(
        _("Email address"), description=_("May be empty. Then no email leaves: tell them yourself what they got.")
    )
    phone = StringField(
        _("Phone"), description=_("May be empty."), filters=[one_line], validators=[Length(max=30, message=TOO_LONG)]
    )
    language = SelectField(_("Language of our emails"), choices=[])
    places = PeopleField(_("How many places"), is_required=True, default=1)
    access_needs = TextAreaField(
        _("What they need to take part"),
        description=_("May be empty. Deleted 7 days after the event."),
        filters=[paragraphs],
        validators=[Length(max=MAX_NEEDS, message=TOO_LONG)],
    )

    def __init__(self, languages: Sequence[str], **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        self.language.choices = [SelectChoice(code, language_name(code)) for code in languages]

    def validate_places(self, field: PeopleField) -> None:
        if not 1 <= field.data <= MAX_PLACES_BY_STAFF:
            raise StopValidation(gettext("Enter a number from 1 to %(most)d.", most=MAX_PLACES_BY_STAFF))

    @property
    def draft(self) -> GuestDraft:
        """The valid form as what is to be written."""
        return GuestDraft(
            form_id=self.new_id,
            name=self.name.data,
            email=self.email.data or "",
            phone=self.phone.data or "",
            language=self.language.data,
            places=self.places.data,
            access_needs=self.access_needs.data or "",
        )


class AttendanceForm(StaffForm):
    """Who came: a number for each sign-up, and what was counted at the door."""

    walk_ins = PeopleField(_("How many came without signing up"), description=_("May be empty."))
    women = PeopleField(_("How many of all were women"), description=_("May be empty where nobody counted."))
    first_time = PeopleField(
        _("How many of all came for the first time"), description=_("May be empty where nobody counted.")
    )

    def __init__(self, desk: SignUpDesk, **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        self.rows = [row for row in desk.sign_ups if row.state in ACTIVE and row.name]

    @property
    def came(self) -> dict[str, int]:
        """Public id of a sign-up → how many of its people came; what is no number of them counts as none."""
        return {row.public_id: self.came_of(row) or 0 for row in self.rows}

    def came_of(self, row: SignUpRow) -> int | None:
        """What stands in the field of a sign-up: what was typed, else what is written down."""
        if not self.is_submitted():
            return row.came
        typed = request.form.get(f"came-{row.public_id}", "")
        return min(int(typed), row.places) if typed.isascii() and typed.isdigit() and len(typed) < MAX_DIGITS else 0

    @property
    def count(self) -> HeadCount:
        """What was counted at the door."""
        return HeadCount(walk_ins=self.walk_ins.data, women=self.women.data, first_time=self.first_time.data)
