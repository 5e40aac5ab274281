"""One monthly gift as its donor sees it on her signed page: terms, next date, months so far with receipts. It reads only."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.days import end_of_day, local_day
from campaign.domain.donation import DonationFrequency
from campaign.domain.errors import NotFound
from campaign.domain.money import Money
from campaign.domain.pledge import Act, PledgeLinkBroken, PledgeRequestState, PledgeState, refusal
from campaign.domain.pledge_dates import charge_after, last_charge_before
from campaign.models.campaign import Campaign
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.models.pledge import Pledge, PledgeRequest
from campaign.services.campaigns.form_options import same_gift
from campaign.services.pledges.last_days import last_day_of
from campaign.services.pledges.links import PledgeLink, refuse_expired
from campaign.services.pledges.mails import BEING_CHARGED
from campaign.services.pledges.months import MonthlyPayment, months_of
from campaign.services.pledges.succession import SuccessionQuestion, question_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The month that could not be charged."""

    reason: str
    url: str | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgePage:
    """All that the page shows. Nothing tells whether the donor has other gifts."""

    public_id: str
    campaign_slug: str
    campaign_name: dict[str, str]
    contact_email: str
    email: str | None  # where its mails go; never shown
    purpose: dict[str, str]
    state: PledgeState
    gift: Money
    cover: Money
    card_brand: str | None
    card_last4: str | None
    card_expires_on: date | None
    customer_id: str
    started_at: datetime
    anchor: datetime
    next_at: datetime | None
    paused_until: datetime | None
    stops_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    campaign_ends_on: date
    purpose_code: str
    ends_with_campaign: bool
    is_paid_out: bool  # no other payment comes before the campaign ends
    due: Due | None
    under_way: tuple[Act, ...]  # asked for, and not done at the provider yet
    least_charge: Money  # the least of what is charged now and of what was asked for and is not done yet
    months: tuple[MonthlyPayment, ...]
    question: SuccessionQuestion | None = None
    """What the donor is asked about the successor of the campaign."""

    @property
    def charge(self) -> Money:
        """What is charged each month."""
        return self.gift + self.cover

    def charge_after(self, months: int) -> datetime | None:
        """The charge that comes so many months after the next one; None while no charge is due."""
        return charge_after(self.anchor, self.next_at, months) if self.next_at else None

    def can(self, act: Act) -> bool:
        """Whether it may be asked for now."""
        if self.is_paid_out and act is not Act.STOP:
            return False
        return refusal(self.state, act) is None

    @property
    def has_receipts(self) -> bool:
        """Whether there is one to download."""
        return any(month.is_printed for month in self.months)

    @property
    def same_gift(self) -> dict[str, str]:
        """The parameters of the form's address that fill it in with the same gift."""
        covers_fee = self.cover.minor > 0
        return same_gift(
            self.campaign_slug,
            self.gift,
            fund=self.purpose_code,
            frequency=DonationFrequency.MONTHLY,
            covers_fee=covers_fee,
        )

    def is_last_being_charged(self, at: datetime) -> bool:
        """Whether the day of the last payment has come and its money has not: it is charged an hour or more later."""
        last = last_charge_before(self.anchor, end_of_day(self.campaign_ends_on))
        is_time = self.anchor < last <= at < last + BEING_CHARGED
        is_expected = self.is_paid_out and not self.paused_until
        return is_time and is_expected and not any(month.paid_at >= last for month in self.months)

    @property
    def last_charge_at(self) -> datetime | None:
        """The last payment before the campaign ends; None where none comes."""
        end = end_of_day(self.campaign_ends_on)
        return last_charge_before(self.anchor, end) if self.next_at else None


def pledge_page(link: PledgeLink, *, at: datetime) -> PledgePage:
    """The monthly gift of a link; PledgeLinkBroken for a link that is unknown, withdrawn by staff or expired."""
    with reading() as session:
        row = session.execute(
            select(Pledge, Campaign, Fund, Donor.email)
            .join(Campaign, Campaign.id == Pledge.campaign_id)
            .join(Fund, Fund.id == Pledge.fund_id)
            .outerjoin(Donor, Donor.id == Pledge.donor_id)
            .where(Pledge.public_id == link.public_id, Pledge.link_version == link.version)
        ).one_or_none()
        if row is None:
            raise PledgeLinkBroken
        refuse_expired(session, link, row[0], at=at)
        page = _as_page(session, *row)
        return replace(page, question=question_of(session, row[0], today=local_day(at)))


def receipt_of_month(link: PledgeLink, number: str, *, at: datetime) -> str:
    """The number of a receipt that this link may download; NotFound for every other."""
    page = pledge_page(link, at=at)
    if number not in {month.receipt_number for month in page.months}:
        raise NotFound(number)
    return number


def _as_page(session: Session, pledge: Pledge, campaign: Campaign, fund: Fund, email: str | None) -> PledgePage:
    return PledgePage(
        public_id=pledge.public_id,
        campaign_slug=campaign.slug,
        campaign_name=campaign.name,
        contact_email=campaign.contact_email,
        email=email,
        purpose=fund.title,
        purpose_code=fund.code,
        state=PledgeState(pledge.state),
        gift=Money(pledge.gift_minor, pledge.currency),
        cover=Money(pledge.cover_minor, pledge.currency),
        card_brand=pledge.card_brand,
        card_last4=pledge.card_last4,
        card_expires_on=pledge.card_expires_on,
        customer_id=pledge.customer_id,
        started_at=pledge.started_at,
        anchor=pledge.anchor,
        next_at=pledge.next_at,
        paused_until=pledge.paused_until,
        stops_at=pledge.stops_at,
        ended_at=pledge.ended_at,
        end_reason=pledge.end_reason,
        campaign_ends_on=last_day_of(session, pledge),
        ends_with_campaign=pledge.ends_with_campaign,
        is_paid_out=pledge.is_paid_out,
        due=Due(reason=pledge.due_reason, url=pledge.due_url, next_at=pledge.due_next_at)
        if pledge.due_reason
        else None,
        under_way=_under_way(session, pledge.id),
        least_charge=_least_charge(session, pledge),
        months=months_of(session, pledge.id),
    )


def _under_way(session: Session, pledge_id: int) -> tuple[Act, ...]:
    requests = session.execute(
        select(PledgeRequest.act)
        .where(PledgeRequest.pledge_id == pledge_id, PledgeRequest.state == PledgeRequestState.REQUESTED)
        .order_by(PledgeRequest.id)
    ).scalars()
    return tuple(Act(act) for act in requests if act != Act.UPDATE_CARD)


def _least_charge(session: Session, pledge: Pledge) -> Money:
    """Whoever goes above it raises the amount: what was lowered is not taken back while the provider has not answered."""
    requests = session.execute(
        select(PledgeRequest.detail).where(
            PledgeRequest.pledge_id == pledge.id,
            PledgeRequest.state == PledgeRequestState.REQUESTED,
            PledgeRequest.act == Act.CHANGE.value,
        )
    ).scalars()
    charges = [int(str(detail["gift_minor"])) + int(str(detail["cover_minor"])) for detail in requests]
    return Money(min([pledge.gift_minor + pledge.cover_minor, *charges]), pledge.currency)
