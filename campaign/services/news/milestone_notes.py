"""A note for each milestone that is reached: a draft in all languages, which a person reads, changes and publishes.

It is prepared once for each milestone. Where several are reached between two looks, the highest one gets the note.
"""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import insert_once, reading, transaction
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.domain.news import UpdateState, UpdateText
from campaign.gateways.clock import Clock
from campaign.i18n import LANGUAGES, in_language, money_in_text
from campaign.models.campaign import Milestone, Update
from campaign.models.news import MilestoneNote
from campaign.services import audit
from campaign.services.campaigns.cards import CampaignCard, all_campaigns
from campaign.services.campaigns.transparency import transparency_of
from campaign.services.news.updates import last_author


def prepare_notes(*, clock: Clock) -> None:
    """Prepare the note of each campaign that has reached a milestone since the last look."""
    for card in all_campaigns():
        raised_minor = transparency_of(card.id, card.currency).main.raised_minor
        if _reached(card.id, raised_minor):
            _prepare(card, raised_minor, author=dict(last_author(card.id)), at=clock.now())


def _reached(campaign_id: int, raised_minor: int) -> Sequence[Milestone]:
    """Return the milestones that are reached and have no note, the lowest first."""
    noted = select(MilestoneNote.amount_minor).where(MilestoneNote.campaign_id == campaign_id)
    query = (
        select(Milestone)
        .where(
            Milestone.campaign_id == campaign_id,
            Milestone.amount_minor <= raised_minor,
            Milestone.amount_minor.not_in(noted),
        )
        .order_by(Milestone.amount_minor)
    )
    with reading() as session:
        return session.execute(query).scalars().all()


def _prepare(card: CampaignCard, raised_minor: int, *, author: dict[str, str], at: datetime) -> None:
    with transaction() as session:
        milestones = _reached(card.id, raised_minor)
        new = [
            milestone
            for milestone in milestones
            if insert_once(
                session,
                MilestoneNote,
                {"campaign_id": card.id, "amount_minor": milestone.amount_minor, "prepared_at": at},
            )
        ]
        if new:
            _add_draft(session, card, new[-1], author=author, at=at)


def _add_draft(
    session: Session, card: CampaignCard, milestone: Milestone, *, author: dict[str, str], at: datetime
) -> None:
    text = note_text(card, milestone)
    public_id = new_public_id()
    session.add(
        Update(
            public_id=public_id,
            campaign_id=card.id,
            state=UpdateState.DRAFT,
            revision=1,
            title=dict(text.title),
            body=dict(text.body),
            author=author,
            recorded_at=at,
            changed_at=at,
            milestone_minor=milestone.amount_minor,
        )
    )
    audit.record(session, actor_id=None, action="update:prepare", subject=f"update:{public_id}", at=at, detail={})


def note_text(card: CampaignCard, milestone: Milestone) -> UpdateText:
    """Return the note in each of the campaign's languages that both the milestone and the interface have."""
    amount = Money(milestone.amount_minor, card.currency)
    title: dict[str, str] = {}
    body: dict[str, str] = {}
    for code in card.languages:
        name = milestone.title.get(code, "")
        if not name or code not in LANGUAGES:
            continue
        with in_language(code):
            title[code] = _("Milestone reached: %(title)s", title=name)
            sentence = _(
                "Together we have reached the milestone of %(amount)s. Thank you!", amount=money_in_text(amount)
            )
        body[code] = "\n\n".join(filter(None, (sentence, milestone.body.get(code, ""))))
    return UpdateText(title=title, body=body)
