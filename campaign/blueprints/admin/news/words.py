"""The words for the states of updates."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _

from campaign.blueprints.admin.words import Word
from campaign.domain.news import MailingState, SubscriberState, UpdateState

UPDATE: Mapping[str, Word] = {
    UpdateState.DRAFT: (lazy_pgettext("update", "Draft"), ""),
    UpdateState.SCHEDULED: (lazy_pgettext("update", "Scheduled"), "warn"),
    UpdateState.PUBLISHED: (lazy_pgettext("update", "Published"), "good"),
    UpdateState.WITHDRAWN: (lazy_pgettext("update", "Withdrawn"), "bad"),
}
READER: Mapping[str, LazyString] = {
    SubscriberState.CONFIRMED: _("Confirmed"),
    SubscriberState.WAITING: _("Waiting for confirmation"),
    SubscriberState.LEFT: _("Unsubscribed"),
}
"""State of a reader → the heading of its column."""
MAILING: Mapping[str, Word] = {
    MailingState.RUNNING: (_("Being sent"), "warn"),
    MailingState.PAUSED: (lazy_pgettext("mailing", "Paused"), "warn"),
    MailingState.FINISHED: (_("All sent or tried"), "good"),
    MailingState.STOPPED: (_("Stopped: the update was withdrawn"), "bad"),
}
