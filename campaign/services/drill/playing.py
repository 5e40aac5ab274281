"""Plays the week on a campaign of its own, so that no figure of a real campaign changes."""

import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from campaign.database import reading
from campaign.days import local_day
from campaign.domain.donation import DonationState
from campaign.domain.errors import DomainError
from campaign.domain.money import Money
from campaign.gateways.clock import Clock
from campaign.i18n import money
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from campaign.services.drill.report import Outcome
from campaign.services.drill.scenes import WEEK, Scene
from campaign.services.drill.stage import DrillContext, SceneFailed


def open_campaign(*, clock: Clock) -> str:
    """Create a campaign for one drill, beside all others; return its slug."""
    at = clock.now()
    today, slug = local_day(at), f"fire-drill-{at:%Y%m%d-%H%M%S}"
    changes = {
        "slug": slug,
        "series": "FD",  # or other letters, where an earlier drill has these
        "starts_on": today - timedelta(days=1),
        "ends_on": today + timedelta(days=200),
        "is_demo": True,
    }
    return load_campaign(load_plan(), clock=clock, changes=changes)


def play_week(stage: DrillContext, *, say: Callable[[Outcome], None]) -> list[Outcome]:
    """Play every scene in order, whatever the result of those before; report each outcome at once."""
    outcomes = []
    for day, scenes in WEEK:
        for scene in scenes:
            outcome = _played(scene, stage, day)
            say(outcome)
            outcomes.append(outcome)
        stage.days_pass(1)
    return outcomes


def figures(campaign: str) -> dict[str, str]:
    """Return what was moved, per currency, in words: for the end of the report."""
    query = (
        select(
            Donation.currency,
            func.count(),
            func.sum(Donation.gift_minor + Donation.cover_minor),
            func.sum(Donation.refunded_minor),
            func.sum(Donation.charged_back_minor),
        )
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(Campaign.slug == campaign, Donation.state == DonationState.PAID)
        .group_by(Donation.currency)
        .order_by(Donation.currency)
    )
    with reading() as session:
        return {
            f"Paid in {code}": f"{_money(given, code)} in {_counted(count)}; {_money(refunded, code)} sent back, "
            f"{_money(lost, code)} charged back"
            for code, count, given, refunded, lost in session.execute(query)
        }


def _money(minor: int, code: str) -> str:
    return money(Money(int(minor), code), language="en")


def _counted(gifts: int) -> str:
    return "one gift" if gifts == 1 else f"{gifts} gifts"


def _played(scene: Scene, stage: DrillContext, day: str) -> Outcome:
    tried, began, wrong = (scene.__doc__ or scene.__name__).strip(), time.monotonic(), ""
    try:
        scene(stage)
    except SceneFailed as reason:
        wrong = str(reason)
    except (DomainError, OSError) as error:  # a refusal of ours, or no answer: reported like any other outcome
        wrong = f"{type(error).__name__}: {error}"
    finally:
        stage.console.behave()
        stage.outage.unlink(missing_ok=True)
    return Outcome(day, tried, time.monotonic() - began, wrong)
