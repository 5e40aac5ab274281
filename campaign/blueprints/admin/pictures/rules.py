"""The words for acts on pictures in the audit trail, and for the rules that one may break."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain import consent, picture
from campaign.domain.errors import DomainError

PICTURE_ACTS: Mapping[str, LazyString] = {
    "picture:add": _("Uploaded a picture"),
    "picture:save": _("Described a picture"),
    "picture:replace": _("Replaced a picture"),
    "picture:remove": _("Removed a picture"),
    "picture:show": _("Put a picture in a place"),
    "picture:hide": _("Took a picture out of a place"),
    "consent:record": _("Recorded a consent"),
    "consent:save": _("Corrected a consent"),
    "consent:withdraw": _("Withdrew a consent"),
    "consent:quote": _("Linked a text to a consent"),
    "consent:unquote": _("Unlinked a text from a consent"),
    "consent:attach": _("Attached files to a consent"),
    "consent:file": _("Opened a file of a consent"),
    "consent:detach": _("Deleted a file of a consent"),
}
PICTURE_RULES: Mapping[type[DomainError], LazyString] = {
    picture.PicturesBusy: _("Other files are being prepared. Try again in a minute."),
    picture.PictureChanged: _(
        "Someone else changed this picture after you opened it. Read what they said, then decide."
    ),
    picture.PictureNotReady: _("This picture cannot be shown yet. Its page says what is missing."),
    consent.ConsentGivenLater: _("Enter a day that is not in the future."),
    consent.ConsentEndsBeforeItBegins: _("Enter a last day that is not before the day on which they agreed."),
    consent.ConsentWithdrawn: _("This consent is withdrawn, so nothing of it changes any more. Record a new one."),
}
