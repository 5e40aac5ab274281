"""A donor's monthly gifts, with the links to their pages."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.pledge import PledgeLinkBroken, PledgeState
from campaign.gateways.clock import Clock
from campaign.models.donor import Donor
from campaign.services.pledges.links import MailboxLink, sign_mailbox
from campaign.services.pledges.mailbox import MailboxPledge, mailbox_pledges

LINK_LIFE = timedelta(hours=1)
"""Of the links on the page: they stay in the history of a browser that others use after the donor has signed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyGifts:
    """A donor's monthly gifts: those that go on, those that have ended, and the token of the page of all of them."""

    active: Sequence[MailboxPledge]
    ended: Sequence[MailboxPledge]
    token: str
    """Empty where there are none."""


def monthly_gifts_of(donor_id: int, *, clock: Clock) -> MonthlyGifts:
    """Return the monthly gifts of a donor who is signed in."""
    with reading() as session:
        name = session.execute(select(Donor.public_id).where(Donor.id == donor_id)).scalar_one()
    link = MailboxLink(name, clock.now() + LINK_LIFE, session_at=clock.now())
    pledges: list[MailboxPledge] = []
    with suppress(PledgeLinkBroken):  # the mailbox has none
        pledges = mailbox_pledges(link, clock=clock)
    return MonthlyGifts(
        active=[pledge for pledge in pledges if pledge.state != PledgeState.STOPPED],
        ended=[pledge for pledge in pledges if pledge.state == PledgeState.STOPPED],
        token=sign_mailbox(link) if pledges else "",
    )
