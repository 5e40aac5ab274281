"""The words for what staff do with a campaign, and for what one lacks before it can be opened."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.campaign_state import CampaignAct, OpeningGap


@dataclass(frozen=True, slots=True)
class ActWords:
    """An act: the heading of its page, its button, and what is said when it is done."""

    heading: LazyString
    button: LazyString
    done: LazyString


ACTS: Mapping[CampaignAct, ActWords] = {
    CampaignAct.OPEN: ActWords(
        _("Open this campaign?"), _("Open the campaign"), _("Done. The public can see the campaign.")
    ),
    CampaignAct.WITHDRAW: ActWords(
        _("Take this campaign back to a draft?"),
        _("Back to a draft"),
        _("Done. Only staff can see the campaign now."),
    ),
    CampaignAct.CLOSE: ActWords(
        _("Close this campaign early?"),
        _("Close the campaign"),
        _("Done. The campaign is closed, and its page says why."),
    ),
    CampaignAct.EXTEND: ActWords(
        _("Extend this campaign"), _("Extend the campaign"), _("Done. The campaign has a new last day.")
    ),
    CampaignAct.ARCHIVE: ActWords(
        _("Archive this campaign?"), _("Archive the campaign"), _("Done. The campaign is archived.")
    ),
    CampaignAct.FEATURE: ActWords(
        _("Show this campaign on the start page?"),
        _("Show on the start page"),
        _("Done. The start page shows this campaign."),
    ),
}
GAPS: Mapping[OpeningGap, LazyString] = {
    OpeningGap.TITLE: _("The campaign has no title in any language."),
    OpeningGap.CURRENCY: _("The campaign takes no currency."),
    OpeningGap.PAST: _("Its last day is over. Choose a later one in its settings."),
}
