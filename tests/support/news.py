"""Builders of updates, for tests."""

from campaign.database import transaction
from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.domain.identity import new_public_id
from campaign.domain.news import SubscriberState, SubscriptionSource, UpdateText
from campaign.models.campaign import Campaign
from campaign.models.news import Subscriber
from campaign.services import consent_log
from campaign.services.consent_log import NewConsent
from campaign.services.news import publishing
from campaign.services.news.publishing import UpdateAct
from campaign.services.news.subscriptions import CONSENT_VERSION
from campaign.services.news.updates import one_update
from campaign.services.news.writing import SaveOrder, save_update
from tests.support.builders import translations
from tests.support.fakes import SettableClock

Texts = str | dict[str, str]


def update_text(title: Texts = "First event", body: Texts = "It was **full**.") -> UpdateText:
    """A text in all languages, each saying which it is, or in the given ones."""
    parts = {"title": title, "body": body, "author": "Aigul"}
    return UpdateText(**{name: translations(part) if isinstance(part, str) else part for name, part in parts.items()})


def save(
    campaign: Campaign, text: UpdateText, *, clock: SettableClock, actor_id: int, public_id: str = "", revision: int = 0
) -> str:
    """Save a text; the public id of its update."""
    public_id = public_id or new_public_id()
    order = SaveOrder(campaign_id=campaign.id, public_id=public_id, revision=revision, text=text, actor_id=actor_id)
    save_update(order, clock=clock)
    return public_id


def act_on(campaign: Campaign, public_id: str, *, actor_id: int) -> UpdateAct:
    """An act of a person who has just read the update."""
    return UpdateAct(
        campaign_id=campaign.id,
        public_id=public_id,
        revision=one_update(campaign.id, public_id).revision,
        actor_id=actor_id,
    )


def a_published_update(
    campaign: Campaign, *, clock: SettableClock, actor_id: int, text: UpdateText | None = None
) -> str:
    """An update that everybody can read; its public id."""
    public_id = save(campaign, text or update_text(), clock=clock, actor_id=actor_id)
    publishing.publish(act_on(campaign, public_id, actor_id=actor_id), clock=clock)
    return public_id


def a_reader(campaign: Campaign, clock: SettableClock, *, language: str = "en") -> str:
    """A reader who has confirmed; their public id, which is their address at example.org too."""
    name = new_public_id()
    with transaction() as session:
        reader = Subscriber(
            public_id=name,
            campaign_id=campaign.id,
            email=f"{name}@example.org",
            email_key=f"{name}@example.org",
            language=language,
            state=SubscriberState.CONFIRMED,
            source=SubscriptionSource.UPDATES,
            consent_version=CONSENT_VERSION,
            requested_at=clock.now(),
            confirmed_at=clock.now(),
        )
        session.add(reader)
        session.flush()
        consent = NewConsent(
            purpose=ConsentPurpose.UPDATES,
            language=language,
            source=ConsentSource.EMAIL_LINK,
            subscriber_id=reader.id,
        )
        consent_log.give(session, consent, at=clock.now())
    return name
