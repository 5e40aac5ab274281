"""The way from the form to the payment, counted without a cookie: forms opened, payment pages opened, gifts paid.

Forms are a daily number. Pages and payments are counted from gifts, each form once, however often a donor went back and
changed something, on the day on which the gift was begun; so a day's payments are a part of its payment pages.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import CompoundSelect, String, and_, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from campaign.days import end_of_day, start_of_day
from campaign.domain.donation import DonationOrigin, DonationState
from campaign.extensions import Instant
from campaign.models.donation import Donation
from campaign.models.form_view import FormViews
from campaign.services.dashboard.figures import DayRange

PAID = (DonationState.PAID.value, DonationState.PROCESSING.value)
"""A bank transfer that is under way has left the donor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """The three numbers of a day or a language."""

    name: str  # an ISO day, or a language
    forms: int
    pages: int
    paid: int

    @property
    def paid_share(self) -> Fraction | None:
        """Return the paid part of the opened forms; None where none was counted."""
        return Fraction(self.paid, self.forms) if self.forms else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """The numbers of a period in all, by language (most forms first), and by day."""

    total: FunnelStep
    languages: Sequence[FunnelStep]
    days: Sequence[FunnelStep]
    counted_since: date | None
    """The first day on which a form was counted; earlier gifts have no opened form."""


def funnel_of(session: Session, campaign_id: int, period: DayRange) -> Funnel:
    """Return the funnel of a period, in three queries."""
    of_campaign = FormViews.campaign_id == campaign_id
    views = session.execute(
        select(FormViews.day, FormViews.language, FormViews.views).where(
            of_campaign, FormViews.day.between(period.first, period.last)
        )
    ).all()
    since = session.execute(select(func.min(FormViews.day)).where(of_campaign)).scalar_one()
    numbers: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for day, language, count in views:
        numbers[day.isoformat(), language][0] += int(count)
    for day, language, pages, paid in session.execute(_begun(campaign_id, period)):
        numbers[day, language][1] += int(pages)
        numbers[day, language][2] += int(paid)
    days = [(period.first + timedelta(days=number)).isoformat() for number in range(period.days)]
    languages = sorted({language for _day, language in numbers})
    return Funnel(
        total=_step("", numbers.values()),
        languages=sorted(
            (_step(name, [row for (_day, language), row in numbers.items() if language == name]) for name in languages),
            key=lambda step: (-step.forms, -step.pages, step.name),
        ),
        days=[_step(name, [row for (day, _language), row in numbers.items() if day == name]) for name in days],
        counted_since=since,
    )


def _step(name: str, rows: Any) -> FunnelStep:  # lists of three numbers, from any iterable
    forms, pages, paid = (sum(column) for column in zip([0, 0, 0], *rows, strict=True))
    return FunnelStep(name=name, forms=forms, pages=pages, paid=paid)


def _begun(campaign_id: int, period: DayRange) -> Any:  # a select of four columns
    """Return day, language, payment pages and payments, by the day on which a gift was begun in the organisation's time."""
    days = _days(period).subquery()
    form = func.coalesce(Donation.shown_form_id, Donation.public_id)
    is_paid = case((Donation.state.in_(PAID), form))
    return (
        select(days.c.day, Donation.language, func.count(func.distinct(form)), func.count(func.distinct(is_paid)))
        .join(Donation, and_(Donation.created_at >= days.c.begins, Donation.created_at < days.c.ends))
        .where(
            Donation.campaign_id == campaign_id,
            Donation.origin == DonationOrigin.FORM.value,
            Donation.checkout_id.is_not(None),
        )
        .group_by(days.c.day, Donation.language)
    )


def _days(period: DayRange) -> CompoundSelect[*tuple[Any, ...]]:
    """Return each day with its first moment and the first one after it: days of time zones are no function of a database."""
    return union_all(
        *(
            select(
                cast(literal(day.isoformat()), String).label("day"),
                literal(start_of_day(day), Instant()).label("begins"),
                literal(end_of_day(day), Instant()).label("ends"),
            )
            for day in (period.first + timedelta(days=number) for number in range(period.days))
        )
    )
