"""The entries of everything that can happen to the money, as docs/ledger.md tells them: facts in, a balanced entry out."""

from collections.abc import Iterable
from datetime import date

from campaign.domain.journal import Account, Entry, EntryKind, Line
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction


def gift_paid(*, charge_id: str, subject: str, gift: Money, cover: Money, fund_id: int, on: date) -> Entry:
    """The donor has paid by card: the receipt's amount, in her currency; the provider still owes us all of it."""
    lines = [
        Line(Account.CARD_PAYMENTS, gift + cover, reference=charge_id),
        Line(Account.CONTRIBUTIONS, -gift, fund_id, charge_id),
    ]
    if cover.minor:
        lines.append(Line(Account.FEES_COVERED, -cover, fund_id, charge_id))
    return Entry(
        source=f"charge:{charge_id}", kind=EntryKind.GIFT_PAID, effective_on=on, lines=tuple(lines), subject=subject
    )


def gift_settled(
    *, subject: str, charged: Money, settled: BalanceTransaction, fund_id: int, fee_fund_id: int, on: date
) -> Entry:
    """The provider has put the gift into our balance, less its fee, perhaps in another currency (through trading)."""
    ref = settled.transaction_id
    lines = [
        Line(Account.PROVIDER, settled.gross - settled.fee, reference=ref),
        Line(Account.CARD_PAYMENTS, -charged, reference=ref),
        *_conversion(charged, settled.gross, fund_id, ref),
    ]
    if settled.fee.minor:
        lines.append(Line(Account.PROVIDER_FEES, settled.fee, fee_fund_id, ref))
    return Entry(
        source=f"txn:{ref}",
        kind=EntryKind.GIFT_SETTLED,
        effective_on=on,
        lines=_without_nothing(lines),
        subject=subject,
    )


def refund_made(*, subject: str, refunded: Money, settled: BalanceTransaction, fund_id: int, on: date) -> Entry:
    """Money goes back to the donor; the fund bears it, and the fee does not come back."""
    ref = settled.transaction_id
    lines = (
        Line(Account.REFUNDS, refunded, fund_id, ref),
        Line(Account.PROVIDER, -(settled.gross + settled.fee), reference=ref),
        *_conversion(-refunded, -settled.gross, fund_id, ref),
        Line(Account.PROVIDER_FEES, settled.fee, fund_id, ref),
    )
    return Entry(
        source=f"txn:{ref}", kind=EntryKind.REFUND, effective_on=on, lines=_without_nothing(lines), subject=subject
    )


def refund_failed(*, subject: str, refunded: Money, returned: BalanceTransaction, fund_id: int, on: date) -> Entry:
    """The donor's bank sent the refund back: the money is ours again, at the rate at which it came."""
    ref = returned.transaction_id
    lines = (
        Line(Account.PROVIDER, returned.gross, reference=ref),
        Line(Account.REFUNDS, -refunded, fund_id, ref),
        *_conversion(refunded, returned.gross, fund_id, ref),
    )
    return Entry(
        source=f"txn:{ref}",
        kind=EntryKind.REFUND_FAILED,
        effective_on=on,
        lines=_without_nothing(lines),
        subject=subject,
    )


def dispute_opened(*, subject: str, withdrawn: BalanceTransaction, fund_id: int, on: date) -> Entry:
    """The donor's bank holds the money while it decides; the gift's fund bears the provider's fee for it."""
    ref = withdrawn.transaction_id
    lines = (
        Line(Account.DISPUTED, withdrawn.gross, reference=ref),
        Line(Account.PROVIDER, -(withdrawn.gross + withdrawn.fee), reference=ref),
        Line(Account.DISPUTE_FEES, withdrawn.fee, fund_id, ref),
    )
    return Entry(
        source=f"txn:{ref}",
        kind=EntryKind.DISPUTE_OPENED,
        effective_on=on,
        lines=_without_nothing(lines),
        subject=subject,
    )


def dispute_won(
    *, subject: str, withdrawn: BalanceTransaction, returned: BalanceTransaction, fund_id: int, on: date
) -> Entry:
    """The money is back: all that was held is let go, and what another rate made of it passes through trading."""
    ref = returned.transaction_id
    lines = (
        Line(Account.PROVIDER, returned.gross - returned.fee, reference=ref),
        Line(Account.DISPUTED, -withdrawn.gross, reference=ref),
        *_difference(withdrawn.gross, returned.gross, fund_id, ref),
        Line(Account.DISPUTE_FEES, returned.fee, fund_id, ref),
    )
    return Entry(
        source=f"txn:{ref}",
        kind=EntryKind.DISPUTE_WON,
        effective_on=on,
        lines=_without_nothing(lines),
        subject=subject,
    )


def dispute_lost(*, subject: str, disputed: Money, withdrawn: BalanceTransaction, fund_id: int, on: date) -> Entry:
    """The donor keeps the money: what was held is written off, in her currency at the fund."""
    ref = withdrawn.transaction_id
    lines = (
        Line(Account.CHARGEBACKS, disputed, fund_id, ref),
        Line(Account.DISPUTED, -withdrawn.gross, reference=ref),
        *_difference(-disputed, -withdrawn.gross, fund_id, ref),
    )
    return Entry(
        source=f"lost:{ref}",
        kind=EntryKind.DISPUTE_LOST,
        effective_on=on,
        lines=_without_nothing(lines),
        subject=subject,
    )


def transferred(
    *, kind: EntryKind, public_id: str, amount: Money, source_fund: int, target_fund: int, on: date
) -> Entry:
    """Money of one fund becomes another's: an allocation, or its taking back."""
    subject = f"allocation:{public_id}"
    lines = (
        Line(Account.TRANSFERS, amount, source_fund, public_id),
        Line(Account.TRANSFERS, -amount, target_fund, public_id),
    )
    return Entry(source=subject, kind=kind, effective_on=on, lines=lines, subject=subject)


def disbursed(*, public_id: str, cost: Account, amount: Money, fund_id: int, on: date) -> Entry:
    """Money was really paid from the bank, for the programme or as a grant (awarded and paid in one)."""
    subject = f"disbursement:{public_id}"
    lines = [Line(cost, amount, fund_id, public_id), Line(Account.BANK, -amount, reference=public_id)]
    if cost is Account.GRANTS:
        lines[1:1] = [
            Line(Account.GRANTS_PAYABLE, -amount, reference=public_id),
            Line(Account.GRANTS_PAYABLE, amount, reference=public_id),
        ]
    return Entry(source=subject, kind=EntryKind.DISBURSEMENT, effective_on=on, lines=tuple(lines), subject=subject)


def _conversion(charged: Money, settled: Money, fund_id: int, reference: str) -> Iterable[Line]:
    """The trading lines that join a charge in one currency to its settlement in another; none where it is the same."""
    if charged.currency == settled.currency:
        return ()
    return (
        Line(Account.TRADING, charged, fund_id, reference),
        Line(Account.TRADING, -settled, fund_id, reference),
    )


def _difference(before: Money, after: Money, fund_id: int, reference: str) -> Iterable[Line]:
    """What became of an amount on its way, through trading: another currency, or another sum in the same one."""
    if before.currency == after.currency:
        return (Line(Account.TRADING, before - after, fund_id, reference),)
    return _conversion(before, after, fund_id, reference)


def _without_nothing(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.amount.minor)
