"""The list of donors as a file. It has personal data, so each download is audited."""

from collections.abc import Iterator
from typing import IO

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.days import time_zone
from campaign.i18n import language_in_words
from campaign.services.donors.filters import DonorFilter
from campaign.services.donors.listing import all_donors
from campaign.services.spreadsheets import About, Cell, FileFormat, Sheet, render_sheet


def donor_file(filters: DonorFilter, *, about: About, file_format: FileFormat) -> IO[bytes]:
    """Return the selected donors, with a row for each currency in which they gave."""
    with reading() as session:
        sheet = Sheet(
            zone=time_zone(),
            title=_("Donors"),
            about=about,
            columns=(
                _("Donor"),
                _("Name on the latest gift"),
                _("Email"),
                _("Language"),
                _("Gifts every month"),
                _("First gift"),
                _("Last gift"),
                _("Gifts in this currency"),
                _("Currency"),
                _("Given"),
            ),
            rows=_cells(session, filters),
            amounts=(9,),
            by=8,
            total_label=_("Total (what was returned is taken off)"),
        )
        return render_sheet(sheet, file_format)


def _cells(session: Session, filters: DonorFilter) -> Iterator[tuple[Cell, ...]]:
    for row, amount, gifts in all_donors(session, filters):
        yield (
            row.public_id,
            row.name,
            row.email,
            language_in_words(row.language),
            _("yes") if row.is_monthly else _("no"),
            row.first_on,
            row.last_on,
            gifts,
            amount.currency if amount else None,
            amount.decimal if amount else None,
        )
