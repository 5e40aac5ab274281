"""Rows taken away or changed that other rows imply: each rule of `ledger_trail_rules` with statements that break it."""

NAMED = "what a gift, a refund or a dispute names stands in the books under its kind"
KINDS = "the kind of an entry is one that its source makes"
PAYOUT_STATE = "the money of a payout stands where its state says"
ITEMIZED = "a payout is its difference and the movements that left with it"
COMPARED = "what the books hold of the provider’s balance was seen by the next comparison"
MAILED = "a receipt that was mailed has the PDF that left with it"
HISTORY = "a gift’s history tells of its state, its settlement, its refunds and its disputes"
AUDIT = "what people decided stands in the audit trail"
MODE = "a gift is live or a test as its events, its payment page and its receipts are"

PAYOUT = (
    "INSERT INTO payout (provider_id, currency, amount_minor, state, is_automatic, made_at, arrives_on, is_complete,"
    " itemized_at, difference_minor) VALUES ('po_9', 'USD', 5, '{state}', TRUE, '2026-12-01', '2026-12-02', TRUE,"
    " '2026-12-02', 0)"
)
MADE = (
    "UPDATE journal_entry SET subject = 'payout:po_9', kind = 'payout_made' WHERE source = 'disbursement:spent'",
    "UPDATE posting SET account = 1010 WHERE account = 1020 AND entry_id = {spent}",
    "UPDATE posting SET account = 1015, fund_id = NULL WHERE account = 5110 AND entry_id = {spent}",
)
SPENT = "(SELECT id FROM journal_entry WHERE source = 'disbursement:spent')"
REFUND = (
    "INSERT INTO refund (public_id, donation_id, currency, amount_minor, reason, state, requested_at, attempts, {name})"
    " VALUES ('refund0000000000', 1, 'USD', 500, '', '{state}', '2026-12-01', 0, {value})"
)
DISPUTE = (
    "INSERT INTO dispute (donation_id, provider_id, currency, amount_minor, reason, state, status, opened_at, {name})"
    " VALUES (1, 'dp_9', 'USD', 500, 'fraudulent', '{state}', '', '2026-12-01', 'txn_9')"
)
MAIL = (
    "INSERT INTO message (public_id, kind, language, recipient, facts, dedupe_key, receipt_id, created_at, state, attempts,"
    " next_try_at, sent_at) VALUES ('mail000000000000', 'receipt', 'en', 'a@b.example', '{{}}', 'k', 1, '2026-12-01',"
    " '{state}', 1, '2026-12-01', '2026-12-01')"
)
FILE = "INSERT INTO receipt_file (receipt_id, pdf, sha256, made_at) VALUES (1, '', '', '{made}')"
EVENT = (
    "INSERT INTO provider_event (event_id, type, object_id, livemode, created_at, raw, received_at, was_fetched, state,"
    " attempts, next_try_at, donation_id) VALUES ('evt_9', 'charge.updated', 'ch_9', {mode}, '2026-12-01', '',"
    " '2026-12-01', FALSE, 'processed', 1, '2026-12-01', 1)"
)
HISTORY_ROW = (
    "INSERT INTO donation_event (donation_id, at, kind, detail, actor_id) VALUES (1, '2026-12-01', '{kind}', '{{}}', 1)"
)
RENAMED = "UPDATE journal_entry SET kind = '{kind}' WHERE kind = 'gift_settled'"
FORGOTTEN = "DELETE FROM donation_event WHERE kind = '{kind}'"
UNAUDITED = "DELETE FROM audit_event WHERE action = '{action}'"
COMPARISON = "INSERT INTO reconciliation (started_at, finished_at, counts) VALUES ('2027-12-01', '2027-12-01', '{}')"

TRAIL_BREAKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    *((NAMED, (RENAMED.format(kind=kind),)) for kind in ("gift_paid", "refund", "dispute_won", "reversal")),
    (NAMED, ("DELETE FROM journal_entry WHERE kind = 'gift_paid'",)),
    (NAMED, (REFUND.format(name="settlement_id", state="succeeded", value="'txn_9'"),)),
    (NAMED, (DISPUTE.format(name="withdrawal_id", state="open"),)),
    (NAMED, (DISPUTE.format(name="reinstatement_id", state="won"),)),
    (KINDS, ("UPDATE journal_entry SET kind = 'provider_fee' WHERE kind = 'allocation'",)),
    (KINDS, ("UPDATE journal_entry SET kind = 'payout_made' WHERE kind = 'disbursement'",)),
    (KINDS, ("UPDATE journal_entry SET source = 'nothing' WHERE kind = 'disbursement'",)),
    *(
        (PAYOUT_STATE, (PAYOUT.format(state=state), *(made.format(spent=SPENT) for made in MADE)))
        for state in ("arrived", "failed")
    ),
    (
        PAYOUT_STATE,
        (
            PAYOUT.format(state="under_way"),
            "UPDATE journal_entry SET subject = 'payout:po_9' WHERE source = 'disbursement:spent'",
        ),
    ),
    (ITEMIZED, (PAYOUT.format(state="arrived"),)),
    (COMPARED, (COMPARISON,)),
    *((MAILED, (MAIL.format(state=state),)) for state in ("sent", "stored")),
    (MAILED, (MAIL.format(state="sent"), FILE.format(made="2026-12-02"))),
    *((HISTORY, (FORGOTTEN.format(kind=kind),)) for kind in ("paid", "settled")),
    (HISTORY, (REFUND.format(name="requested_by", state="requested", value="1"),)),
    (HISTORY, (REFUND.format(name="requested_by", state="failed", value="NULL"),)),
    (HISTORY, (DISPUTE.format(name="withdrawal_id", state="open"),)),
    *(
        (AUDIT, (UNAUDITED.format(action=action),))
        for action in ("allocation:propose", "allocation:approve", "disbursement:record")
    ),
    (AUDIT, ("UPDATE audit_event SET actor_id = NULL WHERE action = 'allocation:approve'",)),
    *((AUDIT, (HISTORY_ROW.format(kind=kind),)) for kind in ("refund_requested", "wall_hidden", "corrected")),
    (AUDIT, ("UPDATE journal_entry SET kind = 'provider_fee' WHERE source = 'disbursement:spent'",)),
    (MODE, ("UPDATE donation SET livemode = TRUE WHERE id = 1",)),
    (MODE, ("UPDATE donation SET livemode = TRUE, checkout_id = NULL WHERE id = 1", EVENT.format(mode="FALSE"))),
    (MODE, ("UPDATE donation SET checkout_id = NULL WHERE id = 1", EVENT.format(mode="TRUE"))),
    (
        MODE,
        (
            "UPDATE donation SET livemode = TRUE, checkout_id = NULL",
            "UPDATE receipt SET series = 'TEST-QUI' WHERE id = 1",
        ),
    ),
)
