"""A donor's monthly gifts, with the links to their pages."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.pledge import PledgeLinkBroken, PledgeState
from campaign.gateways.clock import Clock
from campaign.models.donor import Donor
from campaign.services.donor_account.person import donor_ids_of
from campaign.services.pledges.links import MailboxLink, sign_mailbox
from campaign.services.pledges.mailbox import LINK_LIFE, MailboxPledge, mailbox_pledges


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyGifts:
    """A donor's monthly gifts: those that go on, how many have ended, and the word for the page of all of them."""

    active: Sequence[MailboxPledge]
    ended: Sequence[MailboxPledge]
    tokens: Sequence[str]
    """One for each mailbox of the person with monthly gifts."""


def monthly_gifts_of(donor_id: int, *, clock: Clock) -> MonthlyGifts:
    """Return the monthly gifts of a donor who is signed in."""
    with reading() as session:
        ids = donor_ids_of(session, donor_id)
        names = session.execute(select(Donor.public_id).where(Donor.id.in_(ids)).order_by(Donor.id)).scalars().all()
    pledges: list[MailboxPledge] = []
    tokens = []
    for name in names:
        link = MailboxLink(name, clock.now() + LINK_LIFE)
        with suppress(PledgeLinkBroken):  # this mailbox has none
            pledges += mailbox_pledges(link, clock=clock)
            tokens.append(sign_mailbox(link))
    return MonthlyGifts(
        active=[pledge for pledge in pledges if pledge.state != PledgeState.STOPPED],
        ended=[pledge for pledge in pledges if pledge.state == PledgeState.STOPPED],
        tokens=tokens,
    )
