"""One fact of which two rows say different things: each rule of `ledger_fact_rules` with statements that break it."""

# ruff: noqa: S608  # the statements are put together from words of this file

from tests.services.trail_breaks import DISPUTE, REFUND

CURRENCY = "refunds, disputes and receipts are in their gift’s currency"
MOVEMENT_ENTRY = "a movement of the provider has the fee, the currency and the category of its entry"
MOVEMENT_SOURCE = "a movement of the provider comes from what names it"

A_REFUND = REFUND.format(name="settlement_id", state="succeeded", value="'txn_9'")
A_DISPUTE = DISPUTE.format(name="withdrawal_id", state="open")
SEEN_MOVEMENT = (
    "INSERT INTO provider_transaction (provider_id, type, category, source_id, payment_id, currency, amount_minor,"
    " fee_minor, net_minor, made_at, available_at, explained_by, is_foreign)"
    " SELECT settlement_id, 'charge', 'charge', charge_id, payment_id, settled_currency, settled_minor, fee_minor,"
    " settled_minor - fee_minor, paid_at, paid_at, 'books', FALSE FROM donation WHERE id = 1"
)
NAMED_MOVEMENT = (
    "INSERT INTO provider_transaction (provider_id, type, category, source_id, currency, amount_minor, fee_minor,"
    " net_minor, made_at, available_at, explained_by, is_foreign) VALUES ('txn_9', '', '', 'other_9', 'USD', 5, 0, 5,"
    " '2026-12-01', '2026-12-01', 'books', FALSE)"
)

FACT_BREAKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (CURRENCY, (A_REFUND, "UPDATE refund SET currency = 'EUR'")),
    (CURRENCY, (A_DISPUTE, "UPDATE dispute SET currency = 'EUR'")),
    (CURRENCY, ("UPDATE receipt SET currency = 'EUR' WHERE id = 1",)),
    *(
        (MOVEMENT_ENTRY, (SEEN_MOVEMENT, f"UPDATE provider_transaction SET {change}"))
        for change in (
            "amount_minor = amount_minor + 1, fee_minor = fee_minor + 1",
            "currency = 'EUR'",
            "category = 'refund'",
        )
    ),
    (MOVEMENT_SOURCE, (SEEN_MOVEMENT, "UPDATE provider_transaction SET source_id = NULL")),
    (MOVEMENT_SOURCE, (SEEN_MOVEMENT, "UPDATE donation SET charge_id = 'ch_9' WHERE id = 1")),
    (MOVEMENT_SOURCE, (A_REFUND, NAMED_MOVEMENT)),
    (MOVEMENT_SOURCE, (A_DISPUTE, NAMED_MOVEMENT)),
)
