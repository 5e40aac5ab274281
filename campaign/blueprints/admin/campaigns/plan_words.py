"""The words for what a campaign plans, and for what staff do with its events and grants."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _

from campaign.blueprints.admin.campaigns.words import ActWords
from campaign.blueprints.admin.events import words as sign_up_words
from campaign.blueprints.admin.grants.words import GRANT_ACTS, GRANT_RULES
from campaign.domain import target_state as rules
from campaign.domain.errors import DomainError
from campaign.domain.removal import NotRemovable, RemovalBlock
from campaign.domain.target_state import TargetAct
from campaign.services.campaigns import plan_changes, plan_costs
from campaign.services.campaigns.report_drafts import TooManyDrafts

KINDS: tuple[tuple[str, LazyString, tuple[str, ...]], ...] = (
    ("theme", _("Purposes that donors choose"), ("general", "theme")),
    ("event", lazy_pgettext("plan", "Events"), ("event",)),
    ("grant", lazy_pgettext("plan", "Grants"), ("grant",)),
    ("line", _("Other costs"), ("line",)),
)
"""Kind of what is added → the heading of its list, and the kinds of funds that the list has."""
NEW: Mapping[str, LazyString] = {
    "theme": _("Add a purpose"),
    "event": _("Add an event"),
    "grant": _("Add a grant"),
    "line": _("Add a cost"),
}
ACTS: Mapping[TargetAct, ActWords] = {
    TargetAct.OPEN: ActWords(_("Announce it?"), _("Announce"), _("Done. The public page says that it is announced.")),
    TargetAct.COMPLETE: ActWords(
        _("Has it taken place?"), _("It has taken place"), _("Done. The report can be written now.")
    ),
    TargetAct.CANCEL: ActWords(_("Cancel it?"), _("Cancel it"), _("Done. The public page says why it is cancelled.")),
    TargetAct.REPORT: ActWords(
        _("Report how it went"), _("Publish the report"), _("Done. Everybody can read the report.")
    ),
}
REMOVAL_BLOCKS: Mapping[RemovalBlock, LazyString] = {
    RemovalBlock.MONEY: _("Gifts name it, or money is booked on it."),
    RemovalBlock.REPORT: _("It has taken place, or has been awarded."),
    RemovalBlock.SIGN_UPS: _("People have signed up. Cancel the event: then they are told."),
    RemovalBlock.APPLICATIONS: _("People have applied, or have begun to."),
    RemovalBlock.TARGETS: _("Events, grants or costs belong to this purpose. Change their purpose first."),
    RemovalBlock.TEXTS: _("One of the things that the campaign asks for names it. Change that text first."),
    RemovalBlock.PICTURES: _("It has pictures or consents of people. Delete these first."),
    RemovalBlock.PEOPLE: _("Readers, donors, emails or another campaign belong to it."),
    RemovalBlock.NOT_DRAFT: _("It is no draft. Only a draft can be removed."),
}
"""Why something cannot be removed."""
AUDITED: Mapping[str, LazyString] = {
    **GRANT_ACTS,
    "plan:add": _("Added to the plan"),
    "plan:change": _("Changed the plan"),
    "plan:move": _("Changed the order of the plan"),
    "plan:close": _("Closed a purpose"),
    "plan:reopen": _("Reopened a purpose"),
    "plan:open": _("Announced an event or a grant"),
    "plan:complete": _("Marked an event or a grant as done"),
    "plan:cancel": _("Cancelled an event or a grant"),
    "plan:remove": _("Removed a part of the plan"),
    "plan:report": _("Published a report"),
    "plan:field_report": _("Sent a report from field mode"),
    "plan:delete_field_report": _("Deleted a report from field mode"),
    **sign_up_words.AUDITED,
}
"""Acts of the audit trail."""
BROKEN_RULES: Mapping[type[DomainError], LazyString] = {
    **GRANT_RULES,
    rules.WrongTargetState: _("Its state has changed meanwhile, so this is not possible. Nothing was changed."),
    rules.NotOverYet: _("Its day has not come yet."),
    rules.CancelReasonMissing: _("Say why."),
    rules.ReportIncomplete: _("Say what was done, in at least one language."),
    rules.ReportDoesNotAddUp: _("There cannot be more women or first-time visitors than people who came."),
    TooManyDrafts: _("20 reports of this event wait already. Use or delete some of them on the event’s page first."),
    plan_changes.EndsBeforeItBegins: _("Enter an end that is after the beginning."),
    plan_costs.TooManyCosts: _("The plan is full. Put some costs together."),
    **sign_up_words.BROKEN_RULES,
    plan_changes.PurposeInUse: _("Money is booked on it, so its purpose cannot be changed."),
    NotRemovable: _("It cannot be removed: something hangs on it now. Nothing was changed."),
    plan_changes.GeneralFundStays: _("The general fund cannot be closed: gifts without a purpose go there."),
}
