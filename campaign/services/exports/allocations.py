"""The file of a campaign's allocations."""

from collections.abc import Iterator
from typing import IO

from flask_babel import gettext as _
from flask_babel import pgettext

from campaign.days import time_zone
from campaign.services.exports.state_words import ALLOCATIONS, in_words
from campaign.services.funds.allocation_list import AllocationRow, allocations
from campaign.services.ledger.words import kind_name
from campaign.services.spreadsheets import About, Cell, FileFormat, Sheet, render_sheet

REGISTER_PAGE = 1000
"""Rows that are read at a time."""


def allocation_file(campaign_id: int, *, state: str | None, about: About, file_format: FileFormat) -> IO[bytes]:
    """Return every allocation: who proposed, who decided, from where, to where and why."""
    return render_sheet(_allocations(campaign_id, state=state, about=about), file_format)


def _allocations(campaign_id: int, *, state: str | None, about: About) -> Sheet:
    """Return every allocation: who proposed, who decided, from where, to where and why."""
    return Sheet(
        zone=time_zone(),
        title=_("Allocation ledger"),
        about=about,
        columns=(
            _("Allocation"),
            _("Kind"),
            _("State"),
            pgettext("fund", "From"),
            pgettext("fund", "To"),
            _("Currency"),
            _("Amount"),
            _("Reason"),
            _("Proposed by"),
            _("Proposed at (%(zone)s)", zone=time_zone().key),
            _("Decided by"),
            _("Decided at (%(zone)s)", zone=time_zone().key),
            _("Note"),
        ),
        rows=map(_allocation_cells, _all_allocations(campaign_id, state)),
        amounts=(6,),
        by=5 if state else None,  # a sum of approved and rejected ones together would be meaningless
        total_label=_("Total"),
    )


def _all_allocations(campaign_id: int, state: str | None) -> Iterator[AllocationRow]:
    before_id: int | None = None
    while True:
        page = allocations(campaign_id, state=state, before_id=before_id, limit=REGISTER_PAGE)
        yield from page
        if len(page) < REGISTER_PAGE:
            return
        before_id = page[-1].id


def _allocation_cells(row: AllocationRow) -> tuple[Cell, ...]:
    return (
        row.public_id,
        kind_name(row.kind),
        in_words(ALLOCATIONS, row.state),
        row.source_code,
        row.target_code,
        row.amount.currency,
        row.amount.decimal,
        row.reason,
        row.proposer,
        row.proposed_at,
        row.decider,
        row.decided_at,
        row.decision_note,
    )
