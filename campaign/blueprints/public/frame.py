"""What `base.html` needs on every page of the site: whose site it is, and the same page in the other languages."""

import logging

from flask import current_app, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from campaign.blueprints.public import bp
from campaign.config import Config
from campaign.domain.errors import DomainError
from campaign.i18n import LANGUAGES
from campaign.kept import card_of
from campaign.services.campaigns import CampaignCard

log = logging.getLogger(__name__)


@bp.app_context_processor
def frame() -> dict[str, object]:
    """Names for every template; a view that speaks for another campaign hands its own `site` in."""
    config: Config = current_app.config["KURAK"]
    return {"site": _site(), "same_page": same_page, "public_url": config.public_url}


def same_page() -> dict[str, str]:
    """Language → the path of this page in it; the front page where an address has no language."""
    given = request.view_args or {}
    if request.endpoint is None or "lang" not in given:
        return {code: f"/{code}/" for code in LANGUAGES}
    return {code: url_for(request.endpoint, **{**given, "lang": code}) for code in LANGUAGES}


def _site() -> CampaignCard | None:
    """The featured campaign; nothing while there is none or no database: an error page still stands."""
    try:
        return card_of()
    except DomainError:
        return None
    except SQLAlchemyError:
        log.exception("the frame of the page could not read the campaign")
        return None
