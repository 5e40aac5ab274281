"""Ways to break each rule of the journal and its rows, as somebody who owns the database can."""

# ruff: noqa: S608  # the statements are put together from words of this file

from dataclasses import dataclass

from tests.services.ledger.fact_breaks import FACT_BREAKS
from tests.services.ledger.trail_breaks import TRAIL_BREAKS


@dataclass(frozen=True)
class Break:
    """Rows that break a rule, and the rule's words."""

    rule: str
    statements: tuple[str, ...]


LINE = (
    "INSERT INTO posting (entry_id, transaction_id, line, account, fund_id, currency, amount_minor, reference) VALUES "
)
AN_ENTRY = "(SELECT MIN(id) FROM journal_entry WHERE kind = 'gift_settled')"
REFUND = (
    "INSERT INTO refund (public_id, donation_id, currency, amount_minor, reason, state, requested_at, attempts"
    "{more_columns}) VALUES ('refund0000000000', 1, 'USD', 500, '', 'succeeded', '2026-12-01', 0{more_values})"
)
DISPUTE = (
    "INSERT INTO dispute (donation_id, provider_id, currency, amount_minor, reason, state, status, opened_at)"
    " VALUES (1, 'dp_1', 'USD', 500, 'fraudulent', '{state}', '', '2026-12-01')"
)
ALLOCATION = (
    "INSERT INTO allocation (public_id, campaign_id, kind, source_id, target_id, currency, amount_minor, reason,"
    " state, proposed_by, proposed_at, decided_by, decision_note)"
    " VALUES ('{name}', 1, 'allocation', 1, 2, 'USD', 1, '', '{state}', 1, '2026-12-01', 2, '')"
)
PAID = "INSERT INTO donation_event (donation_id, at, kind, detail) VALUES (1, '2026-12-01', 'paid', '{}')"
PAYOUT = (
    "INSERT INTO payout (provider_id, currency, amount_minor, state, is_automatic, made_at, arrives_on, is_complete)"
    " VALUES ('po_1', 'USD', 5, 'arrived', TRUE, '2026-12-01', '2026-12-02', TRUE)"
)
MOVEMENT = (
    "INSERT INTO provider_transaction (provider_id, type, category, payout_id, currency, amount_minor, fee_minor,"
    " net_minor, made_at, available_at, matched_by, is_foreign)"
    " VALUES ('txn_1', 'charge', 'charge', {payout}, 'USD', 5, 0, 5, '2026-12-01', '2026-12-01', '{by}', FALSE)"
)
ENTRY_OF = "(SELECT id FROM journal_entry WHERE source = '{source}')"
BREAKS = (
    Break(
        "every entry adds up to zero in each of its currencies",
        (f"UPDATE posting SET amount_minor = amount_minor + 1 WHERE account = 1010 AND entry_id = {AN_ENTRY}",),
    ),
    Break("no line is without a header", (LINE + "('nobody', 0, 1, 1005, NULL, 'USD', 5, '')",)),
    Break("no entry has fewer than two lines", ("DELETE FROM posting WHERE account <> 4010",)),
    Break("all postings add up to zero", (LINE + f"({AN_ENTRY}, 0, 9, 1020, NULL, 'USD', 5, '')",)),
    Break(
        "assets and liabilities equal the funds' balances in every currency",
        (LINE + f"({AN_ENTRY}, 0, 9, 5110, 1, 'USD', 5, '')",),
    ),
    Break("transfers between funds add up to zero", ("UPDATE posting SET account = 4800 WHERE account = 4010",)),
    Break(
        "a settled gift owes nothing on 1005",
        (f"DELETE FROM posting WHERE account = 1005 AND entry_id = {AN_ENTRY}",),
    ),
    Break(
        "a payout that is over leaves nothing on 1015",
        (
            PAYOUT,
            f"UPDATE journal_entry SET subject = 'payout:po_1' WHERE id = {AN_ENTRY}",
            LINE + f"({AN_ENTRY}, 0, 9, 1015, NULL, 'USD', 5, '')",
        ),
    ),
    Break(
        "a transaction of the provider that the books explain stands on 1010 with its net",
        (MOVEMENT.format(payout="NULL", by="books"),),
    ),
    Break(
        "a payout takes from 1010 what its explained transactions brought",
        (PAYOUT, MOVEMENT.format(payout="(SELECT MAX(id) FROM payout)", by="unidentified")),
    ),
    Break(
        "a paid gift stands in the books with its whole amount, and no other gift does",
        ("UPDATE donation SET gift_minor = gift_minor + 1 WHERE id = 1",),
    ),
    Break(
        "a paid gift stands in the books with its whole amount, and no other gift does",
        ("UPDATE donation SET state = 'open' WHERE id = 1",),
    ),
    Break(
        "what was sent back is the sum of a gift's refunds, and not more than the gift",
        ("UPDATE donation SET refunded_minor = 5 WHERE id = 1",),
    ),
    Break(
        "what was sent back is the sum of a gift's refunds, and not more than the gift",
        (REFUND.format(more_columns="", more_values=""),),
    ),
    Break(
        "the books send back what the settled refunds say",
        (REFUND.format(more_columns=", settlement_id", more_values=", 'txn_1'"),),
    ),
    Break(
        "a gift without an open dispute owes nothing on 1030",
        (f"UPDATE posting SET account = 1030 WHERE account = 1010 AND entry_id = {AN_ENTRY}",),
    ),
    Break(
        "a gift without an open dispute owes nothing on 1030",
        (
            DISPUTE.format(state="open"),
            LINE + f"({AN_ENTRY}, 0, 8, 1030, NULL, 'USD', -5, '')",
            LINE + f"({AN_ENTRY}, 0, 9, 1010, NULL, 'USD', 5, '')",
        ),
    ),
    Break("what was charged back is the sum of a gift's lost disputes", (DISPUTE.format(state="lost"),)),
    Break(
        "the books charge back what the lost disputes say",
        (DISPUTE.format(state="lost"), "UPDATE donation SET charged_back_minor = 500 WHERE id = 1"),
    ),
    Break(
        "an approved allocation stands in the books, and no other does",
        (ALLOCATION.format(name="never00000000000", state="approved"),),
    ),
    Break(
        "an approved allocation stands in the books, and no other does",
        ("UPDATE allocation SET state = 'rejected'",),
    ),
    *(
        Break("the entry of an allocation says what its row says", (f"UPDATE {change}",))
        for change in (
            "allocation SET amount_minor = amount_minor + 1",
            "allocation SET currency = 'EUR'",
            "allocation SET target_id = source_id",
            "allocation SET source_id = target_id",
            "allocation SET campaign_id = 99",
            "journal_entry SET kind = 'take_back' WHERE source = 'allocation:moved'",
        )
    ),
    *(
        Break(
            "a paid gift counts on the day of its entry",
            (f"UPDATE donation SET paid_on = {day} WHERE paid_on IS NOT NULL",),
        )
        for day in ("NULL", "'2026-11-01'")
    ),
    *(
        Break("the entries of a gift say what its row says", (f"UPDATE donation SET {change}",))
        for change in (
            "currency = 'EUR'",
            "gift_minor = gift_minor - 1, cover_minor = cover_minor + 1",
            "settled_minor = settled_minor + 1",
            "fee_minor = fee_minor + 1",
            "settled_currency = 'EUR'",
        )
    ),
    Break(
        "a payout is what its own movement took from the balance",
        (
            PAYOUT,
            MOVEMENT.format(payout="NULL", by="payout"),
            "UPDATE payout SET transaction_id = 'txn_1', amount_minor = 6",
        ),
    ),
    *(
        Break("every payment stands in the books as its row says", (change,))
        for change in (
            "DELETE FROM journal_entry WHERE source = 'disbursement:spent'",
            "UPDATE disbursement SET amount_minor = amount_minor - 1",
            "UPDATE disbursement SET currency = 'EUR'",
            "UPDATE disbursement SET fund_id = 1",
            "UPDATE disbursement SET paid_on = '2026-11-01'",
            "UPDATE journal_entry SET kind = 'refund' WHERE source = 'disbursement:spent'",
        )
    ),
    *(
        Break("only a payment spends, and grants are spent as grants", (f"UPDATE {change}",))
        for change in (
            "journal_entry SET kind = 'provider_fee' WHERE source = 'disbursement:spent'",
            "posting SET account = 5100 WHERE account = 5110",
            "posting SET account = 5110 WHERE account = 5010",
        )
    ),
    *(
        Break("every entry is about something that exists", (change,))
        for change in (
            "DELETE FROM donation WHERE id = 1",
            "DELETE FROM allocation",
            "DELETE FROM disbursement",
            "UPDATE journal_entry SET subject = 'payout:po_nobody' WHERE source = 'allocation:moved'",
            "UPDATE journal_entry SET subject = 'transaction:txn_nobody' WHERE source = 'allocation:moved'",
            "UPDATE journal_entry SET subject = 'somebody' WHERE source = 'allocation:moved'",
        )
    ),
    *(
        Break("a gift’s entries are of its own campaign and fund", (f"UPDATE donation SET {change} WHERE id = 1",))
        for change in ("fund_id = 2", "campaign_id = 99")
    ),
    *(
        Break("a gift whose history or receipt says that it was paid exists and is paid", (*others, change))
        for others, change in (
            (("DELETE FROM donation_event",), "DELETE FROM donation WHERE id = 1"),
            (("DELETE FROM receipt", PAID), "DELETE FROM donation WHERE id = 1"),
            (("DELETE FROM receipt", PAID), "UPDATE donation SET state = 'expired' WHERE id = 1"),
        )
    ),
    Break("money was moved only to where its fund reaches", ("DELETE FROM fund_reach",)),
    Break(
        "receipt numbers run from 1 without a gap",
        ("UPDATE receipt SET serial = 3 WHERE serial = 2",),
    ),
    Break("receipt numbers run from 1 without a gap", ("UPDATE receipt_counter SET last_number = 7",)),
    Break("receipt numbers run from 1 without a gap", ("DELETE FROM receipt_counter",)),
    Break(
        "receipt numbers run from 1 without a gap",
        ("INSERT INTO receipt_counter (series, year, last_number) VALUES ('LOST', 2026, 2)",),
    ),
    Break(
        "a paid gift has one live receipt for what is left of it, and none when nothing is left",
        ("UPDATE receipt SET state = 'void' WHERE serial = 1",),
    ),
    Break(
        "a paid gift has one live receipt for what is left of it, and none when nothing is left",
        ("UPDATE receipt SET amount_minor = 1 WHERE serial = 1",),
    ),
    Break(
        "a paid gift has one live receipt for what is left of it, and none when nothing is left",
        ("UPDATE donation SET charged_back_minor = 9999 WHERE id = 1",),
    ),
    *(Break(rule, statements) for rule, statements in (*TRAIL_BREAKS, *FACT_BREAKS)),
)
