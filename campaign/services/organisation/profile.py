"""The organisation's profile: read by pages, emails and receipts, changed by administrators."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import Conflict, DomainError
from campaign.domain.language import in_language_of
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.organisation import Organisation
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.organisation.time_zone import forget_time_zone

Texts = Mapping[str, str]


class OrganisationChanged(Conflict):
    """Somebody else changed the organisation since the form was opened."""


class TimeZoneFixed(DomainError):
    """The books have entries already, and their days are those of the time zone in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationProfile:
    """Who runs this installation; everything is empty before the set-up."""

    legal_name: Texts = field(default_factory=dict)
    short_name: Texts = field(default_factory=dict)
    address: Texts = field(default_factory=dict)
    place: Texts = field(default_factory=dict)
    registration: Texts = field(default_factory=dict)
    country: str | None = None
    time_zone: str | None = None
    fiscal_month: int = 1
    contact_email: str = ""
    reply_to: str = ""
    signatory: Texts = field(default_factory=dict)
    signatory_role: Texts = field(default_factory=dict)
    footer: Texts = field(default_factory=dict)
    links: tuple[str, ...] = ()
    button_colour: str | None = None
    link_colour: str | None = None
    revision: int = 0
    """0: there is no row yet."""

    @property
    def name(self) -> Texts:
        """The short name, or the legal one."""
        return self.short_name if any(self.short_name.values()) else self.legal_name

    @property
    def issuer(self) -> dict[str, dict[str, str]]:
        """What receipts print of the issuer, per language."""
        return issuer_of({name: getattr(self, name) for name in ISSUER_NAMES})


ISSUER_NAMES = ("legal_name", "address", "registration", "place", "signatory", "signatory_role")
"""The texts of the profile that make the issuer of receipts."""
NAMES = tuple(name.name for name in fields(OrganisationProfile) if name.name != "revision")


def organisation() -> OrganisationProfile:
    """Return the organisation's profile."""
    with reading() as session:
        return organisation_in(session)


def organisation_in(session: Session) -> OrganisationProfile:
    """Return the profile within the caller's transaction."""
    row = session.execute(select(Organisation)).scalar_one_or_none()
    return OrganisationProfile() if row is None else profile_of(row)


def profile_of(row: Organisation) -> OrganisationProfile:
    """Return the profile that a row holds."""
    values: dict[str, Any] = {name: getattr(row, name) for name in NAMES}
    return OrganisationProfile(**{**values, "links": tuple(row.links)}, revision=row.revision)


def issuer_of(texts: Mapping[str, Texts | None]) -> dict[str, dict[str, str]]:
    """Return what receipts print of the issuer, per language, from the texts named in ISSUER_NAMES; None without a profile."""
    known = {name: dict(value or {}) for name, value in texts.items()}
    name, role = known.pop("signatory"), known.pop("signatory_role")
    return {**known, "signatory": {language: _signed_by(name, role, language) for language in {*name, *role}}}


def _signed_by(name: Texts, role: Texts, language: str) -> str:
    parts = (in_language_of(texts, language) for texts in (name, role))
    return ", ".join(part for part in parts if part)


def is_time_zone_fixed() -> bool:
    """Return whether the time zone can no longer change, because the books have entries in it."""
    with reading() as session:
        return _has_paid_gifts(session)


def save_organisation(profile: OrganisationProfile, *, actor_id: int | None, clock: Clock) -> None:
    """Write the profile if its `revision` is still the newest; every public page is rendered anew.

    Raises:
        OrganisationChanged: Somebody else was faster.
        TimeZoneFixed: It would change the time zone of books that have entries.
    """
    with transaction() as session:
        before = organisation_in(session)
        if before.revision != profile.revision:
            raise OrganisationChanged("organisation")
        if before.time_zone != profile.time_zone and _has_paid_gifts(session):
            raise TimeZoneFixed("time_zone")
        changed = [name for name in NAMES if getattr(before, name) != getattr(profile, name)]
        if not changed:
            return
        _write(session, profile, clock)
        for campaign_id in session.execute(select(Campaign.id)).scalars().all():
            count_public_change(session, campaign_id)
        audit.record(
            session,
            actor_id=actor_id,
            action="organisation:save",
            subject="organisation:1",
            at=clock.now(),
            detail={"changed": changed},
        )
    forget_time_zone()


def _write(session: Session, profile: OrganisationProfile, clock: Clock) -> None:
    row = session.execute(select(Organisation).with_for_update()).scalar_one_or_none() or Organisation(id=1)
    for name in NAMES:
        value = getattr(profile, name)
        setattr(row, name, list(value) if name == "links" else dict(value) if isinstance(value, Mapping) else value)
    row.revision, row.updated_at = profile.revision + 1, clock.now()
    session.add(row)


def _has_paid_gifts(session: Session) -> bool:
    return session.execute(select(Donation.id).where(Donation.paid_at.is_not(None)).limit(1)).first() is not None
