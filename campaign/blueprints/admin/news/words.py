"""The words for the states of updates."""

from collections.abc import Mapping

from flask_babel import lazy_pgettext

from campaign.blueprints.admin.words import Word
from campaign.domain.news import UpdateState

UPDATE: Mapping[str, Word] = {
    UpdateState.DRAFT: (lazy_pgettext("update", "Draft"), ""),
    UpdateState.SCHEDULED: (lazy_pgettext("update", "Scheduled"), "warn"),
    UpdateState.PUBLISHED: (lazy_pgettext("update", "Published"), "good"),
    UpdateState.WITHDRAWN: (lazy_pgettext("update", "Withdrawn"), "bad"),
}
