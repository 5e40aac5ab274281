"""Payment pages on which too many cards were refused: they are closed, for testers would use one page for all cards."""

import logging
from datetime import datetime

from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.domain.abuse import DAY, MAX_FAILURES_OF_A_PAGE
from campaign.domain.donation import DonationState
from campaign.domain.errors import DomainError
from campaign.gateways.context import Context
from campaign.gateways.payments import PaymentsUnavailable
from campaign.models.abuse import GiftStart
from campaign.models.donation import Donation
from campaign.services.gifts.settlement import settle

log = logging.getLogger(__name__)


def close_next_exhausted_page(context: Context) -> bool:
    """Close one such page at the provider and take up what became of it; False when there is none, or nobody answers.

    A donor whose page this was is told that it has closed, and begins anew; whoever has just paid on it has paid.
    """
    page = _next_exhausted(since=context.clock.now() - DAY)
    if page is None:
        return False
    start_id, donation_id, checkout_id = page
    try:
        context.payments.expire_checkout(checkout_id)
        settle(donation_id, context=context)
    except PaymentsUnavailable as wait:
        log.warning("the exhausted page of donation %s stays open for now: %s", donation_id, wait)
        return False
    except DomainError as reason:
        log.warning("the exhausted page of donation %s: %s %s", donation_id, type(reason).__name__, reason)
    with transaction() as session:
        session.execute(update(GiftStart).where(GiftStart.id == start_id).values(page_closed_at=context.clock.now()))
    return True


def _next_exhausted(*, since: datetime) -> tuple[int, int, str] | None:
    query = (
        select(GiftStart.id, Donation.id, Donation.checkout_id)
        .join(Donation, Donation.form_id == GiftStart.form_id)
        .where(
            GiftStart.started_at > since,
            GiftStart.failures >= MAX_FAILURES_OF_A_PAGE,
            GiftStart.page_closed_at.is_(None),
            Donation.state == DonationState.OPEN.value,
            Donation.checkout_id.is_not(None),
        )
        .order_by(GiftStart.id)
        .limit(1)
    )
    with reading() as session:
        row = session.execute(query).one_or_none()
    return (row[0], row[1], str(row[2])) if row else None
