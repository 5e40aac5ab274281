"""What a move or a payment would do, for somebody who has not decided yet; nothing is written."""

from campaign.database import reading
from campaign.days import local_day
from campaign.gateways.clock import Clock
from campaign.services.funds.allocations import AllocationPreview, Move, preview
from campaign.services.funds.disbursements import NewDisbursement, PaymentPreview, preview_payment


def preview_of(move: Move) -> AllocationPreview:
    """An allocation or taking back; raises what `allocations.preview` raises."""
    with reading() as session:
        return preview(session, move)


def preview_of_payment(payment: NewDisbursement, *, clock: Clock) -> PaymentPreview:
    """A payment; raises what `disbursements.preview_payment` raises."""
    with reading() as session:
        return preview_payment(session, payment, today=local_day(clock.now()))
