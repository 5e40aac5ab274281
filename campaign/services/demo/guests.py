"""Guests of the demo, who signed up for its first event."""

from contextlib import suppress

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.event_sign_up import GroupTooLarge, NotEnoughPlaces, SignUpClosed
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.event_sign_up import EventSignUp
from campaign.models.fund import Fund
from campaign.services.events.confirming import confirm_own
from campaign.services.events.links import sign_link
from campaign.services.events.signing_up import SignUpRequest, sign_up

GUESTS = (
    ("Meerim", "ky", 2, ""),
    ("Жамал", "ru", 1, "Нужен вход без ступеней"),
    ("Asel", "en", 1, ""),
    ("Нургуль", "ky", 1, ""),
)
"""Name, language, places and needs of people who sign up."""


def sign_up_for_first_event(slug: str, *, clock: Clock) -> None:
    """Let some people sign up for the first event and confirm it, more than it has places; nobody where staff changed that."""
    with reading() as session:
        of_campaign = Campaign.slug == slug, Fund.code == "EVENT-1"
        query = select(Fund.campaign_id, Fund.public_id).join(Campaign, Campaign.id == Fund.campaign_id)
        row = session.execute(query.where(*of_campaign)).one_or_none()
    if row is None:
        return
    with suppress(SignUpClosed, GroupTooLarge, NotEnoughPlaces):
        for number, (name, language, places, needs) in enumerate(GUESTS):
            guest = SignUpRequest(
                name=name,
                email=f"guest-{number}@demo.kurak.example",
                phone="",
                language=language,
                places=places,
                access_needs=needs,
                form=f"demo {number}",
                has_proof=True,
                address=None,
            )
            _sign_up_and_confirm(row.campaign_id, row.public_id, guest, clock=clock)


def _sign_up_and_confirm(campaign_id: int, public_id: str, guest: SignUpRequest, *, clock: Clock) -> None:
    sign_up(campaign_id, public_id, guest, clock=clock, secret="demo")  # noqa: S106  # keys of counters alone
    with reading() as session:
        newest = select(EventSignUp.public_id).order_by(EventSignUp.id.desc()).limit(1)
        token = sign_link(session.execute(newest).scalar_one())
    confirm_own(token, clock=clock)
