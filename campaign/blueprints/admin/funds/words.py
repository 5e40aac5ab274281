"""The words for what happens to an allocation."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from campaign.blueprints.admin import words
from campaign.blueprints.admin.words import Word

TIMELINE: Mapping[str, Word] = {**words.ALLOCATION, "proposed": (_("Proposed"), "")}
