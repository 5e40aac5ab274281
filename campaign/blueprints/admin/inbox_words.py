"""The inbox's words: what each state means, and why an event stands still."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

STATES: Mapping[str, LazyString] = {
    "dead": _("Tried until nothing more was tried. Read why, mend it, then replay it."),
    "failed": _("It went wrong, and is tried again by itself, after growing pauses, for about two days."),
    "parked": _("It tells of a gift that is not here yet; it is tried again after every success."),
    "new": _("It came in and is about to be worked off."),
    "processed": _("Its gift is up to date with it."),
    "ignored": _("It tells of nothing that this program acts upon."),
    "foreign": _("It is about a payment that is not ours: the account is used for something else too."),
}
REASONS: Mapping[str, LazyString] = {
    "wrong_mode": _(
        "It is about test money and this installation takes real money, or the other way round. "
        "Look whether the right keys are set; a replay would not help."
    ),
    "gift_unknown": _(
        "It names a gift that is not in our books. If the database was restored lately, the gift may be lost; "
        "otherwise it comes with the next try."
    ),
    "provider_away": _("The payment provider did not answer, asked us to wait, or refused our key."),
    "mismatch": _("The payment does not fit the gift: another amount, currency or gift. A person must look at both."),
    "program": _("The program failed on it. A developer needs the technical line; replay it once it is mended."),
}
AGES: Mapping[str, LazyString] = {
    "hour": _("older than an hour"),
    "day": _("older than a day"),
    "week": _("older than a week"),
}
