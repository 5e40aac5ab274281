"""Which languages the pages of a campaign offer."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.form_version import check_version
from campaign.gateways.clock import Clock
from campaign.languages import installed, language_facts
from campaign.models.campaign import Campaign
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change


class DefaultLanguageStays(DomainError):
    """The default language of a campaign was to be removed: its other languages fall back to it."""


def change_languages(campaign_id: int, codes: Sequence[str], *, version: str, actor_id: int, clock: Clock) -> None:
    """Offer these languages besides the default one; texts in others stay stored, and nobody sees them.

    Raises:
        ChangedMeanwhile: Somebody else changed them since the version that the person has read.
        DefaultLanguageStays: The default one is not among them.
        UnknownLanguage: A code is no language.
    """
    with transaction() as session:
        row = session.execute(select(Campaign).where(Campaign.id == campaign_id).with_for_update()).scalar_one()
        present = list(row.languages or installed())
        check_version(version, present)
        if present[0] not in codes:
            raise DefaultLanguageStays(present[0])
        offered = [present[0], *(code for code in codes if code != present[0])]
        _write(session, row, offered, actor_id=actor_id, clock=clock)


def set_languages(slug: str, codes: Sequence[str], *, clock: Clock) -> None:
    """Offer these languages, the first one as the default; texts in others stay where they are.

    Raises:
        UnknownLanguage: A code is no language.
        NotFound: There is no such campaign.
    """
    with transaction() as session:
        row = session.execute(select(Campaign).where(Campaign.slug == slug)).scalar_one_or_none()
        if row is None:
            raise NotFound(f"campaign:{slug}")
        _write(session, row, codes, actor_id=None, clock=clock)


def _write(session: Session, row: Campaign, codes: Sequence[str], *, actor_id: int | None, clock: Clock) -> None:
    languages = list(dict.fromkeys(language_facts(code).code for code in codes))
    if row.languages == languages:
        return
    row.languages = languages
    count_public_change(session, row.id)
    audit.record(
        session,
        actor_id=actor_id,
        action="campaign:languages",
        subject=f"campaign:{row.slug}",
        at=clock.now(),
        detail={"languages": ", ".join(languages)},
    )
