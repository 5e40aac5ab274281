"""What the donor of a monthly gift is asked about the successor of its campaign, and to which campaign a month belongs."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.days import end_of_day, local_day
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.pledge import PledgeState
from campaign.domain.succession import AnswerTooLate, SuccessionAnswer, check_answer, counts_for_successor
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.fund import Fund
from campaign.models.pledge import Pledge, PledgeEvent
from campaign.models.succession import CampaignSuccession, PledgeSuccession
from campaign.services.pledges import mails as pledge_mails
from campaign.services.pledges.beginning import history_row
from campaign.services.pledges.last_days import OWN_LAST_DAY
from campaign.services.pledges.successors import check_follows


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionQuestion:
    """The question on the page of a monthly gift, and the answer that was given."""

    campaign_title: dict[str, str]
    purpose: dict[str, str]
    ends_on: date
    continues_until: date
    answer: SuccessionAnswer | None


def question_of(session: Session, pledge: Pledge, *, today: date) -> SuccessionQuestion | None:
    """Return what the donor of a monthly gift can answer today; None where there is nothing to answer."""
    try:
        row, own, successor = _open_question(session, pledge, today=today)
    except DomainError:
        return None
    return SuccessionQuestion(
        campaign_title=successor.title,
        purpose=session.get_one(Fund, row.fund_id).title,
        ends_on=own.last_day,
        continues_until=successor.ends_on,
        answer=SuccessionAnswer(row.answer) if row.answer else None,
    )


def answer_question(pledge_public_id: str, answer: SuccessionAnswer, *, clock: Clock) -> None:
    """Store a donor's answer, which may be changed until the campaign is over. The same once more changes nothing.

    Raises:
        NotFound: There is no such monthly gift.
        PledgeStopped, PledgeIsStopping: The gift ends for another reason.
        AnswerTooLate, NotASuccessor: There is nothing to answer any more.
    """
    at = clock.now()
    with transaction() as session:
        query = select(Pledge).where(Pledge.public_id == pledge_public_id).with_for_update()
        pledge = session.execute(query).scalar_one_or_none()
        if pledge is None:
            raise NotFound(pledge_public_id)
        row, _own, successor = _open_question(session, pledge, today=local_day(at))
        if row.answer == answer:
            return
        row.answer, row.answered_at = answer.value, at
        session.execute(insert(PledgeEvent), history_row(pledge.id, f"successor_{answer}", at=at))
        if answer is SuccessionAnswer.YES:
            pledge_mails.tell_continues(session, pledge, row, successor=successor, at=at)


def month_target(session: Session, pledge: Pledge, billed_at: datetime | None) -> tuple[int, int]:
    """Return the campaign and the purpose that a month of a gift counts for, by the day of its bill."""
    target = (pledge.campaign_id, pledge.fund_id)
    if billed_at is None:
        return target
    rows = session.execute(
        select(PledgeSuccession, OWN_LAST_DAY)
        .join(Campaign, Campaign.id == PledgeSuccession.from_campaign_id)
        .where(PledgeSuccession.pledge_id == pledge.id, PledgeSuccession.answer == SuccessionAnswer.YES)
        .order_by(PledgeSuccession.id.desc())
    )
    for row, last_day in rows:
        is_later = counts_for_successor(billed_at, end=end_of_day(last_day))
        if row.moved_at is not None and not is_later:
            target = (row.from_campaign_id, row.from_fund_id)
        elif row.moved_at is None and is_later and row.from_campaign_id == pledge.campaign_id:
            target = (row.campaign_id, row.fund_id)
    return target


def _open_question(session: Session, pledge: Pledge, *, today: date) -> tuple[PledgeSuccession, Campaign, Campaign]:
    """Return the row to be answered, the gift's campaign and the successor; see `answer_question` for what it raises."""
    query = (
        select(PledgeSuccession)
        .join(CampaignSuccession, CampaignSuccession.successor_id == PledgeSuccession.campaign_id)
        .where(
            CampaignSuccession.campaign_id == pledge.campaign_id,
            PledgeSuccession.pledge_id == pledge.id,
            PledgeSuccession.from_campaign_id == pledge.campaign_id,
            PledgeSuccession.moved_at.is_(None),
        )
    )
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise AnswerTooLate(pledge.public_id)
    own, successor = session.get_one(Campaign, row.from_campaign_id), session.get_one(Campaign, row.campaign_id)
    check_answer(
        PledgeState(pledge.state), ends_with_campaign=pledge.ends_with_campaign, ends_on=own.last_day, today=today
    )
    check_follows(own, successor)
    return row, own, successor
