"""The rules that compare several rows about one fact: a currency, a movement of the provider, an id that it gave."""

from campaign.services.ledger.rules import Check

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
               JOIN posting p ON p.entry_id = e.id WHERE t.matched_by = 'books'
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
    Check(
        5,
        "a payout’s own movement is there, and a debit that failed adds up to nothing",
        """SELECT p.provider_id, p.transaction_id FROM payout p
           LEFT JOIN provider_transaction t ON t.provider_id = p.transaction_id
           WHERE p.itemized_at IS NOT NULL AND p.is_automatic AND p.transaction_id IS NOT NULL AND t.id IS NULL
           UNION ALL
           SELECT source_id, MIN(provider_id) FROM provider_transaction WHERE matched_by = 'undone'
           GROUP BY source_id HAVING SUM(net_minor) <> 0""",
    ),
    Check(
        11,
        "refunds and disputes that a gift’s history names are there",
        """SELECT h.donation_id, h.kind, h.detail ->> 'refund' FROM donation_event h
           LEFT JOIN refund r ON r.donation_id = h.donation_id AND h.detail ->> 'refund' IN (r.provider_id, r.public_id)
           WHERE h.kind LIKE 'refund~_%' ESCAPE '~' AND h.detail ->> 'refund' IS NOT NULL AND r.id IS NULL
           UNION ALL
           SELECT h.donation_id, h.kind, h.detail ->> 'dispute' FROM donation_event h
           LEFT JOIN dispute o ON o.donation_id = h.donation_id AND o.provider_id = h.detail ->> 'dispute'
           WHERE h.kind LIKE 'dispute~_%' ESCAPE '~' AND h.detail ->> 'dispute' IS NOT NULL AND o.id IS NULL""",
    ),
    Check(
        11,
        "a gift’s history names every refund and every dispute in its state",
        """SELECT r.public_id, r.state FROM refund r WHERE r.state <> 'requested' AND NOT EXISTS (
               SELECT 1 FROM donation_event h WHERE h.donation_id = r.donation_id AND h.kind = 'refund_' || r.state
               AND COALESCE(h.detail ->> 'refund', r.public_id) IN (r.provider_id, r.public_id))
           UNION ALL
           SELECT o.provider_id, o.state FROM dispute o WHERE NOT EXISTS (
               SELECT 1 FROM donation_event h WHERE h.donation_id = o.donation_id AND h.kind = 'dispute_' || o.state
               AND COALESCE(h.detail ->> 'dispute', o.provider_id) = o.provider_id)""",
    ),
    Check(
        11,
        "the books hold of a gift’s settlement, refunds and disputes what their rows name",
        f"""SELECT e.source, e.kind FROM journal_entry e
           LEFT JOIN ({NAMED_MOVEMENTS}) AS m ON m.movement = substr(e.source, 5)
           WHERE e.kind IN ('gift_settled', 'refund', 'refund_failed') AND m.movement IS NULL
           UNION ALL
           SELECT e.source, e.kind FROM journal_entry e JOIN donation d ON e.subject = 'donation:' || d.public_id
           WHERE e.kind IN ('dispute_opened', 'dispute_lost', 'dispute_won')
             AND NOT EXISTS (SELECT 1 FROM dispute o WHERE o.donation_id = d.id)""",  # noqa: S608
    ),
    Check(
        12,
        "every replaced receipt has one that replaces it, of the same gift",
        """SELECT r.number, old.number FROM receipt r LEFT JOIN receipt old ON old.id = r.replaces_id
           WHERE r.replaces_id IS NOT NULL AND (old.id IS NULL OR old.id >= r.id OR old.state <> 'replaced'
                                                OR old.donation_id <> r.donation_id)
           UNION ALL
           SELECT old.number, old.state FROM receipt old LEFT JOIN receipt r ON r.replaces_id = old.id
           WHERE old.state = 'replaced' AND r.id IS NULL
           UNION ALL
           SELECT number, state FROM receipt WHERE (state = 'issued') <> (ended_at IS NULL)""",
    ),
    Check(
        7,
        "an allocation was approved when the audit trail says",
        """SELECT a.public_id, a.decided_at, v.at FROM allocation a
           JOIN audit_event v ON v.subject = 'allocation:' || a.public_id AND v.action = 'allocation:approve'
           WHERE a.state = 'approved' AND (a.decided_at IS NULL OR a.decided_at <> v.at)""",
    ),
    Check(
        11,
        "a gift was paid by the payment that its history names",
        """SELECT d.public_id, d.payment_id, h.detail ->> 'payment' FROM donation d
           JOIN donation_event h ON h.donation_id = d.id AND h.kind = 'paid'
           WHERE h.detail ->> 'payment' IS NOT NULL AND COALESCE(d.payment_id, '') <> h.detail ->> 'payment'""",
    ),
)
