"""The rules that tie the rows of gifts, allocations, payments and receipts to their ledger entries.

Each rule is plain SQL that shares no code with what it checks. `check` runs them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A rule and the query of the rows that break it."""

    invariant: int
    rule: str
    broken: str


SUBJECTS = {
    "donation": ("donation", "public_id", "CHAR(16)"),
    "allocation": ("allocation", "public_id", "CHAR(16)"),
    "disbursement": ("disbursement", "public_id", "CHAR(16)"),
    "payout": ("payout", "provider_id", "VARCHAR(255)"),
    "transaction": ("provider_transaction", "provider_id", "VARCHAR(255)"),
}
"""The first word of an entry's subject, and the column, with its type, that the rest of it names."""
GIFT_OF_SUBJECT = f"CAST(substr(booked.subject, {len('donation:') + 1}) AS CHAR(16))"
"""The public id of the gift that a sum of postings is about."""
UNKNOWN_SUBJECT = " AND ".join(f"e.subject NOT LIKE '{word}:%'" for word in SUBJECTS)


def _without_their_rows(word: str) -> str:
    """Return the query of entries whose subject begins with this word and names no row; a join, which databases can hash."""
    table, column, its_type = SUBJECTS[word]
    start = len(word) + 2  # after the colon, counted from one
    return (
        f"SELECT e.source, e.subject FROM journal_entry e LEFT JOIN {table} t "  # noqa: S608  # made of the words above
        f"ON t.{column} = CAST(substr(e.subject, {start}) AS {its_type}) "
        f"WHERE e.subject LIKE '{word}:%' AND t.id IS NULL"
    )


