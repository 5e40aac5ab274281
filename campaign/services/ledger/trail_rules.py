"""The rules that detect a missing row: what one row implies must have left another one.

A gap in a table's ids proves nothing, because a transaction that was rolled back leaves one too. So each rule starts
from rows that imply others: a movement its entry, a payout its movements, a decision its audit row.
"""

from campaign.services.ledger.rules import Check

AUDITED_EVENTS = {
    "refund_requested": "refund:request",
    "wall_shown": "donation:wall_shown",
    "wall_hidden": "donation:wall_hidden",
    "corrected": "donation:correct",
    "suspicion_approved": "donation:suspicion_approved",
}
"""What staff do to a gift: the kind in the gift's history, and the action in the audit trail."""
MOVEMENTS = """
    SELECT 'charge:' || COALESCE(charge_id, checkout_id, public_id) AS source, 'gift_paid' AS kind
    FROM donation WHERE state = 'paid'
    UNION ALL SELECT 'txn:' || settlement_id, 'gift_settled' FROM donation WHERE settlement_id IS NOT NULL
    UNION ALL SELECT 'txn:' || settlement_id, 'refund' FROM refund WHERE settlement_id IS NOT NULL
    UNION ALL SELECT 'txn:' || failure_settlement_id, 'refund_failed' FROM refund WHERE failure_settlement_id IS NOT NULL
    UNION ALL SELECT 'txn:' || withdrawal_id, 'dispute_opened' FROM dispute WHERE withdrawal_id IS NOT NULL
    UNION ALL SELECT 'lost:' || withdrawal_id, 'dispute_lost' FROM dispute WHERE state = 'lost' AND withdrawal_id IS NOT NULL
    UNION ALL SELECT 'txn:' || reinstatement_id, 'dispute_won' FROM dispute WHERE reinstatement_id IS NOT NULL"""
"""What the rows of gifts, refunds and disputes name, and the kind under which the books hold it."""
KIND_OF_SOURCE = {
    "charge": "'gift_paid'",
    "txn": "'gift_settled', 'refund', 'refund_failed', 'dispute_opened', 'dispute_won'",
    "lost": "'dispute_lost'",
    "allocation": "'allocation', 'take_back', 'cover'",
    "disbursement": "'disbursement'",
    "payout": "'payout_made', 'payout_arrived', 'payout_failed'",
    "fee": "'provider_fee'",
    "unidentified": "'unidentified'",
    "identified": "'identified'",
    "reversal": "'reversal'",
}
"""The first word of an entry's source, and the kinds of entry that it makes."""
OTHER_KIND = " OR ".join(
    f"(source LIKE '{word}:%' AND kind NOT IN ({kinds}))" for word, kinds in KIND_OF_SOURCE.items()
)
UNKNOWN_SOURCE = " AND ".join(f"source NOT LIKE '{word}:%'" for word in KIND_OF_SOURCE)
AUDITED_CASES = " ".join(f"WHEN '{kind}' THEN '{action}'" for kind, action in AUDITED_EVENTS.items())
AUDITED_KINDS = ", ".join(f"'{kind}'" for kind in AUDITED_EVENTS)
ACTS = f"""
    SELECT 'allocation:' || public_id AS subject, 'allocation:propose' AS action, proposed_by AS actor_id, 1 AS times
    FROM allocation
    UNION ALL SELECT 'allocation:' || public_id, CASE state WHEN 'approved' THEN 'allocation:approve'
        WHEN 'rejected' THEN 'allocation:reject' ELSE 'allocation:withdraw' END, decided_by, 1
    FROM allocation WHERE state <> 'proposed'
    UNION ALL SELECT 'disbursement:' || public_id, 'disbursement:record', recorded_by, 1 FROM disbursement
    UNION ALL SELECT subject, CASE kind WHEN 'provider_fee' THEN 'reconciliation:fee'
        ELSE 'reconciliation:unidentified' END, actor_id, 1
    FROM journal_entry WHERE kind IN ('provider_fee', 'unidentified')
    UNION ALL SELECT 'donation:' || d.public_id, CASE h.kind {AUDITED_CASES} END, h.actor_id, COUNT(*)
    FROM donation_event h JOIN donation d ON d.id = h.donation_id WHERE h.kind IN ({AUDITED_KINDS})
    GROUP BY d.public_id, h.kind, h.actor_id
    UNION ALL SELECT 'pledge:' || p.public_id, 'pledge:' || substr(h.kind, 7), h.actor_id, COUNT(*)
    FROM pledge_event h JOIN pledge p ON p.id = h.pledge_id WHERE h.kind LIKE 'asked_%' AND h.actor_id IS NOT NULL
    GROUP BY p.public_id, h.kind, h.actor_id"""  # noqa: S608  # made of the words above
"""What people did, as the rows of the things themselves say it."""

