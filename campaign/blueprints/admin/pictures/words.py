"""The words about pictures: why a file is refused, what is missing before one is shown, where one is."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _

from campaign.blueprints.admin.words import Word
from campaign.domain.consent import ConsentForm, ConsentState
from campaign.domain.consent_file import ConsentFileFlaw, FileType
from campaign.domain.picture import PictureFlaw, PictureGap
from campaign.services.pictures.places import PlaceKind

FLAWS: Mapping[str, LazyString] = {
    PictureFlaw.EMPTY: _("The file is empty. Choose it again."),
    PictureFlaw.TOO_BIG: _("The file is larger than 25 MB. Choose a smaller one."),
    PictureFlaw.SVG: _("SVG drawings are not accepted, because they can carry scripts. Save it as PNG and try again."),
    PictureFlaw.ANIMATED: _("Moving pictures are not accepted. Choose one that stands still."),
    PictureFlaw.NO_PICTURE: _("This file is not a picture. Choose a JPEG, PNG, WebP or HEIC file."),
    PictureFlaw.OTHER_TYPE: _("Pictures of this type are not accepted. Save it as JPEG or PNG and try again."),
    PictureFlaw.LYING_NAME: _(
        "The ending of the file’s name and its content are of different types. Save the picture again as JPEG or PNG."
    ),
    PictureFlaw.DAMAGED: _("The picture is damaged or incomplete. Choose the original file."),
    PictureFlaw.TOO_SMALL: _("The picture is too small. It needs at least 320 pixels on each side."),
    PictureFlaw.TOO_LARGE: _("The picture has more than 50 million pixels. Save it in a smaller size and try again."),
    PictureFlaw.TOO_NARROW: _("The picture is too long and narrow. Cut it so that no side is over 4 times the other."),
    PictureFlaw.TOO_SLOW: _("The picture takes too long to prepare. Save it in a smaller size and try again."),
}
GAPS: Mapping[str, LazyString] = {
    PictureGap.TEXT: _("Describe it, or say that it is decorative."),
    PictureGap.PEOPLE: _("Say whether people can be recognised on it."),
    PictureGap.CONSENT: _("Choose the consents of the people on it."),
    PictureGap.CONSENT_ENDED: _("A consent of somebody on it has ended, so nobody sees it."),
}
PLACES: Mapping[str, LazyString] = {
    PlaceKind.HERO: _("Top of the campaign page, and shared links"),
    PlaceKind.SECTION: _("Story"),
    PlaceKind.UPDATE: _("Update"),
    PlaceKind.EVENT: _("Event"),
    PlaceKind.GRANT: _("Grant"),
}
CONSENT_FORMS: Mapping[str, LazyString] = {
    ConsentForm.PAPER: _("On paper"),
    ConsentForm.VOICE: _("Recorded voice"),
}
CONSENT_STATES: Mapping[str, Word] = {
    ConsentState.VALID: (lazy_pgettext("consent", "Valid"), "good"),
    ConsentState.ENDED: (lazy_pgettext("consent", "Ended"), "warn"),
    ConsentState.WITHDRAWN: (lazy_pgettext("consent", "Withdrawn"), "bad"),
}
CONSENT_FILE_FLAWS: Mapping[str, LazyString] = {
    ConsentFileFlaw.EMPTY: _("The file is empty. Choose it again."),
    ConsentFileFlaw.TOO_BIG: _("The file is larger than 25 MB. Choose a smaller one."),
    ConsentFileFlaw.OTHER_TYPE: _(
        "Files of this type are not accepted. Choose a PDF, JPEG, PNG or HEIC, or a recording as M4A, AAC, MP3, OGG, WAV or AMR."
    ),
    ConsentFileFlaw.VIDEO: _("Videos are not accepted. Choose a recording of the voice alone."),
    ConsentFileFlaw.LYING_NAME: _(
        "The ending of the file’s name and its content are of different types. Save the file again, or rename it."
    ),
    ConsentFileFlaw.DAMAGED: _("The file is damaged or incomplete. Choose the original file."),
    ConsentFileFlaw.LOCKED: _("The PDF needs a password. Save it without one and try again."),
    ConsentFileFlaw.TOO_LARGE: _("The file has too many pages or pixels. Save it in a smaller size and try again."),
    ConsentFileFlaw.TOO_SMALL: _("The picture is too small to be read. It needs at least 320 pixels on each side."),
    ConsentFileFlaw.REPEATED: _("This file is attached already."),
    ConsentFileFlaw.TOO_MANY: _("A consent can have at most 10 files. Delete one first."),
}
FILE_TYPES: Mapping[str, LazyString] = {
    FileType.PDF: lazy_pgettext("file", "PDF document"),
    FileType.PICTURE: lazy_pgettext("file", "Picture"),
    **dict.fromkeys(
        (FileType.M4A, FileType.AAC, FileType.MP3, FileType.OGG, FileType.WAV, FileType.AMR),
        lazy_pgettext("file", "Recording"),
    ),
}
PIECES: Mapping[str, LazyString] = {
    "story": _("Story"),
    "ask": _("What we ask for"),
    "reached": _("What has been achieved"),
    "place": _("Places on the map"),
    "partner": _("Who takes part"),
    "learning": _("Learning plan"),
    "question": _("Questions and answers"),
    "page": _("Page"),
    "notice": _("Notice"),
    "other_way": _("Other ways to give"),
    "update": _("Update"),
    "event": _("Report of an event"),
    "grant": _("Report of a grant"),
}
"""The place of a text → what it is called before the text’s title."""
