"""The effect of a move or a payment, before anybody decides; nothing is written."""

from campaign.database import reading
from campaign.days import local_day
from campaign.gateways.clock import Clock
from campaign.services.funds.allocations import AllocationPreview, Move, preview
from campaign.services.funds.disbursements import NewDisbursement, PaymentPreview, preview_payment


def preview_of(move: Move) -> AllocationPreview:
    """Preview an allocation or its reversal; raises what `allocations.preview` raises."""
    with reading() as session:
        return preview(session, move)


def preview_of_payment(payment: NewDisbursement, *, clock: Clock) -> PaymentPreview:
    """Preview a payment; raises what `disbursements.preview_payment` raises."""
    with reading() as session:
        return preview_payment(session, payment, today=local_day(clock.now()))
