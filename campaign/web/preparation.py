"""The public face of an installation without a campaign: every public address says that the site is being prepared.

The status is 503 with `Retry-After`: search engines come back and index nothing meanwhile. `/staff/`, `/healthz`, webhooks and
static files answer as ever.
"""

from flask import Flask, Response, current_app, make_response, render_template, request

from campaign.config import Config
from campaign.domain.errors import NoCampaign
from campaign.services.campaigns.cards import has_campaigns

RETRY_AFTER_SECONDS = "3600"
PUBLIC_BLUEPRINTS = frozenset({"public", "donations", "api", "my"})
ALWAYS_ANSWERED = frozenset(
    {"public.front_door", "public.brand_logo", "public.brand_stylesheet", "public.robots", "api.specification"}
)
"""Public endpoints that need no campaign: they redirect, or describe the site to machines."""
OTHER_PATHS = ("/staff", "/static/", "/dev/", "/sandbox/", "/webhooks/", "/healthz", "/readyz")


def init_app(app: Flask) -> None:
    """Check for a campaign before each public view, and answer without one."""
    app.extensions["has_campaigns"] = False
    app.before_request(_refuse_without_campaign)
    app.register_error_handler(NoCampaign, _preparation_page)


def _refuse_without_campaign() -> None:
    """Refuse a public request while there is no campaign; after the first one, no request queries this again.

    Raises:
        NoCampaign: There is none yet.
    """
    if current_app.extensions["has_campaigns"] or not _is_public():
        return
    if not has_campaigns():
        raise NoCampaign("campaign")
    config: Config = current_app.config["KURAK"]
    current_app.extensions["has_campaigns"] = not config.testing  # a test's database may be emptied under its app


def _is_public() -> bool:
    if request.endpoint is None:  # an unknown address
        return not request.path.startswith(OTHER_PATHS)
    return request.blueprint in PUBLIC_BLUEPRINTS and request.endpoint not in ALWAYS_ANSWERED


def _preparation_page(_error: NoCampaign) -> Response:
    if request.path.startswith("/api/"):
        answer = make_response({"error": "This site is being prepared."}, 503)
    else:
        answer = make_response(render_template("errors/preparation.html"), 503)
    answer.headers["Retry-After"] = RETRY_AFTER_SECONDS
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
