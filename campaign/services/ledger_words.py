"""The words of the books in the reader's language: accounts, kinds of entries, kinds of funds."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from campaign.domain.journal import Account, EntryKind

ACCOUNTS: dict[Account, LazyString] = {
    Account.CARD_PAYMENTS: _l("Card payments not yet settled"),
    Account.PROVIDER: _l("Balance with the payment provider"),
    Account.PAYOUTS: _l("Payouts under way"),
    Account.BANK: _l("Bank and cash"),
    Account.DISPUTED: _l("Held by open disputes"),
    Account.GRANTS_PAYABLE: _l("Grants awarded and not yet paid"),
    Account.UNIDENTIFIED: _l("Receipts not identified"),
    Account.TRADING: _l("Currency conversion"),
    Account.CONTRIBUTIONS: _l("Contributions"),
    Account.FEES_COVERED: _l("Fees covered by donors"),
    Account.REFUNDS: _l("Refunds"),
    Account.CHARGEBACKS: _l("Chargebacks"),
    Account.TRANSFERS: _l("Transfers between funds"),
    Account.PROVIDER_FEES: _l("Provider's fees"),
    Account.DISPUTE_FEES: _l("Dispute fees"),
    Account.GRANTS: _l("Grants"),
    Account.PROGRAMME: _l("Programme costs"),
}
KINDS: dict[EntryKind, LazyString] = {
    EntryKind.GIFT_PAID: _l("Gift paid"),
    EntryKind.GIFT_SETTLED: _l("Gift settled"),
    EntryKind.REFUND: _l("Refund"),
    EntryKind.REFUND_FAILED: _l("Refund failed"),
    EntryKind.ALLOCATION: _l("Allocation"),
    EntryKind.TAKE_BACK: _l("Taking back"),
    EntryKind.DISBURSEMENT: _l("Disbursement"),
    EntryKind.REVERSAL: _l("Reversal"),
}
FUND_KINDS: dict[str, LazyString] = {
    "general": _l("General fund"),
    "theme": _l("Theme"),
    "event": _l("Event"),
    "grant": _l("Grant"),
    "line": _l("Budget line"),
    "restricted": _l("Restricted part"),
}


def account_name(code: int) -> str:
    """The account's name, without its number."""
    return str(ACCOUNTS[Account(code)])


def kind_name(kind: str) -> str:
    """What kind of entry it is."""
    return str(KINDS[EntryKind(kind)])
