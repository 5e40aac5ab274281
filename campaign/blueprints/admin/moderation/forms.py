"""The forms of the queue: a decision on one name, and when names are shown."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from campaign.blueprints.admin.forms import MAX_TEXT, SAY_WHY, PreviewedForm, StaffForm, VersionedForm
from campaign.domain.blocks import Block, BlockKind, read_address, read_word
from campaign.domain.typed_text import one_line, paragraphs
from campaign.web.form_fields import TOO_LONG

APPROVE, HIDE = "approve", "hide"
BEFORE, AFTER = "before", "after"


class DecisionForm(StaffForm):
    """A name and its message are approved, or taken off the list for a reason."""

    act = SelectField(choices=[APPROVE, HIDE])
    reason = StringField(_("Reason"), filters=[paragraphs], validators=[Length(max=MAX_TEXT, message=TOO_LONG)])

    def validate_reason(self, field: StringField) -> None:
        if self.act.data == HIDE and not field.data:
            raise ValidationError(SAY_WHY)

    @property
    def is_approved(self) -> bool:
        return bool(self.act.data == APPROVE)


class ReviewForm(VersionedForm):
    """Whether names are looked at before they are shown, or after."""

    review = SelectField(
        _("New names and messages"),
        choices=[SelectChoice(AFTER, _("Shown at once")), SelectChoice(BEFORE, _("Shown after approval"))],
    )

    @property
    def is_before(self) -> bool:
        return bool(self.review.data == BEFORE)


BLOCK_KINDS: Mapping[str, LazyString] = {
    BlockKind.WORD: _("Word or phrase"),
    BlockKind.ADDRESS: _("Email address"),
    BlockKind.DOMAIN: _("All addresses of a domain"),
}
"""What can be blocked, in words."""


class BlockForm(PreviewedForm):
    """A word or an address that is to be blocked; approved names are hidden only where somebody chooses it."""

    main_field = "value"
    kind = SelectField(choices=[BlockKind.WORD.value, BlockKind.ADDRESS.value], default=BlockKind.WORD.value)
    value = StringField(_("What to block"), filters=[one_line])
    hides_approved = BooleanField()

    @property
    def block(self) -> Block:
        """What was typed.

        Raises:
            NothingToBlock: Nothing of it can be compared.
        """
        read = read_word if self.kind.data == BlockKind.WORD else read_address
        return read(self.value.data or "")
