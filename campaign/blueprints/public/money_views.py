"""Where the money goes: the transparency page, its table as a file, events and grants."""

from flask import Response, render_template

from campaign.blueprints.public import bp
from campaign.days import local_day
from campaign.domain.errors import NotFound
from campaign.gateway_registry import current_context
from campaign.i18n import current_language
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.campaigns.fund_figures import FundSummary
from campaign.services.exports.transparency import csv_of
from campaign.services.grants.call import call_of
from campaign.services.grants.grantees import grantees_of
from campaign.web.page_cache import cached, campaign_of


@bp.get("/<language:lang>/transparency")
@cached()
def transparency(*, card: CampaignCard) -> str:
    """Show where the money comes from and where it goes."""
    return render_template("public/transparency.html", site=card, campaign=campaign_of(card))


@bp.get("/<language:lang>/transparency.csv")
def transparency_csv(**_address: str) -> Response:
    """Send the same figures as a file."""
    answer = _csv()
    answer.headers["Content-Disposition"] = 'attachment; filename="transparency.csv"'
    return answer


@cached("text/csv")
def _csv(*, card: CampaignCard) -> str:
    campaign = campaign_of(card)
    return csv_of(campaign.money, language=current_language(), as_of=campaign.progress.as_of, is_demo=card.is_demo)


@bp.get("/<language:lang>/events/")
@cached()
def events(*, card: CampaignCard) -> str:
    """Show the list of events."""
    return render_template("public/events.html", site=card, campaign=campaign_of(card))


@bp.get("/<language:lang>/grants/")
@cached()
def grants(*, card: CampaignCard) -> str:
    """Show the list of grants."""
    return render_template("public/grants.html", site=card, campaign=campaign_of(card))


@bp.get("/<language:lang>/events/<public_id>")
@cached()
def event(*, public_id: str, card: CampaignCard) -> str:
    """Show one event with its budget."""
    target = _target("event", public_id, card)
    return render_template("public/event.html", site=card, campaign=campaign_of(card), target=target)


@bp.get("/<language:lang>/grants/<public_id>")
@cached()
def grant(*, public_id: str, card: CampaignCard) -> str:
    """Show one grant with its budget."""
    target, call = _target("grant", public_id, card), call_of(card.id, public_id)
    state = call.state_on(local_day(current_context().clock.now()))
    return render_template(
        "public/grant.html",
        site=card,
        campaign=campaign_of(card),
        target=target,
        call_state=state,
        grantees=grantees_of(call.fund_id),
    )


def _target(kind: str, public_id: str, card: CampaignCard) -> FundSummary:
    for target in campaign_of(card).money.of_kind(kind):
        if target.public_id == public_id:
            return target
    raise NotFound(kind)