ROW_CHECKS = (
    Check(
        12,
        "receipt numbers run from 1 without a gap",
        """SELECT series, year, counted, issued, first, last FROM (
               SELECT r.series, r.year, COUNT(r.id) AS issued, MIN(r.serial) AS first, MAX(r.serial) AS last,
                      (SELECT c.last_number FROM receipt_counter c WHERE c.series = r.series AND c.year = r.year)
                      AS counted
               FROM receipt r GROUP BY r.series, r.year
               UNION ALL
               SELECT c.series, c.year, 0, 1, 0, c.last_number FROM receipt_counter c
               WHERE NOT EXISTS (SELECT 1 FROM receipt r WHERE r.series = c.series AND r.year = c.year)) AS registers
           WHERE counted IS NULL OR issued <> counted OR first <> 1 OR last <> counted""",
    ),
    Check(
        12,
        "a paid gift has one live receipt for what is left of it, and none when nothing is left",
        """SELECT public_id, remaining, receipts, receipted FROM (
               SELECT d.public_id, d.fraud_hold,
                      CASE WHEN d.refunded_minor + d.charged_back_minor < d.gift_minor + d.cover_minor
                           THEN d.gift_minor + d.cover_minor - d.refunded_minor - d.charged_back_minor ELSE 0 END
                      AS remaining,
                      COUNT(r.id) AS receipts, COALESCE(SUM(r.amount_minor), 0) AS receipted
               FROM donation d LEFT JOIN receipt r ON r.donation_id = d.id AND r.state = 'issued'
               WHERE d.state = 'paid'
               GROUP BY d.public_id, d.fraud_hold, d.gift_minor, d.cover_minor, d.refunded_minor, d.charged_back_minor)
               AS gifts
           WHERE (receipted <> remaining OR receipts <> CASE WHEN remaining > 0 THEN 1 ELSE 0 END)
             AND NOT (fraud_hold IN ('waiting', 'disputed') AND receipts = 0)""",
    ),
    Check(
        7,
        "the entry of an allocation says what its row says",
        """SELECT a.public_id, e.kind, a.amount_minor, a.currency FROM allocation a
           JOIN journal_entry e ON e.source = 'allocation:' || a.public_id
           WHERE e.kind <> a.kind OR e.campaign_id <> a.campaign_id OR e.subject <> e.source
              OR NOT EXISTS (SELECT 1 FROM posting p WHERE p.entry_id = e.id AND p.account = 4800
                             AND p.fund_id = a.source_id AND p.currency = a.currency
                             AND p.amount_minor = a.amount_minor)
              OR NOT EXISTS (SELECT 1 FROM posting p WHERE p.entry_id = e.id AND p.account = 4800
                             AND p.fund_id = a.target_id AND p.currency = a.currency
                             AND p.amount_minor = -a.amount_minor)""",
    ),
    Check(
        7,
        "every payment stands in the books as its row says",
        """SELECT d.public_id, d.amount_minor, d.currency FROM disbursement d
           LEFT JOIN journal_entry e ON e.source = 'disbursement:' || d.public_id
           WHERE e.id IS NULL OR e.kind <> 'disbursement' OR e.campaign_id <> d.campaign_id OR e.subject <> e.source
              OR e.effective_on <> d.paid_on
              OR NOT EXISTS (SELECT 1 FROM posting p WHERE p.entry_id = e.id AND p.account IN (5100, 5110)
                             AND p.fund_id = d.fund_id AND p.currency = d.currency
                             AND p.amount_minor = d.amount_minor)
              OR NOT EXISTS (SELECT 1 FROM posting p WHERE p.entry_id = e.id AND p.account = 1020
                             AND p.currency = d.currency AND p.amount_minor = -d.amount_minor)""",
    ),
    Check(
        7,
        "a paid gift counts on the day of its entry",
        """SELECT d.public_id, d.paid_on, e.effective_on FROM donation d
           JOIN journal_entry e ON e.subject = 'donation:' || d.public_id AND e.kind = 'gift_paid'
           WHERE d.paid_on IS NULL OR d.paid_on <> e.effective_on""",
    ),
    Check(
        7,
        "the entries of a gift say what its row says",
        # Added up before it is joined: the other way round SQLite reads all gifts again for every entry.
        f"""SELECT d.public_id, d.gift_minor, d.cover_minor, d.currency FROM (
               SELECT e.subject, MIN(p.currency) AS least, MAX(p.currency) AS most,
                      SUM(CASE WHEN p.account = 4010 THEN -p.amount_minor ELSE 0 END) AS gift,
                      SUM(CASE WHEN p.account = 4030 THEN -p.amount_minor ELSE 0 END) AS cover
               FROM journal_entry e JOIN posting p ON p.entry_id = e.id AND p.account IN (4010, 4030)
               WHERE e.kind = 'gift_paid' GROUP BY e.subject) AS booked
           JOIN donation d ON d.public_id = {GIFT_OF_SUBJECT}
           WHERE booked.gift <> d.gift_minor OR booked.cover <> d.cover_minor
              OR booked.least <> d.currency OR booked.most <> d.currency
           UNION ALL
           SELECT d.public_id, d.settled_minor, d.fee_minor, d.settled_currency FROM (
               SELECT e.subject, MIN(p.currency) AS least, MAX(p.currency) AS most, SUM(p.amount_minor) AS settled,
                      SUM(CASE WHEN p.account = 5010 THEN p.amount_minor ELSE 0 END) AS fee
               FROM journal_entry e JOIN posting p ON p.entry_id = e.id AND p.account IN (1010, 5010)
               WHERE e.kind = 'gift_settled' GROUP BY e.subject) AS booked
           JOIN donation d ON d.public_id = {GIFT_OF_SUBJECT}
           WHERE COALESCE(d.settled_minor, -1) <> booked.settled OR COALESCE(d.fee_minor, -1) <> booked.fee
              OR COALESCE(d.settled_currency, '') <> booked.least OR booked.least <> booked.most""",  # noqa: S608
    ),
    Check(
        8,
        "a payout is what its own movement took from the balance",
        """SELECT p.provider_id, p.amount_minor, t.amount_minor FROM payout p
           JOIN provider_transaction t ON t.provider_id = p.transaction_id
           WHERE t.amount_minor <> -p.amount_minor OR t.currency <> p.currency""",
    ),
    Check(
        7,
        "only a payment spends, and grants are spent as grants",
        """SELECT e.source, e.kind, p.account, f.code FROM posting p
           JOIN journal_entry e ON e.id = p.entry_id
           JOIN fund f ON f.id = p.fund_id LEFT JOIN fund t ON t.id = f.target_id
           WHERE p.account IN (5100, 5110) AND (
               e.kind NOT IN ('disbursement', 'reversal')
               OR (p.account = 5100) <> (COALESCE(t.kind, f.kind) = 'grant'))""",
    ),
    Check(
        11,
        "every entry is about something that exists",
        " UNION ALL ".join(
            (
                f"SELECT e.source, e.subject FROM journal_entry e WHERE {UNKNOWN_SUBJECT}",  # noqa: S608
                *map(_without_their_rows, SUBJECTS),
            )
        ),
    ),
    Check(
        11,
        "a gift’s entries are of its own campaign and fund",
        """SELECT d.public_id, d.fund_id, p.account, p.fund_id FROM donation d
           JOIN journal_entry e ON e.subject = 'donation:' || d.public_id
           JOIN posting p ON p.entry_id = e.id
           WHERE e.campaign_id <> d.campaign_id OR (p.fund_id <> d.fund_id AND p.account <> 5010)""",
    ),
    Check(
        11,
        "a gift whose history or receipt says that it was paid exists and is paid",
        """SELECT paid.donation_id, d.state FROM (
               SELECT donation_id FROM donation_event WHERE kind = 'paid'
               UNION SELECT donation_id FROM receipt) AS paid
           LEFT JOIN donation d ON d.id = paid.donation_id WHERE d.id IS NULL OR d.state <> 'paid'""",
    ),
)
