"""All monthly gifts of one mailbox: a link to them by email, the page behind it, and a new link to one of them.

Whoever types an address is answered alike, and the same is written down: whether it has monthly gifts is looked up when the
mail is composed, and told to that mailbox alone.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.abuse import HOUR, Kind
from campaign.domain.email_address import email_key
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.language import in_language_of
from campaign.domain.money import Money
from campaign.domain.pledge import Act, PledgeLinkBroken, PledgeRequestState, PledgeState, refusal
from campaign.domain.proof_of_work import CODE_SLOT
from campaign.domain.visitor_keys import key_of, network_keys, normalized_email
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge, PledgeEvent, PledgeRequest
from campaign.services import audit
from campaign.services.pledges import mails as pledge_mails
from campaign.services.pledges.card_for_all import CARD, OTHERS, card_text
from campaign.services.pledges.links import MailboxLink, PledgeLink, sign, sign_mailbox
from campaign.services.pledges.requests import PledgeOrder, ask
from campaign.services.queues.outbox import OutgoingMail, enqueue
from campaign.services.shield.attempts import Counter, count_of, count_one, lock_counters
from campaign.services.shield.codes import LINKS_KIND, MAX_CODES_OF_A_MAILBOX, MAX_CODES_OF_AN_ADDRESS

LINK_LIFE = timedelta(hours=24)
MAX_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequest:
    """Who asks for the link to the monthly gifts of which address."""

    email: str
    language: str
    campaign: str  # in whose name the mail is written
    address: str | None  # of the visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxPledge:
    """One monthly gift on the page of all."""

    public_id: str
    token: str  # of its own page
    campaign_name: dict[str, str]
    purpose: dict[str, str]
    state: PledgeState
    charge: Money
    next_at: datetime | None
    card: str
    card_now: str  # to be compared with
    customer_id: str
    takes_card: bool
    """Whether another card can be put in for it."""
    uses_card: bool
    """Whether it can take over a card that is put in for another gift: not while a payment is due."""
    card_state: str
    """What becomes of a card that was put in for all gifts: requested, refused, or nothing."""


def request_links(request: LinkRequest, *, clock: Clock, secret: str) -> None:
    """Mail the link; at most once a quarter of an hour, and a few times an hour, without a word about it."""
    at, mailbox = clock.now(), normalized_email(request.email)
    network = network_keys(request.address).get(Kind.NETWORK, "")
    counters = {
        Counter("links_address", key_of("links_address", network, secret=secret)): MAX_CODES_OF_AN_ADDRESS,
        Counter("links_email", key_of("links_email", mailbox, secret=secret)): MAX_CODES_OF_A_MAILBOX,
    }
    slot = int(at.timestamp() // CODE_SLOT.total_seconds())
    with transaction() as session:
        lock_counters(session, *counters, at=at)
        if any(count_of(session, one, at=at, window=HOUR).started >= most for one, most in counters.items()):
            return
        campaign = session.execute(select(Campaign).where(Campaign.slug == request.campaign)).scalar_one()
        mail = OutgoingMail(
            kind=LINKS_KIND,
            language=request.language,
            recipient=request.email,
            facts={
                "mailbox": email_key(request.email),
                "donor_name": "",
                "campaign_title": in_language_of(campaign.title, request.language),
                "help_email": campaign.contact_email,
                "is_test": False,
            },
            key=f"{LINKS_KIND}:{key_of('links_email', mailbox, secret=secret)}:{slot}",
        )
        if enqueue(session, mail, at=at):
            for counter in counters:
                count_one(session, counter, at=at, column="started")


def links_in_words(facts: dict[str, Any], *, message: Message, public_url: str) -> dict[str, Any]:
    """The facts of that mail with the link, or with none where the mailbox has no monthly gift."""
    with reading() as session:
        donor_public_id = session.execute(
            select(Donor.public_id)
            .join(Pledge, Pledge.donor_id == Donor.id)
            .where(Donor.email_key == facts["mailbox"], Pledge.doubles_id.is_(None))
            .limit(1)
        ).scalar()
    link = MailboxLink(donor_public_id, message.created_at + LINK_LIFE) if donor_public_id else None
    return {**facts, "links_url": f"{public_url}/{message.language}/p/all/{sign_mailbox(link)}" if link else ""}


def mailbox_pledges(link: MailboxLink, *, clock: Clock) -> list[MailboxPledge]:
    """The monthly gifts of a link, those that go on first; PledgeLinkBroken once it has expired.

    A gift whose links staff have withdrawn since is not among them: this link came with those.
    """
    if link.expires_at < clock.now():
        raise PledgeLinkBroken
    issued_at = link.session_at or link.expires_at - LINK_LIFE
    withdrawn = select(PledgeEvent.pledge_id).where(PledgeEvent.kind == "links_withdrawn", PledgeEvent.at >= issued_at)
    expires_at = link.expires_at if link.session_at else None
    with reading() as session:
        rows = session.execute(
            select(Pledge, Campaign.name, Fund.title)
            .join(Donor, Donor.id == Pledge.donor_id)
            .join(Campaign, Campaign.id == Pledge.campaign_id)
            .join(Fund, Fund.id == Pledge.fund_id)
            .where(Donor.public_id == link.donor_public_id, Pledge.doubles_id.is_(None), Pledge.id.not_in(withdrawn))
            .order_by(Pledge.ended_at.is_not(None), Pledge.id)
            .limit(MAX_SHOWN)
        ).all()
        if not rows:
            raise PledgeLinkBroken
        card_states = _card_states(session, [row[0].id for row in rows])
        return [_shown(*row, dates=(issued_at, expires_at), card_states=card_states) for row in rows]


def ask_for_card(pledges: list[MailboxPledge], target: MailboxPledge, *, is_for_all: bool, clock: Clock) -> str:
    """Take the card that is about to be put in for one, and for those with the same payer at the provider.

    With `is_for_all` the gifts of other payers at the provider take it over as soon as it is there. Returns the request of
    `target`, or nothing where it has just ended.
    """
    requests: dict[str, str] = {}
    others = [one.public_id for one in pledges if one.uses_card and one.customer_id != target.customer_id]
    for pledge in pledges:
        if pledge.customer_id == target.customer_id and pledge.takes_card:
            is_for_others = is_for_all and pledge is target
            detail: dict[str, object] = {OTHERS: others, CARD: target.card_now} if is_for_others else {}
            with suppress(DomainError):
                order = PledgeOrder(pledge_public_id=pledge.public_id, act=Act.UPDATE_CARD, detail=detail)
                requests[pledge.public_id] = ask(order, clock=clock)
    return requests.get(target.public_id, "")


def _card_states(session: Session, pledge_ids: list[int]) -> dict[int, str]:
    """The state of each gift's request to use a card that was put in for another, unless a card was asked for since."""
    requests = session.execute(
        select(PledgeRequest.pledge_id, PledgeRequest.act, PledgeRequest.state)
        .where(
            PledgeRequest.pledge_id.in_(pledge_ids), PledgeRequest.act.in_((Act.UPDATE_CARD.value, Act.USE_CARD.value))
        )
        .order_by(PledgeRequest.id)
    )
    last = {pledge_id: (act, state) for pledge_id, act, state in requests}
    return {
        pledge_id: state
        for pledge_id, (act, state) in last.items()
        if act == Act.USE_CARD and state != PledgeRequestState.DONE
    }


