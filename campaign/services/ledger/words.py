"""The words of the ledger in the reader's language: accounts, kinds of entries, kinds of funds."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.fund import FundKind
from campaign.domain.journal import Account, EntryKind

ACCOUNTS: dict[Account, LazyString] = {
    Account.CARD_PAYMENTS: _("Card payments not yet settled"),
    Account.PROVIDER: _("Balance with the payment provider"),
    Account.PAYOUTS: _("Payouts under way"),
    Account.BANK: _("Bank and cash"),
    Account.DISPUTED: _("Held by open disputes"),
    Account.GRANTS_PAYABLE: _("Grants awarded and not yet paid"),
    Account.UNIDENTIFIED: _("Receipts not identified"),
    Account.TRADING: _("Currency conversion"),
    Account.CONTRIBUTIONS: _("Contributions"),
    Account.FEES_COVERED: _("Fees covered by donors"),
    Account.REFUNDS: _("Refunds"),
    Account.CHARGEBACKS: _("Chargebacks"),
    Account.TRANSFERS: _("Transfers between funds"),
    Account.PROVIDER_FEES: _("Provider’s fees"),
    Account.DISPUTE_FEES: _("Dispute fees"),
    Account.GRANTS: _("Grants"),
    Account.PROGRAMME: _("Programme costs"),
}
KINDS: dict[EntryKind, LazyString] = {
    EntryKind.GIFT_PAID: _("Gift paid"),
    EntryKind.GIFT_SETTLED: _("Gift settled"),
    EntryKind.REFUND: _("Refund"),
    EntryKind.REFUND_FAILED: _("Refund failed"),
    EntryKind.ALLOCATION: _("Allocation"),
    EntryKind.TAKE_BACK: _("Reversal of allocation"),
    EntryKind.COVER: _("Cover of a deficit"),
    EntryKind.DISBURSEMENT: _("Disbursement"),
    EntryKind.REVERSAL: _("Reversal"),
    EntryKind.DISPUTE_OPENED: _("Dispute: money withdrawn"),
    EntryKind.DISPUTE_WON: _("Dispute won"),
    EntryKind.DISPUTE_LOST: _("Dispute lost"),
    EntryKind.PAYOUT_MADE: _("Payout made"),
    EntryKind.PAYOUT_ARRIVED: _("Payout arrived"),
    EntryKind.PAYOUT_FAILED: _("Payout came back"),
    EntryKind.PROVIDER_FEE: _("Provider’s fee"),
    EntryKind.UNIDENTIFIED: _("Not identified"),
    EntryKind.IDENTIFIED: _("Identified after all"),
}
FUND_KINDS: dict[str, LazyString] = {
    FundKind.GENERAL: _("General fund"),
    FundKind.THEME: _("Theme"),
    FundKind.EVENT: _("Event"),
    FundKind.GRANT: _("Grant"),
    FundKind.LINE: _("Budget line"),
    FundKind.RESTRICTED: _("Restricted part"),
}


def account_name(code: int) -> str:
    """Return the account's name, without its number."""
    return str(ACCOUNTS[Account(code)])


def kind_name(kind: str) -> str:
    """Return the name of a kind of entry."""
    return str(KINDS[EntryKind(kind)])
