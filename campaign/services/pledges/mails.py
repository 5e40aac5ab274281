"""What donors are told of their monthly gifts, each thing once, in their language, with the link to pause, change or stop.

A mail is written in the transaction that learned its news. What it says stands as plain facts; delivery makes words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign.days import end_of_day
from campaign.domain.language import in_language_of
from campaign.domain.money import Money
from campaign.domain.pledge import PledgeState
from campaign.domain.pledge_dates import last_charge_before
from campaign.gateways.pledges import PledgeFacts
from campaign.models.campaign import Campaign
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge, PledgeEvent
from campaign.models.succession import PledgeSuccession
from campaign.services.pledges.mail_facts import ENDING, iso_day
from campaign.services.queues.outbox import OutgoingMail, enqueue

PUT_OFF = {PledgeState.PAUSED, PledgeState.STOPPING}
BEING_CHARGED = timedelta(days=1)
"""The provider charges an hour or more after the day began for it, so for that long a payment may still come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeNews:
    """What is to be told: its kind (a folder of templates), what makes it this news and no other, and its own facts."""

    kind: str
    key: str
    facts: dict[str, object]
    email: str | None = None  # the address at the provider, where no donor is known (yet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The monthly gift before the news. An end with its campaign was nobody's decision about this gift."""

    state: PledgeState
    is_new: bool  # nothing was known of it, so nothing has changed
    is_with_campaign: bool
    amount: Money
    paused_until: datetime | None
    card_last4: str | None

    @property
    def is_decided(self) -> bool:
        """Whether its end was decided and told already."""
        return self.state in ENDING and not self.is_with_campaign


def before_news(pledge: Pledge) -> Before:
    """What `tell_news` needs to know of the row as it is before the provider's answer is put into it."""
    return Before(
        state=PledgeState(pledge.state),
        is_new=pledge.version == 0,
        is_with_campaign=pledge.is_paid_out,
        amount=Money(pledge.gift_minor + pledge.cover_minor, pledge.currency),
        paused_until=pledge.paused_until,
        card_last4=pledge.card_last4,
    )


def changes_since(pledge: Pledge, before: Before, *, at: datetime) -> list[str]:
    """What of the news is a change that is confirmed by mail: amount, paused, resumed, card.

    A pause that ends on its day is none: that was said when it began.
    """
    state = PledgeState(pledge.state)
    if before.is_new or state is PledgeState.STOPPED:
        return []
    is_paused = state is PledgeState.PAUSED
    ended_by_itself = before.paused_until is not None and before.paused_until <= at
    happened = {
        "amount": before.amount.minor != pledge.gift_minor + pledge.cover_minor,
        "paused": is_paused and (before.state is not state or before.paused_until != pledge.paused_until),
        "resumed": state is PledgeState.ACTIVE and before.state in PUT_OFF and not ended_by_itself,
        "card": bool(pledge.card_last4) and before.card_last4 not in {None, pledge.card_last4},
    }
    return [change for change, is_so in happened.items() if is_so]


def tell_news(
    session: Session, pledge: Pledge, facts: PledgeFacts, *, before: Before, at: datetime, hold_mails: bool
) -> None:
    """Write what the provider's answer makes necessary: a gift that could not be charged, the end of the monthly gift."""
    state = PledgeState(pledge.state)
    if pledge.doubles_id is not None:
        return  # our own mistake, which we correct: the donor need not do anything
    for news in _changes(pledge, before, email=facts.email, at=at):
        tell(session, pledge, news, at=at, hold_mails=hold_mails)
    if pledge.is_paid_out:
        return  # the last gift is paid; of the end itself the donor is told two weeks before and when it has come
    if state in ENDING:
        if not before.is_decided and before.state is not PledgeState.STOPPED:
            _tell_stopped(session, pledge, facts, at=at, hold_mails=hold_mails)
        return
    due = facts.due
    if due is None:
        return
    kind = "pledge_confirm" if due.reason == "confirm" else "pledge_unpaid"
    is_last = due.next_at is None and due.attempts > 1
    more: dict[str, object] = {
        "amount_minor": due.amount.minor,
        "reason": due.reason,
        "pay_url": due.url or "",
        "next_try_on": iso_day(due.next_at),
    }
    key = f"{due.invoice_id}{':last' if is_last else ''}"
    tell(session, pledge, PledgeNews(kind=kind, key=key, facts=more, email=facts.email), at=at, hold_mails=hold_mails)


def tell_reminder(session: Session, pledge: Pledge, *, at: datetime) -> None:
    """A few days before the first renewal, and before the first one after a change."""
    next_on = iso_day(pledge.next_at)
    key = f"{next_on}:{pledge.gift_minor + pledge.cover_minor}"
    tell(session, pledge, PledgeNews(kind="pledge_reminder", key=key, facts={"next_on": next_on}), at=at)


def tell_card_expires(session: Session, pledge: Pledge, *, at: datetime) -> None:
    """The card cannot be charged much longer; once per card."""
    expires_on = pledge.card_expires_on.isoformat() if pledge.card_expires_on else ""
    facts: dict[str, object] = {"expires_on": expires_on, "next_on": iso_day(pledge.next_at)}
    tell(session, pledge, PledgeNews(kind="pledge_card", key=expires_on, facts=facts), at=at)


