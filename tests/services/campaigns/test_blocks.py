"""Blocks hide what nobody has looked at and what comes; what was approved is hidden only where somebody chooses it."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.blocks import AlreadyBlocked, read_address, read_word
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.staff import AuditEvent
from campaign.services.campaigns.blocks import BlockEffect, add_block, blocks_of, effect_of, remove_block
from campaign.services.campaigns.moderation import moderation_page, set_visibility
from campaign.services.campaigns.supporters import gift_counts
from tests.services.engine import Engine
from tests.support.builders import NOW, a_campaign, a_donor, a_member_of_staff, a_paid_gift
from tests.support.fakes import SettableClock


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(at=NOW)


def block(campaign: Campaign, text: str, *, actor_id: int, clock: SettableClock, too: bool = False) -> BlockEffect:
    what = read_address(text) if "@" in text else read_word(text)
    return add_block(campaign.id, what, typed=text, hides_approved=too, actor_id=actor_id, clock=clock)


def names(campaign: Campaign, state: str) -> list[str]:
    return [row.name for row in moderation_page(campaign.id, state=state).rows]


def test_what_waits_is_hidden_and_what_was_approved_by_choice(
    campaign: Campaign, session: Session, clock: SettableClock
) -> None:
    staff = a_member_of_staff(role="campaign").id
    a_paid_gift(campaign=campaign, public_name="Aida")
    a_paid_gift(campaign=campaign, public_name="Casino king")
    approved = a_paid_gift(campaign=campaign, public_name="Good soul", message="My casino says hello")
    set_visibility(campaign.id, approved.public_id, is_shown=True, actor_id=staff, clock=clock)
    other = a_campaign(slug="other", is_featured=False)
    a_paid_gift(campaign=other, public_name="Casino elsewhere")

    assert effect_of(campaign.id, read_word("casino")) == BlockEffect(waiting=1, approved=1)
    assert gift_counts(session, campaign.id).named == 3, "counting changes nothing"
    session.rollback()
    assert block(campaign, "casino", actor_id=staff, clock=clock) == BlockEffect(waiting=1, approved=0)
    assert (names(campaign, "waiting"), names(campaign, "shown")) == (["Aida"], ["Good soul"])
    with pytest.raises(AlreadyBlocked):
        block(campaign, "Casino", actor_id=staff, clock=clock)
    [row] = blocks_of(campaign.id)
    remove_block(campaign.id, row.public_id, actor_id=staff, clock=clock)
    assert names(campaign, "hidden") == ["Casino king"], "what was hidden stays hidden"
    assert block(campaign, "casino", actor_id=staff, clock=clock, too=True) == BlockEffect(waiting=0, approved=1)
    assert (gift_counts(session, campaign.id).named, gift_counts(session, other.id).named) == (1, 1)
    acts = session.execute(select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id)).all()
    assert [(act, detail.get("hidden")) for act, detail in acts if act.startswith("moderation")] == [
        ("moderation:block", 1),
        ("moderation:unblock", None),
        ("moderation:block", 1),
    ]
    session.rollback()


@pytest.mark.database("sqlite")
def test_the_names_of_a_blocked_address_are_hidden(campaign: Campaign, clock: SettableClock) -> None:
    staff = a_member_of_staff(role="campaign").id
    a_paid_gift(campaign=campaign, public_name="Troll", donor_id=a_donor(email="troll@example.org").id)
    a_paid_gift(campaign=campaign, public_name="Aida", donor_id=a_donor(email="aida@example.org").id)
    assert block(campaign, "troll@example.org", actor_id=staff, clock=clock) == BlockEffect(waiting=1, approved=0)
    assert (names(campaign, "waiting"), names(campaign, "hidden")) == (["Aida"], ["Troll"])


def test_a_coming_gift_with_a_blocked_word_is_accepted_and_not_shown(engine: Engine) -> None:
    campaign_id = engine.donation(engine.give()).campaign_id
    staff = a_member_of_staff(role="campaign").id
    for text in ("casino", "@blocked.example"):
        what = read_address(text) if "@" in text else read_word(text)
        add_block(campaign_id, what, typed=text, hides_approved=False, actor_id=staff, clock=engine.clock)
    rude = replace(engine.request(), public_name="The CASINO", is_anonymous=False)
    from_there = replace(engine.request(), public_name="Aida", is_anonymous=False, email="aida@mail.blocked.example")
    fine = replace(engine.request(), public_name="Aida", is_anonymous=False)
    hidden = []
    for request in (rude, from_there, fine):
        public_id = engine.open(request)
        engine.payments.pay(engine.checkout_of(public_id))
        engine.tell("checkout.session.completed", engine.checkout_of(public_id))
        engine.work()
        gift = engine.donation(public_id)
        assert gift.state == "paid"
        hidden.append(gift.wall)
    assert hidden == ["hidden", "hidden", "shown"]
    assert gift_counts(engine.session, campaign_id).named == 1
    assert engine.session.execute(select(Donation.id).where(Donation.wall_reviewed_at.is_(None))).first()
