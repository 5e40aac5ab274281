"""The facts of an email about a monthly gift, as words in its reader's language."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.days import local_day
from campaign.domain.mail import MailState
from campaign.domain.money import Money
from campaign.domain.pledge import PledgeState
from campaign.i18n import day, money_in_text
from campaign.models.donation import Donation
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge
from campaign.services.pledges.card_refusals import card_refusal_words
from campaign.services.pledges.links import link_address

EXPECTED = {PledgeState.ACTIVE, PledgeState.PAUSED}
"""In these states the next gift is charged on its day; in the others it is tried again, or never."""


ENDING = {PledgeState.STOPPING, PledgeState.STOPPED}
DAYS = ("next_on", "expires_on", "stops_on", "next_try_on", "campaign_ends_on", "last_on", "continues_until")
"""Facts that are days: stored as ISO dates, told in the reader's words."""


def pledge_mail_facts(session: Session, facts: dict[str, Any], mail: Message, *, public_url: str) -> dict[str, Any]:
    """The stored facts of such a mail as words of the reader's language, with the link as it is now."""
    issued_at, language = mail.created_at, mail.language
    pledge = session.execute(select(Pledge).where(Pledge.public_id == facts["pledge"])).scalar_one()
    was = facts.get("was_minor")
    days = {name: day(date.fromisoformat(facts[name])) if facts.get(name) else "" for name in DAYS}
    return {
        **facts,
        **days,
        "amount": money_in_text(Money(facts["amount_minor"], facts["currency"])),
        "was": money_in_text(Money(was, facts["currency"])) if was else "",
        "manage_url": link_address(pledge, issued_at=issued_at, public_url=public_url, language=language),
        **({"reason": str(card_refusal_words(facts["reason"]).email)} if facts.get("reason") else {}),
    }


def of_receipt(session: Session, pledge_id: int, *, paid_at: datetime) -> dict[str, object]:
    """What the mail with a month's receipt says of the monthly gift: that it is one, and on which day the next is due.

    Nothing where its end is decided, for then no other month comes.
    """
    state, next_at = session.execute(select(Pledge.state, Pledge.next_at).where(Pledge.id == pledge_id)).one()
    if state in ENDING:
        return {}
    is_known = state in EXPECTED and next_at is not None and next_at > paid_at
    return {"is_monthly": True, "next_on": iso_day(next_at if is_known else None)}


def receipt_mail_facts(session: Session, mail: Message, *, public_url: str) -> dict[str, Any]:
    """Those facts in words, with the link as it is now; none of them where the mail brings a gift given once.

    What was changed while the mail waited is not promised: it says no day that does not hold any more.
    """
    pledge = session.execute(
        select(Pledge).join(Donation, Donation.pledge_id == Pledge.id).where(Donation.id == mail.donation_id)
    ).scalar_one_or_none()
    if pledge is None:
        return {"is_monthly": False, "next_on": "", "manage_url": ""}
    has_left = mail.state in (MailState.SENT, MailState.STORED)
    is_monthly = bool(mail.facts.get("is_monthly")) and (has_left or pledge.state not in ENDING)
    next_on = str(mail.facts.get("next_on") or "") if is_monthly else ""
    if not has_left and next_on != iso_day(pledge.next_at):
        next_on = ""
    return {
        "is_monthly": is_monthly,
        "next_on": day(date.fromisoformat(next_on)) if next_on else "",
        "manage_url": link_address(pledge, issued_at=mail.created_at, public_url=public_url, language=mail.language),
    }


def iso_day(moment: datetime | None) -> str:
    """Return the organisation's day of a moment as YYYY-MM-DD, or an empty text."""
    return local_day(moment).isoformat() if moment else ""
