"""Monthly gifts end with their campaign: planned at the provider, announced once, and stopped when it is over."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import update

from campaign.database import transaction
from campaign.domain.pledge import Act, PledgeEndsWithCampaign
from campaign.models.campaign import Campaign
from campaign.services.pledges import requests as pledge_requests
from campaign.services.pledges.endings import ending_counts
from campaign.services.pledges.requests import PledgeOrder
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, months_of, pledge_of
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    """On 1 December 2026 at nine, with a campaign that ends on 20 February 2027."""
    engine = Engine.started(app, payments, mailer, clock)
    end_campaign(date(2027, 2, 20))
    return engine


def end_campaign(day: date) -> None:
    with transaction() as session:
        session.execute(update(Campaign).values(ends_on=day))


def at(month: int, day: int) -> datetime:
    return datetime(2027, month, day, 9, tzinfo=UTC)


def ask(engine: Engine, name: str, act: Act) -> None:
    pledge_requests.ask(PledgeOrder(pledge_public_id=pledge_of(name).public_id, act=act), clock=engine.clock)
    engine.work()


def renew(engine: Engine, name: str, to: datetime) -> None:
    engine.clock.at = to
    engine.tell("invoice.paid", engine.payments.pledges.renew(name))
    engine.work()


def mails(engine: Engine, words: str) -> list[str]:
    return [mail.text for mail in engine.mailer.sent if words in mail.subject]


def test_the_provider_ends_it_in_place_of_the_first_charge_after_the_campaign(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.work()
    assert engine.payments.pledges.subscriptions[name].stops_at == at(3, 1)
    pledge = pledge_of(name)
    assert (pledge.state, pledge.next_at, pledge.ends_at) == ("active", at(1, 1), at(3, 1))


def test_a_campaign_that_ends_on_the_day_of_a_charge_still_has_it(engine: Engine) -> None:
    end_campaign(date(2027, 2, 1))
    name = begin_pledge(engine)
    engine.work()
    assert engine.payments.pledges.subscriptions[name].stops_at == at(3, 1)
    end_campaign(date(2027, 1, 31))
    engine.work()
    assert engine.payments.pledges.subscriptions[name].stops_at == at(2, 1)


@pytest.mark.time_zone("Asia/Bishkek")
def test_the_campaign_ends_with_the_last_day_of_the_organisation(engine: Engine) -> None:
    """What the provider charges at half past eight in the evening of 1 February is charged on the 2nd in Osh."""
    engine.clock.at = datetime(2026, 12, 1, 20, 30, tzinfo=UTC)
    end_campaign(date(2027, 2, 1))
    name = begin_pledge(engine)
    engine.work()
    assert engine.payments.pledges.subscriptions[name].stops_at == datetime(2027, 2, 1, 20, 30, tzinfo=UTC)


def test_where_the_provider_is_silent_it_is_planned_later(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.payments.is_down = True
    end_campaign(date(2027, 3, 20))
    engine.work()
    engine.payments.is_down = False
    engine.work()
    assert engine.payments.pledges.subscriptions[name].stops_at == at(4, 1)


def test_after_the_last_charge_nothing_is_due_and_no_ending_is_withdrawn(engine: Engine) -> None:
    name = begin_pledge(engine)
    renew(engine, name, at(1, 1))
    renew(engine, name, at(2, 1))
    pledge = pledge_of(name)
    assert (pledge.state, pledge.end_reason, pledge.next_at) == ("stopping", "campaign", None)
    assert mails(engine, "Your monthly gift has ended") == mails(engine, "Your monthly gift ends on") == []
    with pytest.raises(PledgeEndsWithCampaign):
        ask(engine, name, Act.KEEP)
    ask(engine, name, Act.STOP)
    assert pledge_of(name).end_reason == "asked"
    assert len(mails(engine, "Your monthly gift has ended")) == 1


def test_a_campaign_that_goes_on_lets_its_monthly_gifts_go_on(engine: Engine) -> None:
    name = begin_pledge(engine)
    renew(engine, name, at(1, 1))
    renew(engine, name, at(2, 1))
    end_campaign(date(2027, 3, 20))
    engine.work()
    pledge = pledge_of(name)
    assert (pledge.state, pledge.end_reason, pledge.next_at) == ("active", None, at(3, 1))


def test_a_payment_that_is_being_made_is_named_as_the_last(engine: Engine) -> None:
    """The provider charges an hour after the day of a payment began; until then nobody gets a mail that nothing is charged."""
    end_campaign(date(2027, 2, 10))
    name = begin_pledge(engine)
    renew(engine, name, at(1, 1))
    engine.clock.at = at(2, 1)
    engine.payments.pledges.renew(name)
    engine.work()
    (text,) = mails(engine, "The campaign ends on")
    assert "Last payment: February 1, 2027" in text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The campaign ends on February 20, 2027"),
        ("ru", "Кампания завершается 20 февраля 2027"),
        ("ky", "Кампаниянын аяктоосу — 2027-\u2060жылдын 20-\u2060февралы"),
    ],
)
def test_the_donor_is_mailed_two_weeks_before_and_at_the_end_once_each(
    engine: Engine, language: str, words: str
) -> None:
    begin_pledge(engine, language=language)
    engine.work()
    engine.clock.at = at(2, 5)
    engine.work()
    assert not [mail for mail in engine.mailer.sent if words in mail.subject.replace("\xa0", " ")]
    for day in (6, 7, 20):
        engine.clock.at = at(2, day)
        engine.work()
        assert len([one for one in engine.mailer.sent if words in one.subject.replace("\xa0", " ")]) == 1, day
    [mail] = [mail for mail in engine.mailer.sent if words in mail.subject.replace("\xa0", " ")]
    assert "/p/" in mail.text
    before = len(engine.mailer.sent)
    for day in (21, 22, 28):
        engine.clock.at = at(2, day)
        engine.work()
    assert len(engine.mailer.sent) == before + 1


def test_when_the_campaign_is_over_it_is_stopped_with_what_was_due(engine: Engine) -> None:
    name, other = begin_pledge(engine), begin_pledge(engine)
    renew(engine, other, at(1, 1))
    engine.tell("invoice.payment_failed", engine.payments.pledges.refuse(name))
    engine.work()
    assert pledge_of(name).state == "past_due"
    engine.clock.at = at(2, 21)
    engine.work()
    for one in (name, other):
        assert (pledge_of(one).state, pledge_of(one).end_reason) == ("stopped", "campaign")
    assert "The campaign has ended" in mails(engine, "Your monthly gift has ended")[0]
    counts = ending_counts(pledge_of(name).campaign_id)
    assert (counts.running, counts.ended) == (0, 2)


def test_an_end_that_comes_while_no_worker_runs_is_the_campaign_s(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.work()
    engine.clock.at = at(3, 1)
    engine.payments.pledges.stop_there(name)
    engine.tell("customer.subscription.deleted", name)
    engine.work()
    assert (pledge_of(name).state, pledge_of(name).end_reason) == ("stopped", "campaign")
    assert len(months_of(name)) == 1


def test_an_earlier_end_that_was_taken_back_leaves_the_end_with_the_campaign(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.work()
    ask(engine, name, Act.STOP_LATER)
    assert (pledge_of(name).state, pledge_of(name).end_reason) == ("stopping", None)
    ask(engine, name, Act.KEEP)
    assert engine.payments.pledges.subscriptions[name].stops_at == at(3, 1)
    assert (pledge_of(name).state, pledge_of(name).next_at) == ("active", at(1, 1))


def test_a_pause_beyond_the_end_expects_no_payment(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.work()
    pledge_requests.ask(
        PledgeOrder(pledge_public_id=pledge_of(name).public_id, act=Act.PAUSE, detail={"until": at(2, 3).isoformat()}),
        clock=engine.clock,
    )
    engine.work()
    assert (pledge_of(name).state, pledge_of(name).next_at) == ("paused", None)
    assert ending_counts(pledge_of(name).campaign_id).paid_out == 1
