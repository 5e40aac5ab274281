"""Monthly payments that no event told of: found by asking the provider once the next payment is a day late."""

from datetime import timedelta

from sqlalchemy import and_, select

from campaign.database import reading
from campaign.gateways.context import Context
from campaign.gateways.payments import MissingAtProvider, PaymentsNotConfigured, PaymentsUnavailable
from campaign.models.donation import Donation
from campaign.models.pledge import Pledge
from campaign.services.gifts.settlement import settle_invoice
from campaign.services.pledges.provider_sync import follow
from campaign.services.pledges.reminders import GOES_ON, first_due, pass_over

OVERDUE = timedelta(days=1)
"""How long after its day a payment counts as missed, and how often it is looked for."""


def look_after_next(context: Context) -> bool:
    """Look after one monthly gift whose next month is overdue: what the provider charged and nobody told us is found."""
    at = context.clock.now()
    due = first_due(
        and_(
            Pledge.state.in_(GOES_ON),
            Pledge.next_at < at - OVERDUE,
            Pledge.looked_at < at - OVERDUE,
        )
    )
    if due is None:
        return False
    try:
        catch_up(due.subscription_id, context=context)
    except (PaymentsUnavailable, PaymentsNotConfigured):
        return False
    except MissingAtProvider:
        return pass_over(due, clock=context.clock)
    return True


def catch_up(subscription_id: str, *, context: Context) -> int:
    """Bring a monthly gift and all its paid months up to what the provider knows; how many months were missing."""
    follow(subscription_id, context=context)
    invoices = context.payments.pledges.paid_invoices(subscription_id)
    with reading() as session:
        known = set(session.execute(select(Donation.invoice_id).where(Donation.invoice_id.in_(invoices))).scalars())
    missing = [invoice for invoice in invoices if invoice not in known]
    for invoice in missing:
        settle_invoice(invoice, context=context)
    return len(missing)
