"""What the API says: plain objects whose amounts are integers of minor units; texts are tables of languages."""

from datetime import date
from typing import Any

from campaign.domain.fund import FundKind
from campaign.domain.picture import PictureFormat
from campaign.services.campaigns.fund_figures import Figures, FundSummary
from campaign.services.campaigns.page import PublicCampaign
from campaign.services.campaigns.shown_pictures import HERO

Shape = dict[str, Any]  # Any: what JSON can hold


def campaign_shape(campaign: PublicCampaign) -> Shape:
    """What the campaign is, and how far it has come."""
    card = campaign.card
    return {
        "campaign": card.slug,
        "name": card.name,
        "title": card.title,
        "summary": card.summary,
        "kicker": campaign.kicker,
        "currency": card.currency,
        "currencies": list(campaign.currencies),
        "goal_minor": card.goal_minor,
        "starts_on": card.starts_on.isoformat(),
        "ends_on": card.ends_on.isoformat(),
        "state": campaign.progress.state,
        "contact_email": card.contact_email,
        **_picture(campaign, HERO),
        "is_demo": card.is_demo,
        "milestones": [
            {"amount_minor": stage.amount.minor, "title": stage.title, "body": stage.body, "state": stage.state}
            for stage in campaign.progress.stages
        ],
        "progress": progress_of(campaign),
    }


def progress_of(campaign: PublicCampaign) -> Shape:
    """The figures of the progress bar; `raised_minor` is in the campaign's own currency, the others stand beside it."""
    progress, money = campaign.progress, campaign.money
    return {
        "campaign": campaign.card.slug,
        "is_demo": campaign.card.is_demo,
        "currency": money.currency,
        "goal_minor": progress.goal.minor,
        "raised_minor": progress.raised.minor,
        "pending_minor": progress.pending.minor,
        "donations": progress.gifts,
        "donors": progress.decisions,
        "percent": progress.percent,
        "by_fund": [
            {
                "fund": purse.code,
                "title": purse.title,
                "goal_minor": purse.goal.minor,
                "raised_minor": purse.in_currency(money.currency).raised_minor,
            }
            for purse in money.purposes
        ],
        "by_currency": [
            {
                "currency": row.currency,
                "given_minor": row.given_minor,
                "on_the_way_minor": row.raised_minor if row.currency != money.currency else 0,
            }
            for row in money.totals
        ],
        "as_of": progress.as_of.isoformat(timespec="seconds"),
    }


def allocations_of(campaign: PublicCampaign) -> Shape:
    """Raised → fees → allocated → spent, for each purpose and target, per currency."""
    money, progress = campaign.money, campaign.progress
    return {
        "campaign": campaign.card.slug,
        "is_demo": campaign.card.is_demo,
        "currency": money.currency,
        "totals": [_figures(row) for row in money.totals],
        "purposes": [_purse(purse, progress.today) for purse in money.purposes],
        "targets": [_purse(purse, progress.today) for purse in money.targets],
        "as_of": progress.as_of.isoformat(timespec="seconds"),
    }


def updates_of(campaign: PublicCampaign) -> Shape:
    """The campaign's news, the latest first; bodies are Markdown."""
    return {
        "campaign": campaign.card.slug,
        "is_demo": campaign.card.is_demo,
        "updates": [
            {
                "id": news.public_id,
                "published_on": news.published_on.isoformat(),
                "title": news.title,
                "body": news.body,
                "author": news.author,
                **_picture(campaign, f"update:{news.public_id}"),
            }
            for news in campaign.news
        ],
    }


def _picture(campaign: PublicCampaign, place: str) -> Shape:
    """The picture of a place; nothing where it has none. Its files are on this site."""
    picture = campaign.pictures.get(place)
    if picture is None:
        return {}
    files = [
        {"width": width, "type": kind.mimetype, "path": picture.path(width, kind)}
        for width in picture.widths
        for kind in PictureFormat
    ]
    size = {"width": picture.width, "height": picture.height}
    facts = {"alt": dict(picture.alt), "is_decorative": picture.is_decorative, "credit": picture.credit}
    return {"picture": {**facts, **size, "files": files}}


def _purse(purse: FundSummary, today: date) -> Shape:
    shape: Shape = {
        "code": purse.code,
        "kind": purse.kind,
        "title": purse.title,
        "goal_minor": purse.goal.minor,
        "figures": [_figures(row) for row in purse.figures],
    }
    if purse.kind in {FundKind.EVENT, FundKind.GRANT}:
        shape["id"] = purse.public_id
        shape["status"] = purse.status
        shape["state"] = purse.state_on(today)
        shape["starts_on"] = purse.starts_on.isoformat() if purse.starts_on else None
        shape["ends_on"] = purse.ends_on.isoformat() if purse.ends_on else None
    return shape


def _figures(row: Figures) -> Shape:
    return {
        "currency": row.currency,
        "given_minor": row.given_minor,
        "raised_minor": row.raised_minor,
        "fees_minor": row.fees_minor,
        "received_minor": row.received_minor,
        "passed_on_minor": row.passed_on_minor,
        "spent_minor": row.spent_minor,
        "left_minor": row.left_minor,
    }
