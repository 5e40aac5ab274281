"""One fact of which two rows say different things: each rule of `ledger_fact_rules` with statements that break it."""

# ruff: noqa: S608  # the statements are put together from words of this file

from tests.services.ledger.trail_breaks import DISPUTE, PAYOUT, REFUND

CURRENCY = "refunds, disputes and receipts are in their gift’s currency"
MOVEMENT_ENTRY = "a movement of the provider has the fee, the currency and the category of its entry"
MOVEMENT_SOURCE = "a movement of the provider comes from what names it"
PAYOUT_MOVEMENT = "a payout’s own movement is there, and a debit that failed adds up to nothing"
HISTORY_ROWS = "refunds and disputes that a gift’s history names are there"
ROWS_HISTORY = "a gift’s history names every refund and every dispute in its state"
BOOKED_ROWS = "the books hold of a gift’s settlement, refunds and disputes what their rows name"
REPLACED = "every replaced receipt has one that replaces it, of the same gift"
APPROVED = "an allocation was approved when the audit trail says"
PAYMENT = "a gift was paid by the payment that its history names"

AN_ENTRY = "(SELECT MIN(id) FROM journal_entry WHERE kind = 'gift_settled')"
A_REFUND = REFUND.format(name="settlement_id", state="succeeded", value="'txn_9'")
A_DISPUTE = DISPUTE.format(name="withdrawal_id", state="open")
KNOWN_MOVEMENT = (
    "INSERT INTO provider_transaction (provider_id, type, category, source_id, payment_id, currency, amount_minor,"
    " fee_minor, net_minor, made_at, available_at, matched_by, is_foreign)"
    " SELECT settlement_id, 'charge', 'charge', charge_id, payment_id, settled_currency, settled_minor, fee_minor,"
    " settled_minor - fee_minor, paid_at, paid_at, 'books', FALSE FROM donation WHERE id = 1"
)
NAMED_MOVEMENT = (
    "INSERT INTO provider_transaction (provider_id, type, category, source_id, currency, amount_minor, fee_minor,"
    " net_minor, made_at, available_at, matched_by, is_foreign) VALUES ('txn_9', '', '', 'other_9', 'USD', 5, 0, 5,"
    " '2026-12-01', '2026-12-01', 'books', FALSE)"
)
HISTORY_LINE = (
    "INSERT INTO donation_event (donation_id, at, kind, detail)"
    """ VALUES (1, '2026-12-01', '{kind}', '{{"{thing}": "{name}"}}')"""
)
WON = DISPUTE.format(name="reinstatement_id", state="won")


def of_refund(name: str) -> str:
    """A line of the first gift’s history about a refund of this name."""
    return HISTORY_LINE.format(kind="refund_succeeded", thing="refund", name=name)


def of_dispute(name: str) -> str:
    """A line of the first gift’s history about a dispute of this name."""
    return HISTORY_LINE.format(kind="dispute_won", thing="dispute", name=name)


def booked_as(kind: str) -> str:
    """Make the settlement of the first gift an entry of another kind."""
    return f"UPDATE journal_entry SET kind = '{kind}', source = 'txn:txn_9' WHERE id = {AN_ENTRY}"


FACT_BREAKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (CURRENCY, (A_REFUND, "UPDATE refund SET currency = 'EUR'")),
    (CURRENCY, (A_DISPUTE, "UPDATE dispute SET currency = 'EUR'")),
    (CURRENCY, ("UPDATE receipt SET currency = 'EUR' WHERE id = 1",)),
    *(
        (MOVEMENT_ENTRY, (KNOWN_MOVEMENT, f"UPDATE provider_transaction SET {change}"))
        for change in (
            "amount_minor = amount_minor + 1, fee_minor = fee_minor + 1",
            "currency = 'EUR'",
            "category = 'refund'",
        )
    ),
    (MOVEMENT_SOURCE, (KNOWN_MOVEMENT, "UPDATE provider_transaction SET source_id = NULL")),
    (MOVEMENT_SOURCE, (KNOWN_MOVEMENT, "UPDATE donation SET charge_id = 'ch_9' WHERE id = 1")),
    (MOVEMENT_SOURCE, (A_REFUND, NAMED_MOVEMENT)),
    (MOVEMENT_SOURCE, (A_DISPUTE, NAMED_MOVEMENT)),
    (PAYOUT_MOVEMENT, (PAYOUT.format(state="arrived"), "UPDATE payout SET transaction_id = 'txn_9'")),
    (PAYOUT_MOVEMENT, (NAMED_MOVEMENT, "UPDATE provider_transaction SET matched_by = 'undone'")),
    (HISTORY_ROWS, (of_refund("re_9"),)),
    (HISTORY_ROWS, (A_REFUND, of_refund("re_9"), "UPDATE refund SET provider_id = 're_8'")),
    (HISTORY_ROWS, (of_dispute("dp_9"),)),
    (HISTORY_ROWS, (A_DISPUTE, of_dispute("dp_9"), "UPDATE dispute SET provider_id = 'dp_8'")),
    (ROWS_HISTORY, (A_REFUND,)),
    (ROWS_HISTORY, (A_REFUND, of_refund("re_9"), "UPDATE refund SET provider_id = 're_8'")),
    (ROWS_HISTORY, (A_DISPUTE,)),
    (ROWS_HISTORY, (WON, of_dispute("dp_8"))),
    *((BOOKED_ROWS, (booked_as(kind),)) for kind in ("gift_settled", "refund", "refund_failed", "dispute_won")),
    (REPLACED, ("UPDATE receipt SET replaces_id = 1 WHERE id = 2",)),
    (REPLACED, ("UPDATE receipt SET replaces_id = 99 WHERE id = 2",)),
    (REPLACED, ("UPDATE receipt SET state = 'replaced', ended_at = issued_at WHERE id = 1",)),
    (
        REPLACED,  # another gift’s
        (
            "UPDATE receipt SET state = 'replaced', ended_at = issued_at WHERE id = 1",
            "UPDATE receipt SET replaces_id = 1 WHERE id = 2",
        ),
    ),
    (REPLACED, ("UPDATE receipt SET ended_at = issued_at WHERE id = 1",)),
    *((APPROVED, (f"UPDATE allocation SET decided_at = {at}",)) for at in ("NULL", "'2026-01-03'")),
    (PAYMENT, (HISTORY_LINE.format(kind="paid", thing="payment", name="pi_9"),)),
)

PRINTED = (
    "receipt SET number = 'QUI-2026-000009'",
    "receipt SET serial = 9",
    "receipt SET year = 2025",
    "receipt SET series = 'TEST-QUI'",
    "receipt SET verify_code = 'aaaaaaaa'",
    "receipt SET issued_at = '2026-01-03 12:00:00'",
    "receipt SET language = 'ky'",
    "receipt SET amount_minor = 1",
    "receipt SET replaces_id = 2",
    "donation SET paid_at = '2026-01-03 12:00:00'",
    "donation SET paid_on = '2026-01-03'",
)
"""Changes of a row that make it say something else than its receipt prints."""
