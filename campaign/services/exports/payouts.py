"""Payouts as a file: one line per movement, so that each payout can be added up."""

from collections.abc import Iterator
from datetime import date
from typing import IO

from flask_babel import gettext as _

from campaign.days import time_zone
from campaign.services.exports.state_words import EXPLANATIONS, PAYOUTS, in_words
from campaign.services.reconciliation import listing as reconciliation_desk
from campaign.services.spreadsheets import About, Cell, FileFormat, Sheet, render_sheet

PAGE_ROWS = 200


def payout_file(*, since: date | None, until: date | None, about: About, file_format: FileFormat) -> IO[bytes]:
    """Return the payouts that arrive within these days, both included, each with its movements."""
    sheet = Sheet(
        zone=time_zone(),
        title=_("Payouts"),
        about=about,
        columns=(
            _("Payout"),
            _("State"),
            _("Arrives on"),
            _("Movement"),
            _("Made at (%(zone)s)", zone=time_zone().key),
            _("Type"),
            _("Category"),
            _("Donation"),
            _("Explained by"),
            _("Currency"),
            _("Amount"),
            _("Fee"),
            _("Net"),
        ),
        rows=_cells(since, until),
        amounts=(10, 11, 12),
        by=9,
        total_label=_("Total"),
    )
    return render_sheet(sheet, file_format)


def _cells(since: date | None, until: date | None) -> Iterator[tuple[Cell, ...]]:
    for payout in payouts(since, until):
        _view, movements = reconciliation_desk.payout(payout.payout_id)
        for row in movements:
            yield (
                payout.payout_id,
                in_words(PAYOUTS, payout.state),
                payout.arrives_on,
                row.transaction_id,
                row.made_at,
                row.type,
                row.category,
                row.gift,
                in_words(EXPLANATIONS, row.matched_by),
                row.net.currency,
                row.amount.decimal,
                row.fee.decimal,
                row.net.decimal,
            )


def payouts(since: date | None, until: date | None) -> Iterator[reconciliation_desk.PayoutView]:
    """Return all payouts that arrive within these days, newest first."""
    before = ""
    while True:
        page = reconciliation_desk.payouts(before=before, limit=PAGE_ROWS)
        for payout in page:
            if (since is None or payout.arrives_on >= since) and (until is None or payout.arrives_on <= until):
                yield payout
        if len(page) < PAGE_ROWS:
            return
        before = page[-1].payout_id