TRAIL_CHECKS = (
    Check(
        11,
        "what a gift, a refund or a dispute names stands in the books under its kind",
        f"""SELECT m.source, m.kind, e.kind FROM ({MOVEMENTS}) AS m
           LEFT JOIN journal_entry e ON e.source = m.source WHERE e.id IS NULL OR e.kind <> m.kind""",  # noqa: S608
    ),
    Check(
        11,
        "the kind of an entry is one that its source makes",
        f"""SELECT source, kind FROM journal_entry WHERE {UNKNOWN_SOURCE} OR {OTHER_KIND}
               OR (kind = 'reversal') <> (reverses IS NOT NULL)""",  # noqa: S608
    ),
    Check(
        8,
        "the money of a payout stands where its state says",
        """SELECT provider_id, state, made, under_way, in_bank FROM (
               SELECT p.provider_id, p.state,
                      COALESCE(SUM(CASE WHEN e.kind = 'payout_made' AND l.account = 1010 THEN -l.amount_minor END), 0) AS made,
                      COALESCE(SUM(CASE WHEN l.account = 1015 THEN l.amount_minor END), 0) AS under_way,
                      COALESCE(SUM(CASE WHEN l.account = 1020 THEN l.amount_minor END), 0) AS in_bank
               FROM payout p JOIN journal_entry e ON e.subject = 'payout:' || p.provider_id
               JOIN posting l ON l.entry_id = e.id
               GROUP BY p.provider_id, p.state) AS parts
           WHERE under_way <> CASE WHEN state = 'under_way' THEN made ELSE 0 END
              OR in_bank <> CASE WHEN state = 'arrived' THEN made ELSE 0 END""",
    ),
    Check(
        8,
        "a payout is its difference and the movements that left with it",
        """SELECT p.provider_id, p.amount_minor, p.difference_minor, COALESCE(SUM(t.net_minor), 0) FROM payout p
           LEFT JOIN provider_transaction t ON t.payout_id = p.id AND t.provider_id <> COALESCE(p.transaction_id, '')
           WHERE p.itemized_at IS NOT NULL
           GROUP BY p.provider_id, p.amount_minor, p.difference_minor
           HAVING p.amount_minor <> COALESCE(p.difference_minor, 0) + COALESCE(SUM(t.net_minor), 0)""",
    ),
    Check(
        8,
        "what the books hold of the provider’s balance was seen by the next comparison",
        """SELECT e.source, e.recorded_at FROM journal_entry e
           LEFT JOIN provider_transaction t ON t.provider_id = substr(e.source, 5)
           WHERE e.source LIKE 'txn:%' AND t.id IS NULL AND e.recorded_at < (
               SELECT MAX(c.started_at) FROM reconciliation c WHERE c.error IS NULL AND c.finished_at IS NOT NULL)""",
    ),
    Check(
        12,
        "a receipt that was mailed has the PDF that left with it",
        """SELECT r.number, m.sent_at, f.made_at FROM message m JOIN receipt r ON r.id = m.receipt_id
           LEFT JOIN receipt_file f ON f.receipt_id = r.id
           WHERE m.sent_at IS NOT NULL AND (f.receipt_id IS NULL OR f.made_at > m.sent_at)""",
    ),
    Check(
        11,
        "a gift’s history tells of its state, its settlement, its refunds and its disputes",
        """SELECT d.public_id, told.kind FROM (
               SELECT id AS donation_id, state AS kind, 1 AS times FROM donation
               WHERE state IN ('processing', 'paid', 'expired', 'failed')
               UNION ALL SELECT id, 'settled', 1 FROM donation WHERE settlement_id IS NOT NULL
               UNION ALL SELECT donation_id, 'refund_requested', COUNT(*) FROM refund
               WHERE requested_by IS NOT NULL GROUP BY donation_id
               UNION ALL SELECT donation_id, 'refund_' || state, COUNT(*) FROM refund
               WHERE state <> 'requested' GROUP BY donation_id, state
               UNION ALL SELECT donation_id, 'dispute_' || state, COUNT(*) FROM dispute GROUP BY donation_id, state) AS told
           JOIN donation d ON d.id = told.donation_id
           LEFT JOIN (SELECT donation_id, kind, COUNT(*) AS times FROM donation_event GROUP BY donation_id, kind) AS noted
             ON noted.donation_id = told.donation_id AND noted.kind = told.kind
           WHERE COALESCE(noted.times, 0) < told.times""",
    ),
    Check(
        11,
        "what people decided stands in the audit trail",
        f"""SELECT act.subject, act.action FROM ({ACTS}) AS act
           LEFT JOIN (SELECT subject, action, COALESCE(actor_id, 0) AS actor_id, COUNT(*) AS times FROM audit_event
                      GROUP BY subject, action, COALESCE(actor_id, 0)) AS noted
             ON noted.subject = act.subject AND noted.action = act.action AND noted.actor_id = COALESCE(act.actor_id, 0)
           WHERE COALESCE(noted.times, 0) < act.times""",  # noqa: S608
    ),
    Check(
        11,
        "a gift is live or a test as its events, its payment page and its receipts are",
        """SELECT d.public_id, d.livemode FROM donation d JOIN provider_event v ON v.donation_id = d.id
           WHERE v.livemode <> d.livemode
           UNION SELECT public_id, livemode FROM donation
           WHERE checkout_id LIKE CASE WHEN livemode THEN 'cs~_test~_%' ELSE 'cs~_live~_%' END ESCAPE '~'
           UNION SELECT d.public_id, d.livemode FROM donation d JOIN receipt r ON r.donation_id = d.id
           WHERE d.livemode AND r.series LIKE 'TEST-%'
           UNION SELECT d.public_id, d.livemode FROM donation d JOIN pledge p ON p.id = d.pledge_id
           WHERE p.livemode <> d.livemode""",
    ),
)
