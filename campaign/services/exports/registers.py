"""Lists of receipts and donations as files. They have personal data, so each download is audited."""

from collections.abc import Iterator
from dataclasses import replace
from typing import IO

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.days import time_zone
from campaign.domain.donation import DonationState
from campaign.i18n import language_in_words
from campaign.services.exports.state_words import DONATIONS, ENDINGS, RECEIPTS, in_words
from campaign.services.gifts.listing import DonationFilter, DonationRow, all_donations
from campaign.services.receipts import listing
from campaign.services.receipts.listing import ReceiptFilter
from campaign.services.spreadsheets import About, Cell, FileFormat, Sheet, render_sheet

REGISTER_PAGE = 1000


def receipt_file(filters: ReceiptFilter, *, about: About, file_format: FileFormat) -> IO[bytes]:
    """Return the list of receipts, which accounts for every number."""
    return render_sheet(_receipts(filters, about=about), file_format)


def donation_file(filters: DonationFilter, *, about: About, file_format: FileFormat) -> IO[bytes]:
    """Return the selected donations, with names and addresses."""
    with reading() as session:
        return render_sheet(_donations(session, filters, about=about), file_format)


def _receipts(filters: ReceiptFilter, *, about: About) -> Sheet:
    """Return the list of receipts, which accounts for every number."""
    return Sheet(
        zone=time_zone(),
        title=_("Receipt register"),
        about=about,
        columns=(
            _("Number"),
            _("State"),
            _("Issued at (%(zone)s)", zone=time_zone().key),
            _("Donation"),
            _("Paid on"),
            _("Language"),
            _("Currency"),
            _("Amount"),
            _("Ended at (%(zone)s)", zone=time_zone().key),
            _("Why it ended"),
        ),
        rows=_receipt_cells(filters),
        amounts=(7,),
        by=6,
        counted=(1, in_words(RECEIPTS, "issued")),
        total_label=_("Total (valid receipts)"),
    )


def _donations(session: Session, filters: DonationFilter, *, about: About) -> Sheet:
    """Return the selected donations, with names and addresses: personal data."""
    return Sheet(
        zone=time_zone(),
        title=_("Donations"),
        about=about,
        columns=(
            _("Donation"),
            _("Paid on"),
            _("Made at (%(zone)s)", zone=time_zone().key),
            _("State"),
            _("Name"),
            _("Email"),
            _("Anonymous"),
            _("Language"),
            _("Fund"),
            _("Currency"),
            _("Charge"),
            _("Sent back"),
            _("Charged back"),
            _("Name on the receipt"),
            _("Name to show"),
            _("Message"),
            _("How often"),
            _("Source of the link"),
            _("Medium of the link"),
            _("Campaign of the link"),
            _("Came from the site"),
        ),
        rows=map(_donation_cells, all_donations(session, filters)),
        amounts=(10, 11, 12),
        by=9,
        counted=(3, in_words(DONATIONS, DonationState.PAID)),
        total_label=_("Total (paid gifts)"),
    )


def _donation_cells(row: DonationRow) -> tuple[Cell, ...]:
    return (
        row.public_id,
        row.paid_on,
        row.created_at,
        in_words(DONATIONS, row.state),
        row.name,
        row.email,
        _("yes") if row.is_anonymous else _("no"),
        language_in_words(row.language),
        row.fund_code,
        row.charge.currency,
        row.charge.decimal,
        row.refunded.decimal,
        row.charged_back.decimal,
        row.name_on_receipt,
        row.public_name,
        row.message,
        _("Monthly") if row.is_monthly else _("Once"),
        row.source.utm_source,
        row.source.utm_medium,
        row.source.utm_campaign,
        row.source.referrer_host,
    )


def _receipt_cells(filters: ReceiptFilter) -> Iterator[tuple[Cell, ...]]:
    before_id = filters.before_id
    while True:
        page = listing.receipts(replace(filters, before_id=before_id, limit=REGISTER_PAGE))
        for row in page:
            yield (
                row.number,
                in_words(RECEIPTS, row.state),
                row.issued_at,
                row.donation_public_id,
                row.paid_on,
                language_in_words(row.language),
                row.amount.currency,
                row.amount.decimal,
                row.ended_at,
                in_words(ENDINGS, row.end_reason),
            )
        if len(page) < REGISTER_PAGE:
            return
        before_id = page[-1].id