def tell_campaign_ends(session: Session, pledge: Pledge, *, ends_on: date, at: datetime) -> None:
    """Two weeks before the campaign ends; told anew when its end is moved."""
    last = last_charge_before(pledge.anchor, end_of_day(ends_on))
    is_being_charged = not pledge.paused_until and at - BEING_CHARGED < last <= at
    last_on = iso_day(last) if pledge.next_at or is_being_charged else ""
    facts: dict[str, object] = {"campaign_ends_on": ends_on.isoformat(), "last_on": last_on}
    tell(session, pledge, PledgeNews(kind="pledge_ending", key=ends_on.isoformat(), facts=facts), at=at)


def tell_successor(
    session: Session, pledge: Pledge, row: PledgeSuccession, *, successor: Campaign, at: datetime
) -> None:
    """Ask whether the gift continues in the campaign that follows; once per successor."""
    facts = {**_successor_facts(session, row, successor), "next_on": iso_day(pledge.next_at)}
    tell(session, pledge, PledgeNews(kind="pledge_successor", key=successor.slug, facts=facts), at=at)


def tell_continues(
    session: Session, pledge: Pledge, row: PledgeSuccession, *, successor: Campaign, at: datetime
) -> None:
    """Confirm that the gift continues in the campaign that follows."""
    own = {"change": "successor", "was_minor": None, "is_open_ended": False, "next_on": iso_day(pledge.next_at)}
    facts = {**own, **_successor_facts(session, row, successor)}
    tell(session, pledge, PledgeNews(kind="pledge_changed", key=f"successor:{at.timestamp():.0f}", facts=facts), at=at)


def _successor_facts(session: Session, row: PledgeSuccession, successor: Campaign) -> dict[str, object]:
    pledge = session.get_one(Pledge, row.pledge_id)
    return {
        "successor_title": in_language_of(successor.title, pledge.language),
        "successor_purpose": in_language_of(session.get_one(Fund, row.fund_id).title, pledge.language),
        "campaign_ends_on": session.get_one(Campaign, row.from_campaign_id).last_day.isoformat(),
        "continues_until": successor.ends_on.isoformat(),
    }


def _changes(pledge: Pledge, before: Before, *, email: str | None, at: datetime) -> Iterator[PledgeNews]:
    """The confirmation of each change, once per applied answer."""
    for change in changes_since(pledge, before, at=at):
        facts: dict[str, object] = {
            "change": change,
            "was_minor": before.amount.minor if change == "amount" else None,
            "is_open_ended": change == "paused" and pledge.paused_until is None,
            "next_on": iso_day(pledge.next_at),
        }
        yield PledgeNews(kind="pledge_changed", key=f"{pledge.version}:{change}", facts=facts, email=email)


def _tell_stopped(session: Session, pledge: Pledge, facts: PledgeFacts, *, at: datetime, hold_mails: bool) -> None:
    """Once per decision: taken back and decided again, it is told again."""
    decided_at = facts.stop_requested_at or facts.ended_at or at
    reason = pledge.end_reason or "asked"
    more: dict[str, object] = {"end_reason": reason, "stops_on": iso_day(pledge.stops_at)}
    key = reason if reason == "campaign" else f"{decided_at.timestamp():.0f}"
    tell(
        session,
        pledge,
        PledgeNews(kind="pledge_stopped", key=key, facts=more, email=facts.email),
        at=at,
        hold_mails=hold_mails,
    )


def tell(session: Session, pledge: Pledge, news: PledgeNews, *, at: datetime, hold_mails: bool = False) -> None:
    """Queue an email, unless one with its key was queued before; without an address there is no reader.

    With `hold_mails` it waits in the outbox until staff release it.
    """
    dedupe_key = f"{news.kind}:{pledge.public_id}:{news.key}"
    if session.execute(select(Message.id).where(Message.dedupe_key == dedupe_key)).first():
        return
    title, contact, fund_title, known = session.execute(
        select(Campaign.title, Campaign.contact_email, Fund.title, Donor.email)
        .select_from(Pledge)
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        .join(Fund, Fund.id == Pledge.fund_id)
        .outerjoin(Donor, Donor.id == Pledge.donor_id)
        .where(Pledge.id == pledge.id)
    ).one()
    recipient = known or news.email
    if not recipient:
        return
    mail = OutgoingMail(
        kind=news.kind,
        language=pledge.language,
        recipient=recipient,
        facts=_facts_of(pledge, news, title=title, fund_title=fund_title, contact=contact),
        key=dedupe_key,
        campaign_id=pledge.campaign_id,
    )
    enqueue(session, mail, at=at, is_on_hold=hold_mails)
    session.execute(
        insert(PledgeEvent), {"pledge_id": pledge.id, "at": at, "kind": "told", "detail": {"mail": news.kind}}
    )


def _facts_of(
    pledge: Pledge, news: PledgeNews, *, title: dict[str, str], fund_title: dict[str, str], contact: str
) -> dict[str, object]:
    return {
        "pledge": pledge.public_id,
        "donor_name": pledge.payer_name or pledge.receipt_name or "",
        "amount_minor": pledge.gift_minor + pledge.cover_minor,
        "currency": pledge.currency,
        "campaign_title": in_language_of(title, pledge.language),
        "purpose": in_language_of(fund_title, pledge.language),
        "help_email": contact,
        "card": f"{pledge.card_brand} •••• {pledge.card_last4}" if pledge.card_last4 else "",
        "is_test": not pledge.livemode,
        **news.facts,
    }
