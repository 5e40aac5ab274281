"""The subject of an act or an entry as people read and type it: "Donation 3kd7…" where the rows have `donation:3kd7…`."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

KINDS: Mapping[str, LazyString] = {
    "donation": _("Donation %(number)s"),
    "donor": _("Donor %(number)s"),
    "segment": _("Segment %(number)s"),
    "segment_mailing": _("Email to a segment %(number)s"),
    "pledge": _("Monthly gift %(number)s"),
    "allocation": _("Allocation %(number)s"),
    "disbursement": _("Payment %(number)s"),
    "receipt": _("Receipt %(number)s"),
    "payout": _("Payout %(number)s"),
    "transaction": _("Balance movement %(number)s"),
    "provider_event": _("Provider’s event %(number)s"),
    "provider_events": _("Provider’s events"),
    "payouts": _("Payouts"),
    "update": _("Update %(number)s"),
    "subscriber": _("Reader %(number)s"),
    "picture": _("Picture %(number)s"),
    "consent": _("Consent %(number)s"),
    "application": _("Application %(number)s"),
    "mail": _("Email %(number)s"),
    "mails": _("Late emails"),
    "staff": _("Team member no. %(number)s"),
    "stranger": _("An unknown address"),
    "audit": _("Audit trail"),
    "campaign": _("Campaign %(number)s"),
    "organisation": _("Organisation"),
    "shield": _("Protection"),
    "version": _("Version %(number)s"),
}


def subject_in_words(subject: str) -> str:
    """Return a subject as a person reads it; an unknown kind stays as it is."""
    kind, _sep, number = subject.partition(":")
    words = KINDS.get(kind)
    return str(words) % {"number": number} if words else subject


def subject_typed(text: str) -> str:
    """Return what was typed into a filter as the rows have it; a bare number stays bare."""
    if ":" in text or " " not in text:
        return text
    number = text.rsplit(maxsplit=1)[-1]
    known = (f"{kind}:{number}" for kind in KINDS)
    return next((subject for subject in known if subject_in_words(subject).casefold() == text.casefold()), number)
