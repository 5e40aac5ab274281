"""The rules that compare what several rows say of one fact: a currency, a movement of the provider, a name that it gave."""

from campaign.services.ledger_rules import Check

CATEGORY_OF_KIND = {
    "gift_settled": "charge",
    "refund": "refund",
    "refund_failed": "refund_failure",
    "dispute_opened": "dispute",
    "dispute_won": "dispute_reversal",
}
"""The kind of an entry about a movement, and the provider's reporting category of that movement."""
CATEGORY_CASES = " ".join(f"WHEN '{kind}' THEN '{category}'" for kind, category in CATEGORY_OF_KIND.items())
NAMED_MOVEMENTS = """
    SELECT settlement_id AS movement, charge_id AS source_id, payment_id FROM donation WHERE settlement_id IS NOT NULL
    UNION ALL SELECT r.settlement_id, r.provider_id, d.payment_id FROM refund r
    JOIN donation d ON d.id = r.donation_id WHERE r.settlement_id IS NOT NULL
    UNION ALL SELECT r.failure_settlement_id, r.provider_id, d.payment_id FROM refund r
    JOIN donation d ON d.id = r.donation_id WHERE r.failure_settlement_id IS NOT NULL
    UNION ALL SELECT o.withdrawal_id, o.provider_id, d.payment_id FROM dispute o
    JOIN donation d ON d.id = o.donation_id WHERE o.withdrawal_id IS NOT NULL
    UNION ALL SELECT o.reinstatement_id, o.provider_id, d.payment_id FROM dispute o
    JOIN donation d ON d.id = o.donation_id WHERE o.reinstatement_id IS NOT NULL
    UNION ALL SELECT transaction_id, provider_id, NULL FROM payout WHERE transaction_id IS NOT NULL
    UNION ALL SELECT failure_transaction_id, provider_id, NULL FROM payout WHERE failure_transaction_id IS NOT NULL"""
"""The movements that rows name, and the provider's names of the thing behind each and of its payment."""

FACT_CHECKS = (
    Check(
        6,
        "refunds, disputes and receipts are in their gift’s currency",
        """SELECT d.public_id, d.currency, later.currency FROM (
               SELECT donation_id, currency FROM refund
               UNION ALL SELECT donation_id, currency FROM dispute
               UNION ALL SELECT donation_id, currency FROM receipt) AS later
           JOIN donation d ON d.id = later.donation_id WHERE later.currency <> d.currency""",
    ),
    Check(
        5,
        "a movement of the provider has the fee, the currency and the category of its entry",
        f"""SELECT provider_id, kind, category, currency, fee_minor, booked FROM (
               SELECT t.provider_id, e.kind, t.category, t.currency, t.fee_minor,
                      SUM(CASE WHEN p.account IN (5010, 5015) THEN p.amount_minor ELSE 0 END) AS booked,
                      SUM(CASE WHEN p.account = 1010 AND p.currency <> t.currency THEN 1 ELSE 0 END) AS foreign_lines
               FROM provider_transaction t JOIN journal_entry e ON e.source = 'txn:' || t.provider_id
               JOIN posting p ON p.entry_id = e.id WHERE t.explained_by = 'books'
               GROUP BY t.provider_id, e.kind, t.category, t.currency, t.fee_minor) AS movements
           WHERE fee_minor <> booked OR foreign_lines > 0 OR category <> CASE kind {CATEGORY_CASES} ELSE category END""",  # noqa: S608
    ),
    Check(
        5,
        "a movement of the provider comes from what names it",
        f"""SELECT t.provider_id, t.source_id, m.source_id, t.payment_id, m.payment_id FROM ({NAMED_MOVEMENTS}) AS m
           JOIN provider_transaction t ON t.provider_id = m.movement
           WHERE COALESCE(t.source_id, '') <> COALESCE(m.source_id, '')
              OR (m.payment_id IS NOT NULL AND t.payment_id <> m.payment_id)""",  # noqa: S608
    ),
)
