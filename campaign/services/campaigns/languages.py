"""Which languages the pages of a campaign offer."""

from collections.abc import Sequence

from sqlalchemy import select

from campaign.database import transaction
from campaign.domain.errors import NotFound
from campaign.gateways.clock import Clock
from campaign.languages import language_facts
from campaign.models.campaign import Campaign
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change


def set_languages(slug: str, codes: Sequence[str], *, clock: Clock) -> None:
    """Offer these languages, the first one as the default; texts in others stay where they are.

    Raises:
        UnknownLanguage: A code is no language.
        NotFound: There is no such campaign.
    """
    languages = list(dict.fromkeys(language_facts(code).code for code in codes))
    with transaction() as session:
        row = session.execute(select(Campaign).where(Campaign.slug == slug)).scalar_one_or_none()
        if row is None:
            raise NotFound(f"campaign:{slug}")
        if row.languages == languages:
            return
        detail: dict[str, object] = {"languages": ", ".join(languages)}
        row.languages = languages
        count_public_change(session, row.id)
        subject, at = f"campaign:{slug}", clock.now()
        audit.record(session, actor_id=None, action="campaign:languages", subject=subject, at=at, detail=detail)
