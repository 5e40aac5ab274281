"""Which receipts a worker still has to print."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.receipts.issuing import PRINT_DAYS, unprinted
from tests.support.builders import NOW, a_campaign, a_paid_gift


def test_receipts_of_the_last_weeks_that_have_no_file_are_still_to_be_printed(session: Session) -> None:
    assert unprinted() == []
    campaign = a_campaign()
    month = timedelta(days=PRINT_DAYS)
    for at in (NOW - month - timedelta(seconds=1), NOW - month, NOW, NOW):
        a_paid_gift(campaign=campaign, at=at)
    _forgotten, waiting, printed, newest = session.execute(select(Receipt.id).order_by(Receipt.id)).scalars()
    with transaction() as writing:
        writing.add(ReceiptFile(receipt_id=printed, pdf=b"%PDF", sha256="", made_at=NOW))
    assert unprinted() == [waiting, newest]
