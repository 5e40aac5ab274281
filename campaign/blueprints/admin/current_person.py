"""The signed-in person, and what they may do with the campaign that is shown."""

from contextlib import suppress
from dataclasses import dataclass

from flask import current_app, session
from flask_login import current_user  # type: ignore[import-untyped]

from campaign.config import Config
from campaign.domain.errors import NotFound
from campaign.services.campaigns.cards import campaign_named
from campaign.services.staff.second_step_rules import needs_second_step


@dataclass(frozen=True, slots=True)
class Person:
    """The signed-in person, copied out of the database session, so that a rollback in a service does not touch it."""

    id: int
    name: str
    email: str
    language: str
    roles: frozenset[str]
    """What they may do with the campaign that is shown."""
    has_second_factor: bool
    has_recovery_codes: bool
    needs_second_step: bool
    """Their role needs a second step, set up or not."""
    shared_roles: frozenset[str]
    """Those of the roles that hold for the whole organisation."""
    campaign_ids: frozenset[int]
    """The campaigns for which they hold roles of their own, beside those of the organisation."""
    campaign_id: int | None
    """The campaign that is shown, where their roles depend on it; None: they hold the same roles for all."""

    @property
    def lacks_second_step(self) -> bool:
        """Whether they must set up a second step before anything else."""
        return self.needs_second_step and not self.has_second_factor

    @property
    def is_for_all_campaigns(self) -> bool:
        """Whether they hold a role for the whole organisation."""
        return bool(self.shared_roles)

    def may_see(self, campaign_id: int) -> bool:
        """Whether the staff pages show this campaign to them."""
        return self.is_for_all_campaigns or campaign_id in self.campaign_ids


def person_of_session() -> Person:
    """Return the person whose session the request belongs to."""
    config: Config = current_app.config["KURAK"]
    shared_roles = frozenset(grant.role.name for grant in current_user.grants if grant.campaign_id is None)
    campaign_ids = frozenset(grant.campaign_id for grant in current_user.grants if grant.campaign_id is not None)
    campaign_id = _shown_campaign(campaign_ids, is_for_all=bool(shared_roles)) if campaign_ids else None
    own_roles = {grant.role.name for grant in current_user.grants if grant.campaign_id == campaign_id}
    return Person(
        id=current_user.id,
        name=current_user.name,
        email=current_user.email,
        language=current_user.language,
        roles=shared_roles | own_roles,
        has_second_factor=current_user.tf_totp_secret is not None,
        has_recovery_codes=bool(current_user.mf_recovery_codes),
        needs_second_step=needs_second_step(current_user.roles, is_development=config.is_development),
        shared_roles=shared_roles,
        campaign_ids=campaign_ids,
        campaign_id=campaign_id,
    )


def _shown_campaign(campaign_ids: frozenset[int], *, is_for_all: bool) -> int:
    """Return the campaign that somebody with roles for campaigns chose and may see, else one of theirs."""
    slug = session.get("campaign")
    with suppress(NotFound):
        chosen = campaign_named(slug).id if slug else min(campaign_ids)
        if is_for_all or chosen in campaign_ids:
            return chosen
    return min(campaign_ids)