def send_link(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> bool:
    """Mail the donor the link to one monthly gift as it is now; False where no address is known. NotFound."""
    at = clock.now()
    with transaction() as session:
        pledge = session.execute(
            select(Pledge).where(Pledge.campaign_id == campaign_id, Pledge.public_id == public_id).with_for_update()
        ).scalar_one_or_none()
        if pledge is None:
            raise NotFound(f"pledge:{public_id}")
        if not _has_address(session, pledge):
            return False
        news = pledge_mails.PledgeNews(kind="pledge_link", key=f"{at:%Y%m%d%H%M%S}", facts={})
        pledge_mails.tell(session, pledge, news, at=at)
        session.add(PledgeEvent(pledge_id=pledge.id, at=at, kind="link_sent", detail={}, actor_id=actor_id))
        subject = f"pledge:{public_id}"
        audit.record(session, actor_id=actor_id, action="pledge:send_link", subject=subject, detail={}, at=at)
    return True


def _has_address(session: Session, pledge: Pledge) -> bool:
    return bool(session.execute(select(Donor.email).where(Donor.id == pledge.donor_id)).scalar())


def _shown(
    pledge: Pledge,
    campaign_name: dict[str, str],
    purpose: dict[str, str],
    *,
    dates: tuple[datetime, datetime | None],
    card_states: dict[int, str],
) -> MailboxPledge:
    state = PledgeState(pledge.state)
    return MailboxPledge(
        public_id=pledge.public_id,
        token=sign(PledgeLink(pledge.public_id, pledge.link_version, *dates)),
        campaign_name=campaign_name,
        purpose=purpose,
        state=state,
        charge=Money(pledge.gift_minor + pledge.cover_minor, pledge.currency),
        next_at=pledge.next_at,
        card=f"{pledge.card_brand} •••• {pledge.card_last4}" if pledge.card_last4 else "",
        card_now=card_text(pledge.card_brand, pledge.card_last4, pledge.card_expires_on),
        customer_id=pledge.customer_id,
        takes_card=refusal(state, Act.UPDATE_CARD) is None,
        uses_card=refusal(state, Act.USE_CARD) is None,
        card_state=card_states.get(pledge.id, ""),
    )
