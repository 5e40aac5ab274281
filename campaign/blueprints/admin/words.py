"""The words for what the services name: states, attention items, actions, and each rule that may be broken."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _

from campaign.blueprints.admin import role_words
from campaign.blueprints.admin.campaigns import plan_words
from campaign.blueprints.admin.campaigns import words as campaign_words
from campaign.blueprints.admin.donors import words as donor_words
from campaign.blueprints.admin.mail import kinds as mail_kinds
from campaign.blueprints.admin.pictures.rules import PICTURE_ACTS, PICTURE_RULES
from campaign.blueprints.admin.privacy.words import PRIVACY_ACTS, PRIVACY_RULES
from campaign.blueprints.admin.texts.words import TEXT_ACTS, TEXT_RULES
from campaign.domain import news
from campaign.domain.abuse import Cause
from campaign.domain.allocation import (
    AllocationReasonMissing,
    AllocationState,
    AlreadyDecided,
    BalancesChanged,
    DependentApproval,
    MoneyMayNotGoThere,
    MoreThanIsMissing,
    NotEnoughFunds,
    NothingToMove,
    NotProposer,
    SelfApproval,
)
from campaign.domain.blocks import AlreadyBlocked, NothingToBlock, TooManyBlocks
from campaign.domain.campaign_state import CampaignState
from campaign.domain.disputes import DisputeLost, DisputeOpen
from campaign.domain.donation import DonationFrequency, DonationState, NotRefundable, RefundState, RefundTooLarge
from campaign.domain.errors import DomainError, FormReused, NotFound
from campaign.domain.fraud_hold import HoldDecided
from campaign.domain.mail import MailState
from campaign.domain.money import Money
from campaign.domain.pledge import PledgeStopped
from campaign.domain.provider_events import EventState
from campaign.domain.receipt import ReceiptState
from campaign.services.funds import disbursements
from campaign.services.gifts import corrections, receipts_on_hold
from campaign.services.ledger.posting import EntryConflict
from campaign.services.mail import resending
from campaign.services.receipts import files
from campaign.services.reconciliation import payouts, suspense
from campaign.services.shield import state as shield_state
from campaign.services.staff import account_ties, accounts, details, invitations, resets

Word = tuple[LazyString, str]
"""A word and the colour of its label: good, warn, bad or none. The word alone says it; the colour repeats it."""

CAMPAIGN: Mapping[str, Word] = {
    CampaignState.DRAFT: (lazy_pgettext("campaign", "Draft"), ""),
    CampaignState.SCHEDULED: (lazy_pgettext("campaign", "Scheduled"), "warn"),
    CampaignState.OPEN: (lazy_pgettext("campaign", "Open"), "good"),
    CampaignState.ENDED: (lazy_pgettext("campaign", "Ended"), ""),
    CampaignState.ARCHIVED: (lazy_pgettext("campaign", "Archived"), ""),
}
DONATION: Mapping[str, Word] = {
    DonationState.CREATED: (_("Started"), ""),
    DonationState.OPEN: (_("Waiting for payment"), "warn"),
    DonationState.PROCESSING: (_("Payment under way"), "warn"),
    DonationState.PAID: (_("Paid"), "good"),
    "refunded": (_("Refunded, wholly or in part"), "bad"),
    "refund_trouble": (_("Refund failed or waiting"), "bad"),
    "disputed": (_("Disputed"), "bad"),
    "charged_back": (_("Taken back by the bank"), "bad"),
    "suspected": (_("Suspected of fraud"), "bad"),
    "paid_again": (_("Paid a second time"), "warn"),
    DonationState.EXPIRED: (_("Not paid in time"), ""),
    DonationState.FAILED: (_("Failed"), "bad"),
}
REFUNDED: Word = (_("Refunded"), "bad")
REFUNDED_IN_PART: Word = (_("Refunded in part"), "bad")
REFUND: Mapping[str, Word] = {
    RefundState.REQUESTED: (_("Requested"), "warn"),
    RefundState.PENDING: (_("Under way"), "warn"),
    RefundState.SUCCEEDED: (_("Sent back"), "good"),
    RefundState.FAILED: (_("Failed"), "bad"),
    RefundState.CANCELED: (_("Cancelled"), ""),
}
ALLOCATION: Mapping[str, Word] = {
    AllocationState.PROPOSED: (_("Waiting for approval"), "warn"),
    AllocationState.APPROVED: (_("Approved"), "good"),
    AllocationState.REJECTED: (_("Rejected"), "bad"),
    AllocationState.WITHDRAWN: (_("Withdrawn"), ""),
}
RECEIPT: Mapping[str, Word] = {
    ReceiptState.ISSUED: (_("Valid"), "good"),
    ReceiptState.REPLACED: (_("Replaced"), ""),
    ReceiptState.VOID: (_("Void"), "bad"),
}
INBOX: Mapping[str, Word] = {
    EventState.NEW: (_("Waiting"), "warn"),
    EventState.PROCESSED: (_("Done"), "good"),
    EventState.IGNORED: (_("Not about us"), ""),
    EventState.FOREIGN: (_("Someone else’s payment"), ""),
    EventState.WAITING_FOR_PARENT: (_("Waiting for another event"), "warn"),
    EventState.FAILED: (_("Failed, will be retried"), "bad"),
    EventState.FAILED_PERMANENTLY: (_("Given up"), "bad"),
}
MAIL: Mapping[str, Word] = {
    MailState.QUEUED: (_("Waiting"), "warn"),
    MailState.SENT: (_("Sent"), "good"),
    MailState.STORED: (_("Saved here: no mail server is set up"), ""),
    MailState.HELD: (_("Held back"), "bad"),
    MailState.FAILED_PERMANENTLY: (_("Given up"), "bad"),
}
MAIL_KINDS = mail_kinds.MAIL_KINDS
ROLES, ROLE_NAMES = role_words.ROLES, role_words.ROLE_NAMES
roles_in_words, grants_in_words = role_words.roles_in_words, role_words.grants_in_words
FREQUENCIES: Mapping[str, LazyString] = {DonationFrequency.ONCE: _("Once"), DonationFrequency.MONTHLY: _("Monthly")}
METHODS: Mapping[str, LazyString] = {"card": _("Card"), "bank": _("Bank transfer"), "cash": _("Cash")}
MODES: Mapping[str, Word] = {
    "none": (_("No payments: no key is set"), "warn"),
    "sandbox": (_("SANDBOX: no real money"), "warn"),
    "test": (_("TEST: no real money"), "warn"),
    "live": (_("LIVE: real money"), "good"),
}

ATTENTION: Mapping[str, tuple[LazyString, str, Mapping[str, str]]] = {
    "shield_up": (_("Stolen cards are being tested: protection is on"), "admin.shield", {}),
    "shield_by_hand": (_("Protection is on: turned on manually"), "admin.shield", {}),
    "fund_below_zero": (_("Funds are below zero"), "admin.allocations", {}),
    "disputed": (_("Donors’ banks dispute gifts"), "admin.donations", {"state": "disputed"}),
    "suspected": (_("Gifts are held because fraud is suspected: decide"), "admin.donations", {"state": "suspected"}),
    "paid_again": (_("Gifts were paid twice"), "admin.donations", {"state": "paid_again"}),
    "refund_failed": (_("Refunds failed"), "admin.donations", {"state": "refund_trouble"}),
    "refund_stuck": (_("Refunds have not reached the provider"), "admin.donations", {"state": "refund_trouble"}),
    "inbox_failed": (_("Provider’s events failed"), "admin.inbox", {"state": EventState.FAILED}),
    "inbox_waiting_for_parent": (
        _("Provider’s events wait for another"),
        "admin.inbox",
        {"state": EventState.WAITING_FOR_PARENT},
    ),
    "mails_not_taken": (_("The mail server has not accepted emails"), "admin.mails", {}),
    "address_refused": (
        _("Donors’ addresses cannot receive email"),
        "admin.mails",
        {"state": MailState.FAILED_PERMANENTLY},
    ),
    "names_waiting": (_("Names wait for approval"), "admin.moderation", {}),
    "unexplained": (_("Movements at the provider are not explained"), "admin.reconciliation", {}),
    "payout_failed": (_("A payout came back from the bank"), "admin.reconciliation", {}),
    "payout_open": (_("Payouts do not add up, or are waiting to be booked manually"), "admin.reconciliation", {}),
    "note_prepared": (_("A milestone is reached: a prepared update waits"), "admin.updates", {"state": "draft"}),
    "applications_waiting": (_("Applications wait for a decision"), "admin.applications", {"state": "submitted"}),
    "field_report": (_("Reports from field mode wait"), "admin.plan", {}),
    "report_late": (_("Reports of events and grants are late"), "admin.plan", {}),
    "allocation_waiting": (
        _("Allocations wait for approval"),
        "admin.allocations",
        {"state": AllocationState.PROPOSED},
    ),
}
"""What needs attention → the sentence, and where it is looked after."""

SHIELD_CAUSES: Mapping[str, LazyString] = {
    Cause.FAILURES: _("very many payments failed"),
    Cause.STARTS: _("unusually many payment pages were opened"),
    Cause.STAFF: _("turned on manually"),
}

ACTS: Mapping[str, LazyString] = {
    **TEXT_ACTS,
    "staff:sign_in": _("Signed in"),
    "staff:refused": _("Sign-in refused"),
    "staff:add": _("Added a person"),
    "staff:invite_again": _("Sent an invitation again"),
    "staff:withdraw": _("Withdrew an invitation"),
    "staff:confirm": _("Confirmed a person’s account"),
    "staff:correct": _("Corrected a person’s name or address"),
    "staff:set_roles": _("Changed roles"),
    "staff:deactivate": _("Deactivated an account"),
    "staff:reactivate": _("Reactivated an account"),
    "staff:end_sessions_of": _("Ended a person’s sessions"),
    "staff:passkey": _("Added a passkey"),
    "staff:passkey_removed": _("Removed a passkey"),
    "staff:second_step": _("Set up the second step"),
    "staff:second_step_removed": _("Removed the second step"),
    "staff:second_step_rules": _("Changed which roles need a second step"),
    "staff:reset": _("Reset an account"),
    "staff:end_sessions": _("Ended own sessions"),
    "staff:use_link": _("Chose a password by a one-time link"),
    "staff:reset_password": _("Reset a password"),
    "update:create": _("Began an update"),
    "update:save": _("Changed an update"),
    "update:correct": _("Corrected a published update"),
    "update:schedule": _("Scheduled an update"),
    "update:unschedule": _("Made a scheduled update a draft again"),
    "update:publish": _("Published an update"),
    "update:withdraw": _("Withdrew an update"),
    "update:delete": _("Deleted a draft update"),
    "organisation:save": _("Changed the organisation"),
    "update:prepare": _("Prepared an update for a milestone"),
    "update:email": _("Began to send an update by email"),
    "update:email_pause": _("Paused the sending of an update"),
    "update:email_resume": _("Resumed the sending of an update"),
    "campaign:goals": _("Changed the campaign’s goals"),
    "campaign:names_before": _("Names are shown after approval"),
    "campaign:names_after": _("Names are shown at once"),
    "moderation:block": _("Blocked a word or an address"),
    "moderation:unblock": _("Stopped blocking a word or an address"),
    "subscriber:remove": _("Unsubscribed a reader"),
    "subscriber:complaint": _("Unsubscribed a reader who reported an email as unwanted"),
    **PICTURE_ACTS,
    **PRIVACY_ACTS,
    "allocation:propose": _("Proposed an allocation"),
    "allocation:approve": _("Approved an allocation"),
    "allocation:reject": _("Rejected an allocation"),
    "allocation:withdraw": _("Withdrew an allocation"),
    "disbursement:record": _("Recorded a payment"),
    "refund:request": _("Requested a refund"),
    "drill:held": _("Held a fire drill"),
    "drill:failed": _("Held a fire drill that failed"),
    "drill:waived": _("Allowed going live without a fire drill"),
    "organisation:set_logo": _("Changed the logo, icon or signature"),
    "organisation:remove_logo": _("Removed the logo, icon or signature"),
    "pledge:stop": _("Stopped a monthly gift"),
    "pledge:withdraw_links": _("Withdrew the links of a monthly gift"),
    **campaign_words.AUDITED,
    **plan_words.AUDITED,
    "donation:correct": _("Corrected a name or address"),
    "donation:suspicion_approved": _("Approved a gift that was suspected of fraud"),
    "donation:wall_hidden": _("Took a name off the supporters list"),
    "donation:wall_shown": _("Put a name back on the supporters list"),
    "inbox:replay": _("Replayed an event"),
    "inbox:replay_many": _("Replayed events"),
    "inbox:set_aside": _("Set an event aside"),
    "shield:up": lazy_pgettext("audit", "Turn on protection"),
    "shield:away": lazy_pgettext("audit", "Turn off protection"),
    "receipt:correct": _("Corrected a held receipt"),
    "reconciliation:fetch": _("Fetched what is behind a movement"),
    "reconciliation:fee": _("Booked a movement as a fee"),
    "reconciliation:unidentified": _("Booked a movement as not identified"),
    "reconciliation:payout": _("Booked a payout"),
    "payouts:download": _("Downloaded payouts"),
    "mail:send_again": _("Sent an email again"),
    "mail:send_held": _("Sent emails that were held as late"),
    "receipt:download": _("Downloaded a receipt"),
    "receipts:download": _("Downloaded receipts of a period"),
    "receipt_register:download": _("Downloaded the receipt register"),
    **donor_words.ACTS,
    "ledger:download": _("Downloaded the ledger"),
    "allocations:download": _("Downloaded the allocation ledger"),
}

DEPENDENT = _(
    "You or the proposer made the other’s account or gave it a role over money, so this could be one person. Another "
    "administrator confirms the account on its page under People; then it can be approved."
)
BROKEN_RULES: Mapping[type[DomainError], LazyString] = {
    news.UpdateChanged: _("Someone else changed this update after you opened it. Read the new text, then decide."),
    news.UpdateWithdrawn: _("This update is withdrawn. Publish it again to change it."),
    news.UpdateNotPublic: _("This update is not published, so it cannot be sent by email."),
    news.WrongUpdateState: _("The state of this update has changed meanwhile. Nothing was done."),
    news.UpdateEmpty: _("Write a title and a text in at least one language."),
    news.UpdateIncomplete: _("A language has a title without a text, or a text without a title. Complete it first."),
    news.UpdateBadLinks: _("A link of this update leads nowhere. Correct it, then publish."),
    **PICTURE_RULES,
    **PRIVACY_RULES,
    news.PublicationInPast: _("Choose a time in the future."),
    **campaign_words.BROKEN_RULES,
    **plan_words.BROKEN_RULES,
    NotEnoughFunds: _("The fund does not have enough. Check its balance, then enter a smaller amount."),
    MoneyMayNotGoThere: _("The donors gave this money for something else, so it may not go there."),
    EntryConflict: _(
        "The same entry is in the books with different figures. Nothing was changed; tell an administrator."
    ),
    NotRefundable: _("Nothing of this gift is left to refund."),
    PledgeStopped: _("This monthly gift has already ended."),
    NothingToBlock: _(
        "Enter a word or phrase of at most 60 characters, an email address like name@example.org, or a domain like example.org."
    ),
    AlreadyBlocked: _("This is blocked already."),
    TooManyBlocks: _("500 words and addresses are blocked. Remove some that are no longer needed."),
    HoldDecided: _("Nobody has to decide about this gift any more. Look at its history below."),
    DisputeOpen: _(
        "The donor’s bank is holding this money in a dispute, so a refund now would pay twice. First "
        "respond to the dispute or accept it at the payment provider."
    ),
    DisputeLost: _(
        "The donor’s bank has returned this money, or part of it, to the donor. The payment provider "
        "will refund no more of it."
    ),
    RefundTooLarge: _("That is more than the remaining amount of the gift."),
    NotFound: _("It is no longer there."),
    FormReused: _(
        "This form was already submitted with different details, and that request was carried out. To "
        "do this as well, submit it again."
    ),
    SelfApproval: _("You proposed this. Another person must decide."),
    DependentApproval: DEPENDENT,
    account_ties.ConfirmedByMaker: _(
        "Another administrator must confirm this account: neither its person nor who made it."
    ),
    NotProposer: _("Only the person who proposed this can withdraw it."),
    AlreadyDecided: _("Someone has already decided on this."),
    BalancesChanged: _("The balances have changed since you opened this page. Check the new figures, then decide."),
    MoreThanIsMissing: _("That is more than the fund lacks. Enter a smaller amount."),
    AllocationReasonMissing: _("Say why."),
    NothingToMove: _("Enter an amount above zero."),
    disbursements.NothingPaid: _("Enter an amount above zero."),
    disbursements.PaidInTheFuture: _("Enter a day that is not in the future."),
    disbursements.PaidTooEarly: _("Enter a day that is not more than a year before the campaign began."),
    disbursements.EvidenceMissing: _("Enter who was paid, and the number of the document that shows it."),
    **donor_words.BROKEN_RULES,
    corrections.NothingToCorrect: _("This is what we have already. Change the name or the address."),
    corrections.NotPaid: _("This donation is not paid, so there is nothing to correct yet."),
    receipts_on_hold.NotOnHold: _("This receipt is no longer held. Nothing was changed."),
    receipts_on_hold.StillOnHold: _(
        "The receipt still cannot be printed with this. Nothing was changed; the reasons are below."
    ),
    resending.MailStillQueued: _("This email is waiting to be sent already. Nothing was changed."),
    resending.MailNotRepeatable: _("The code or link in this email has expired. The donor can ask for a new one."),
    resending.AddressCorrected: _("The donor’s address was corrected after this email. Send it to that address."),
    resending.ReceiptStillOnHold: _("The receipt in this email cannot be printed yet. Correct the receipt first."),
    resending.ReceiptNotValid: _("The receipt in this email is no longer valid, so it cannot be sent again."),
    files.ReceiptNotReady: _("A receipt is still being printed. Try again in a minute."),
    files.NothingInPeriod: _("There is no receipt in this period."),
    files.TooManyReceipts: _("There are too many receipts in this period for one file. Choose a shorter one."),
    suspense.AlreadyExplained: _("The books already match this movement. Nothing was changed."),
    payouts.CannotBeBookedWhole: _("The provider says what this payout consists of, or it is booked already."),
    accounts.OwnRolesAreFixed: _("You cannot change your own roles. Ask another administrator."),
    accounts.LastAdministrator: _("This is the last administrator. Make somebody else an administrator first."),
    resets.NothingToReset: _("Choose what to reset: the password, the second step or both."),
    accounts.StaffExists: _("Somebody with this address has an account already."),
    invitations.InvitationUsed: _("This person has no open invitation any more. Reload the page to see the account."),
    details.NothingChanged: _("This is what we have already. Change the name or the address."),
    accounts.UnknownRole: _("Choose one of the roles shown."),
    accounts.UnknownCampaign: _("Choose one of the campaigns shown."),
    shield_state.ShieldReasonMissing: _("Say why."),
    shield_state.ShieldIsSoAlready: _("Someone else acted first. Reload the page, then decide."),
    **TEXT_RULES,
}


def refunded(charge: Money, sent_back: Money) -> Word | None:
    """Return the word for a gift of which this much was refunded; None where nothing was."""
    if not sent_back.minor:
        return None
    return REFUNDED_IN_PART if sent_back.minor < charge.minor else REFUNDED


def sentence_of(error: DomainError) -> str:
    """Return the sentence for a broken rule."""
    sentence = next((text for kind, text in BROKEN_RULES.items() if isinstance(error, kind)), None)
    return str(sentence or _("This cannot be done. Nothing was changed."))
