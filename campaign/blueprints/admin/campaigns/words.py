"""The words for what staff do with a campaign, what one lacks before it is opened, and the rules that may be broken."""

from collections.abc import Mapping
from dataclasses import dataclass

from babel.lists import format_list
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from campaign.domain import campaign_settings as rules
from campaign.domain import succession
from campaign.domain.campaign_state import (
    AnotherCampaignShown,
    CampaignAct,
    EndNotLater,
    EndsInThePast,
    EndTooFar,
    FormWouldClose,
    NotReadyToOpen,
    OpeningGap,
    ReasonMissing,
)
from campaign.domain.errors import DomainError
from campaign.i18n import current_language
from campaign.services.campaigns.languages import DefaultLanguageStays


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
    OpeningGap.NO_ACCOUNT: _("No payment account is connected, so nobody could give. The set-up says what is missing."),
    OpeningGap.ACCOUNT_SILENT: _(
        "The payment provider does not say now in which currencies the account is credited. Try again in a few minutes."
    ),
    OpeningGap.GOAL_CURRENCY: _("The payment account is not credited in the currency of the goal."),
}
AUDITED: Mapping[str, LazyString] = {
    "campaign:create": _("Created a campaign"),
    "campaign:languages": _("Changed the languages of the campaign"),
    "campaign:import": _("Imported the campaign from a folder"),
    "campaign:remove": _("Removed the draft of a campaign"),
    "campaign:settings": _("Changed the campaign’s settings"),
    "campaign:currency": _("Changed a currency of the campaign"),
    "campaign:currency_removed": _("Removed a currency from the campaign"),
    "campaign:open": _("Opened the campaign"),
    "campaign:withdraw": _("Took the campaign back to a draft"),
    "campaign:close": _("Closed the campaign early"),
    "campaign:extend": _("Extended the campaign"),
    "campaign:archive": _("Archived the campaign"),
    "campaign:successor": _("Named the campaign that follows"),
    "campaign:feature": _("Put the campaign on the start page"),
}
"""Acts of the audit trail."""
BROKEN_RULES: Mapping[type[DomainError], LazyString] = {
    rules.BadSlug: _("Use small Latin letters, digits and single hyphens only, like school-library."),
    rules.SlugTaken: _("Another campaign has this address. Choose another one."),
    rules.SlugIsFixed: _("The campaign was public, so its address and its currency stay as they are."),
    rules.BadSenderName: _("Write the sender’s name on one line."),
    rules.BadSeries: _("Use two to eight Latin letters, like LIB."),
    rules.SeriesTaken: _("Another campaign’s receipts have this prefix. Choose another one."),
    rules.SeriesIsFixed: _("A receipt has this prefix already, so it stays."),
    rules.EndsBeforeStart: _("Enter a day after the first day."),
    rules.TooLong: _("Enter a day within ten years of the first day."),
    rules.UnsupportedCurrency: _("The payment provider does not take this currency. Enter another one."),
    rules.GoalCurrencyNotSettled: _("The payment account is not credited in the currency of the goal."),
    rules.OwnCurrencyNeeded: _("The goal is counted in this currency, so it stays."),
    rules.BadBounds: _(
        "The least gift must be at least what the provider takes, and the largest one must be above it and have "
        "at most eight digits."
    ),
    rules.NotInSteps: _("This currency is charged in larger steps. Enter rounder amounts."),
    DefaultLanguageStays: _("The default language stays: other languages fall back to it."),
    succession.NotASuccessor: _("This campaign must be opened, begin by the day after this one ends, and end later."),
    succession.SuccessorPromised: _("Donors have agreed to continue in the campaign named now, so it stays."),
    AnotherCampaignShown: _("You switched to another campaign in another window. Nothing was changed."),
    NotReadyToOpen: _("Something is missing before the campaign can be opened. Nothing was changed."),
    FormWouldClose: _(
        "The campaign accepts gifts now. With this first day its form closes at once and opens again on that day; monthly "
        "gifts go on. Choose another day, or agree below."
    ),
    EndsInThePast: _("Enter a day that is not over."),
    EndNotLater: _("Enter a day after the present last day."),
    EndTooFar: _("Enter a day within ten years of the first day."),
    ReasonMissing: _("Say why."),
}


def goal_currency_sentence(code: str, possible: tuple[str, ...]) -> str:
    """Say in which currencies a goal can be counted, and that donors can give in others all the same."""
    sentence: str = gettext(
        "The payment account is credited in %(possible)s, so a goal in %(code)s would stay at zero. Count the goal in "
        "%(possible)s; donors can still give in %(code)s once you add it to the campaign’s currencies.",
        possible=format_list(possible, style="or", locale=current_language()),
        code=code,
    )
    return sentence
