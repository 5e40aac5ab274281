"""The audit trail as a file: the rows that its page shows, all of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO

from flask_babel import gettext as _

from campaign.days import time_zone
from campaign.services import audit
from campaign.services.audit import AuditFilter, AuditRow
from campaign.services.spreadsheets import About, Cell, FileFormat, Sheet, render_sheet

CHUNK_ROWS = 1000


def audit_file(
    filters: AuditFilter,
    *,
    about: About,
    describe: Callable[[AuditRow], tuple[str, str, str]],
    file_format: FileFormat,
) -> IO[bytes]:
    """Return the selected acts, newest first.

    Args:
        describe: Gives the act, its subject and its details in the reader's words.
    """
    sheet = Sheet(
        zone=time_zone(),
        title=_("Audit trail"),
        about=about,
        columns=(_("When (%(zone)s)", zone=time_zone().key), _("Who"), _("Act"), _("About"), _("Details")),
        rows=_cells(filters, describe),
    )
    return render_sheet(sheet, file_format)


def _cells(filters: AuditFilter, describe: Callable[[AuditRow], tuple[str, str, str]]) -> Iterator[tuple[Cell, ...]]:
    before_id = filters.before_id
    while rows := audit.trail(replace(filters, before_id=before_id), limit=CHUNK_ROWS):
        for row in rows:
            yield (row.at, row.actor or _("the system"), *describe(row))
        before_id = rows[-1].id
