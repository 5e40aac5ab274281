"""The test bank accounts: debits and transfers, whose money arrives days after the session is complete.

Stripe offers these methods for a few currencies only; the sandbox offers them for all.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A published test account and its behaviour."""

    number: str
    type: str = "sepa_debit"  # sepa_debit · customer_balance
    pays: bool = True
    slow: bool = False
    dispute: str | None = None
    refund: str = "pending"  # the payment succeeds after some days
    warning: bool = False
    funds_at_once: bool = False

    @property
    def last4(self) -> str:
        """The last four digits, the only ones that are stored."""
        return self.number[-4:]


TRANSFER, LOST_TRANSFER = "TRANSFERARRIVES", "TRANSFERNEVERARRIVES"

_ACCOUNTS = (
    BankAccount("AT611904300234573201"),
    BankAccount("AT861904300235473202", pays=False),
    BankAccount("AT321904300235473204", slow=True),
    BankAccount("AT051904300235473205", slow=True, pays=False),
    BankAccount("AT591904300235473203", dispute="debit_not_authorized"),
    BankAccount(TRANSFER, type="customer_balance"),
    BankAccount(LOST_TRANSFER, type="customer_balance", pays=False),
)

ACCOUNTS = {account.number: account for account in _ACCOUNTS}
DEBITS = [account for account in _ACCOUNTS if account.type == "sepa_debit"]

# Stripe's names for ready-made debits, and the sandbox's own for transfers.
TOKENS = {
    "success_at": "AT611904300234573201",
    "failed_at": "AT861904300235473202",
    "successDelayed_at": "AT321904300235473204",
    "failedDelayed_at": "AT051904300235473205",
    "disputed_at": "AT591904300235473203",
    "bankTransfer_success": TRANSFER,
    "bankTransfer_failed": LOST_TRANSFER,
}


def account_of_token(token: str) -> BankAccount | None:
    """Return the account of `pm_sepaDebit_…`, `pm_…_at` or `pm_bankTransfer_…`, if it is a ready-made one."""
    name = token.removeprefix("pm_").removeprefix("sepaDebit_")
    return ACCOUNTS.get(TOKENS.get(name, "")) if token.startswith("pm_") else None
