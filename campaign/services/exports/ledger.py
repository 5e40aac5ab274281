"""The ledger as files: journal, trial balance, fund statement, allocations; the same rows as on screen."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO

from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.days import local_time, time_zone
from campaign.domain.money import Money
from campaign.i18n import text_of
from campaign.services.funds.balances import FundRow
from campaign.services.funds.statement import COLUMNS, fund_statement_of
from campaign.services.ledger import entries, sums
from campaign.services.ledger.entries import LedgerFilter, LedgerRow
from campaign.services.ledger.subject_words import subject_in_words
from campaign.services.ledger.words import account_name, kind_name
from campaign.services.spreadsheets import About, Cell, FileFormat, Sheet, render_sheet


def ledger_file(filters: LedgerFilter, *, about: About, file_format: FileFormat) -> IO[bytes]:
    """Return the journal, or the requested part of it."""
    with reading() as session:
        return render_sheet(_ledger(session, filters, about=about), file_format)


def trial_balance_file(campaign_id: int, *, about: About, file_format: FileFormat) -> IO[bytes]:
    """Return every account's balance per currency."""
    with reading() as session:
        return render_sheet(_trial_balance(session, campaign_id, about=about), file_format)


def fund_statement_file(
    campaign_id: int, *, funds: Sequence[FundRow], about: About, file_format: FileFormat
) -> IO[bytes]:
    """Return the receipts, payments and balance of every fund."""
    return render_sheet(_fund_statement(campaign_id, funds=funds, about=about), file_format)


def period_of(since: date | None, until: date | None, *, made_at: datetime) -> list[tuple[str, str]]:
    """Return the lines above a table: its days and when it was made."""
    return [
        (_("From"), since.isoformat() if since else _("the beginning")),
        (_("Until"), until.isoformat() if until else _("now")),
        (_("Made at (%(zone)s)", zone=time_zone().key), local_time(made_at).strftime("%Y-%m-%d %H:%M:%S")),
    ]


def sides(amount: Money) -> tuple[Decimal | None, Decimal | None]:
    """Return (debit, credit): a posting is on one side, and the other is empty."""
    return (amount.decimal, None) if amount.minor >= 0 else (None, -amount.decimal)


def _ledger(session: Session, filters: LedgerFilter, *, about: About) -> Sheet:
    """Return the journal line by line, debit and credit apart, with their sums per currency."""
    return Sheet(
        zone=time_zone(),
        title=_("Ledger"),
        about=about,
        columns=(
            _("Entry"),
            _("Line"),
            _("Recorded at (%(zone)s)", zone=time_zone().key),
            _("Effective on"),
            _("Kind"),
            _("About"),
            _("Source"),
            _("Account"),
            _("Account name"),
            _("Fund"),
            _("Currency"),
            _("Debit"),
            _("Credit"),
            _("Reference"),
            _("Note"),
        ),
        rows=map(_ledger_cells, entries.ledger_rows(session, filters)),
        amounts=(11, 12),
        by=10,
        total_label=_("Total"),
    )


def _trial_balance(session: Session, campaign_id: int, *, about: About) -> Sheet:
    """Return every account's balance per currency; the two sums of a currency are equal."""
    totals = sums.account_totals(session, campaign_id=campaign_id)
    return Sheet(
        zone=time_zone(),
        title=_("Trial balance"),
        about=about,
        columns=(_("Account"), _("Account name"), _("Currency"), _("Debit"), _("Credit")),
        rows=[
            (str(account), account_name(account), code, *sides(Money(minor, code)))
            for (account, code), minor in sorted(totals.items())
        ],
        amounts=(3, 4),
        by=2,
        total_label=_("Total"),
    )


def _fund_statement(campaign_id: int, *, funds: Sequence[FundRow], about: About) -> Sheet:
    """Return the receipts, payments and balance of every fund."""
    named = {row.id: row for row in funds}
    return Sheet(
        zone=time_zone(),
        title=_("Fund statement"),
        about=about,
        columns=(_("Fund"), pgettext("fund", "Name"), _("Currency"), *(str(name) for name, _amount in COLUMNS)),
        rows=[
            (
                named[row.fund_id].code,
                text_of(named[row.fund_id].title),
                row.currency,
                *(amount.decimal for amount in row.amounts),
            )
            for row in fund_statement_of(campaign_id).rows
            if row.fund_id is not None
        ],
        amounts=tuple(range(3, 3 + len(COLUMNS))),
        by=2,
        total_label=_("Total"),
    )


def _ledger_cells(row: LedgerRow) -> tuple[Cell, ...]:
    return (
        row.entry_id,
        row.line,
        row.recorded_at,
        row.effective_on,
        kind_name(row.kind),
        subject_in_words(row.subject),
        row.source,
        str(row.account),
        account_name(row.account),
        row.fund_code,
        row.currency,
        *sides(Money(row.amount_minor, row.currency)),
        row.reference,
        row.note,
    )
