"""The rules of the sums: entries, accounts, funds, gifts and payouts that must agree with each other.

Each rule is plain SQL that shares no code with what it checks. `check` runs them.
"""

from campaign.services.ledger.rules import Check

SUM_CHECKS = (
    Check(
        1,
        "every entry adds up to zero in each of its currencies",
        """SELECT entry_id, currency, SUM(amount_minor) FROM posting
           GROUP BY entry_id, currency HAVING SUM(amount_minor) <> 0""",
    ),
    Check(
        1,
        "no line is without a header",
        """SELECT p.entry_id, p.line FROM posting p
           LEFT JOIN journal_entry e ON e.id = p.entry_id WHERE e.id IS NULL""",
    ),
    Check(
        1,
        "no entry has fewer than two lines",
        """SELECT e.id, COUNT(p.id) FROM journal_entry e LEFT JOIN posting p ON p.entry_id = e.id
           GROUP BY e.id HAVING COUNT(p.id) < 2""",
    ),
    Check(
        2,
        "all postings add up to zero",
        "SELECT currency, SUM(amount_minor) FROM posting GROUP BY currency HAVING SUM(amount_minor) <> 0",
    ),
    Check(
        3,
        "assets and liabilities equal the funds' balances in every currency",
        """SELECT currency, own, held FROM (
               SELECT currency,
                      SUM(CASE WHEN account < 3000 THEN amount_minor ELSE 0 END) AS own,
                      SUM(CASE WHEN fund_id IS NOT NULL THEN -amount_minor ELSE 0 END) AS held
               FROM posting GROUP BY currency) AS sides
           WHERE own <> held""",
    ),
    Check(
        4,
        "transfers between funds add up to zero",
        """SELECT currency, SUM(amount_minor) FROM posting WHERE account = 4800
           GROUP BY currency HAVING SUM(amount_minor) <> 0""",
    ),
    Check(
        5,
        "a settled gift owes nothing on 1005",
        # Summed before it is joined: the other way round SQLite reads all of 1005 again for every gift.
        """SELECT d.public_id, owed.minor FROM (
               SELECT e.subject, SUM(p.amount_minor) AS minor
               FROM posting p JOIN journal_entry e ON e.id = p.entry_id
               WHERE p.account = 1005 GROUP BY e.subject HAVING SUM(p.amount_minor) <> 0) AS owed
           JOIN donation d ON d.public_id = CAST(substr(owed.subject, 10) AS CHAR(16)) WHERE d.settled_at IS NOT NULL""",
    ),
    Check(
        5,
        "a payout that is over leaves nothing on 1015",
        """SELECT p.provider_id, p.state, SUM(l.amount_minor) FROM payout p
           JOIN journal_entry e ON e.subject = 'payout:' || p.provider_id
           JOIN posting l ON l.entry_id = e.id AND l.account = 1015
           WHERE p.state <> 'under_way' GROUP BY p.provider_id, p.state HAVING SUM(l.amount_minor) <> 0""",
    ),
    Check(
        5,
        "a transaction of the provider that the books explain stands on 1010 with its net",
        """SELECT t.provider_id, t.net_minor, COALESCE(l.minor, 0) FROM provider_transaction t
           LEFT JOIN (SELECT reference, SUM(amount_minor) AS minor FROM posting WHERE account = 1010
                      GROUP BY reference) AS l ON l.reference = t.provider_id
           WHERE t.matched_by IN ('books', 'fee') AND t.net_minor <> COALESCE(l.minor, 0)""",
    ),
    Check(
        5,
        "a payout takes from 1010 what its explained transactions brought",
        """SELECT p.provider_id, COALESCE(told.minor, 0), COALESCE(taken.minor, 0) FROM payout p
           LEFT JOIN (
               SELECT t.payout_id, SUM(CASE WHEN t.matched_by = 'payout' THEN COALESCE(l.minor, 0)
                                       ELSE t.net_minor END) AS minor
               FROM provider_transaction t
               LEFT JOIN payout own ON own.transaction_id = t.provider_id
               LEFT JOIN (SELECT reference, SUM(amount_minor) AS minor FROM posting WHERE account = 1010
                          GROUP BY reference) AS l ON l.reference = t.provider_id
               WHERE t.matched_by IN ('books', 'fee', 'unidentified', 'payout') AND own.id IS NULL
               GROUP BY t.payout_id) AS told ON told.payout_id = p.id
           LEFT JOIN (
               SELECT e.subject, -SUM(l.amount_minor) AS minor FROM journal_entry e
               JOIN posting l ON l.entry_id = e.id AND l.account = 1010
               WHERE e.kind = 'payout_made' GROUP BY e.subject) AS taken ON taken.subject = 'payout:' || p.provider_id
           WHERE COALESCE(taken.minor, 0) <> CASE WHEN p.campaign_id IS NULL THEN COALESCE(told.minor, 0)
                                             ELSE p.amount_minor END""",
    ),
    Check(
        5,
        "a paid gift stands in the books with its whole amount, and no other gift does",
        """SELECT public_id, state, charged, booked FROM (
               SELECT d.public_id, d.state, d.gift_minor + d.cover_minor AS charged,
                      COALESCE(-SUM(p.amount_minor), 0) AS booked
               FROM donation d
               LEFT JOIN journal_entry e ON e.subject = 'donation:' || d.public_id
               LEFT JOIN posting p ON p.entry_id = e.id AND p.account IN (4010, 4030)
               GROUP BY d.public_id, d.state, d.gift_minor, d.cover_minor) AS gifts
           WHERE booked <> CASE WHEN state = 'paid' THEN charged ELSE 0 END""",
    ),
    Check(
        6,
        "what was sent back is the sum of a gift's refunds, and not more than the gift",
        """SELECT public_id, kept, refunds, charged FROM (
               SELECT d.public_id, d.refunded_minor AS kept, d.gift_minor + d.cover_minor AS charged,
                      COALESCE(SUM(r.amount_minor), 0) AS refunds
               FROM donation d LEFT JOIN refund r ON r.donation_id = d.id AND r.state IN ('pending', 'succeeded')
               GROUP BY d.public_id, d.refunded_minor, d.gift_minor, d.cover_minor) AS gifts
           WHERE kept <> refunds OR kept > charged""",
    ),
    Check(
        6,
        "the books send back what the settled refunds say",
        """SELECT public_id, told, booked FROM (
               SELECT d.public_id,
                      (SELECT COALESCE(SUM(r.amount_minor), 0) FROM refund r WHERE r.donation_id = d.id
                       AND r.settlement_id IS NOT NULL AND r.failure_settlement_id IS NULL) AS told,
                      (SELECT COALESCE(SUM(p.amount_minor), 0) FROM journal_entry e JOIN posting p ON p.entry_id = e.id
                       AND p.account = 4090 WHERE e.subject = 'donation:' || d.public_id) AS booked
               FROM donation d) AS gifts
           WHERE told <> booked""",
    ),
    Check(
        5,
        "a gift without an open dispute owes nothing on 1030",
        """SELECT d.public_id, held.currency, held.minor FROM (
               SELECT e.subject, p.currency, SUM(p.amount_minor) AS minor
               FROM posting p JOIN journal_entry e ON e.id = p.entry_id
               WHERE p.account = 1030 GROUP BY e.subject, p.currency HAVING SUM(p.amount_minor) <> 0) AS held
           JOIN donation d ON d.public_id = CAST(substr(held.subject, 10) AS CHAR(16))
           WHERE held.minor < 0
              OR NOT EXISTS (SELECT 1 FROM dispute o WHERE o.donation_id = d.id AND o.state = 'open')""",
    ),
    Check(
        6,
        "what was charged back is the sum of a gift's lost disputes",
        """SELECT public_id, kept, lost FROM (
               SELECT d.public_id, d.charged_back_minor AS kept, COALESCE(SUM(o.amount_minor), 0) AS lost
               FROM donation d LEFT JOIN dispute o ON o.donation_id = d.id AND o.state = 'lost'
               GROUP BY d.public_id, d.charged_back_minor) AS gifts
           WHERE kept <> lost""",
    ),
    Check(
        6,
        "the books charge back what the lost disputes say",
        """SELECT d.public_id, d.charged_back_minor, COALESCE(back.minor, 0) FROM donation d
           LEFT JOIN (SELECT e.subject, SUM(p.amount_minor) AS minor
                      FROM posting p JOIN journal_entry e ON e.id = p.entry_id
                      WHERE p.account = 4095 GROUP BY e.subject) AS back
             ON back.subject = 'donation:' || d.public_id
           WHERE d.charged_back_minor <> COALESCE(back.minor, 0)""",
    ),
    Check(
        7,
        "an approved allocation stands in the books, and no other does",
        """SELECT a.public_id, a.state FROM allocation a
           LEFT JOIN journal_entry e ON e.source = 'allocation:' || a.public_id
           WHERE (a.state = 'approved') <> (e.id IS NOT NULL)""",
    ),
    Check(
        7,
        "money was moved only to where its fund reaches",
        """SELECT e.source, d.fund_id, c.fund_id FROM journal_entry e
           JOIN posting d ON d.entry_id = e.id AND d.account = 4800 AND d.amount_minor > 0
           JOIN posting c ON c.entry_id = e.id AND c.account = 4800 AND c.amount_minor < 0
           JOIN fund s ON s.id = d.fund_id
           WHERE e.kind <> 'reversal' AND (e.kind <> 'cover' OR s.kind IN ('theme', 'restricted'))
             AND NOT EXISTS (SELECT 1 FROM fund_reach r WHERE
               (e.kind = 'allocation' AND r.source_id = d.fund_id AND r.target_id = c.fund_id) OR
               (e.kind = 'take_back' AND r.source_id = c.fund_id AND r.target_id = d.fund_id))""",
    ),
)
