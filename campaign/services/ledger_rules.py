"""The rules that tie the rows of gifts, allocations, payments and receipts to their entries in the books.

Each rule is plain SQL that shares no code with what it checks. `ledger_check` runs them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A rule and the query of the rows that break it."""

    invariant: int
    rule: str
    broken: str


SUBJECTS = {
    "donation": ("donation", "public_id"),
    "allocation": ("allocation", "public_id"),
    "disbursement": ("disbursement", "public_id"),
    "payout": ("payout", "provider_id"),
    "transaction": ("provider_transaction", "provider_id"),
}
"""The first word of an entry's subject, and the table and column that the rest of it names."""


def _has_its_row(prefix: str) -> str:
    table, column = SUBJECTS[prefix]
    start = len(prefix) + 2  # behind the colon, counted from one
    return (
        f"(e.subject LIKE '{prefix}:%' AND EXISTS "  # noqa: S608  # made of the words above alone
        f"(SELECT 1 FROM {table} t WHERE t.{column} = substr(e.subject, {start})))"
    )


ROW_CHECKS = (
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
        f"SELECT e.source, e.subject FROM journal_entry e WHERE NOT ({' OR '.join(map(_has_its_row, SUBJECTS))})",  # noqa: S608
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
