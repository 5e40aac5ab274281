"""The API: the campaign, its progress, where its money is, its updates; anybody may read it from anywhere."""

import json

from flask import Response, jsonify

from campaign.blueprints.api import bp
from campaign.blueprints.api.shapes import allocations_of, campaign_shape, progress_of, updates_of
from campaign.blueprints.api.specification import SPECIFICATION
from campaign.services.campaigns.cards import CampaignCard
from campaign.web.page_cache import cached, campaign_of


@bp.after_request
def for_everybody(answer: Response) -> Response:
    """Public figures carry no secret, so a page of any site may fetch them."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@bp.get("/campaigns/<slug>")
@cached("application/json")
def campaign(*, card: CampaignCard) -> str:
    """Return the campaign: its texts, days, currencies and purposes."""
    return json.dumps(campaign_shape(campaign_of(card)), ensure_ascii=False)


@bp.get("/campaigns/<slug>/progress")
@cached("application/json")
def progress(*, card: CampaignCard) -> str:
    """Return what was raised toward the goal."""
    return json.dumps(progress_of(campaign_of(card)), ensure_ascii=False)


@bp.get("/campaigns/<slug>/allocations")
@cached("application/json")
def allocations(*, card: CampaignCard) -> str:
    """Return the funds, and what was allocated and spent."""
    return json.dumps(allocations_of(campaign_of(card)), ensure_ascii=False)


@bp.get("/campaigns/<slug>/updates")
@cached("application/json")
def updates(*, card: CampaignCard) -> str:
    """Return the campaign's news."""
    return json.dumps(updates_of(campaign_of(card)), ensure_ascii=False)


@bp.get("/openapi.json")
def specification() -> Response:
    """Return the OpenAPI document of this interface."""
    answer = jsonify(SPECIFICATION)
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
