"""A campaign names a successor: donors are asked once, who agrees continues there, and silence ends a gift as before."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.domain.pledge import Act
from campaign.domain.succession import AnswerTooLate, SuccessionAnswer, SuccessorPromised
from campaign.models.campaign import Campaign, CampaignCurrency
from campaign.models.fund import Fund
from campaign.services.campaigns.cards import campaign_named
from campaign.services.pledges import requests as pledge_requests
from campaign.services.pledges.requests import PledgeOrder
from campaign.services.pledges.succession import answer_question
from campaign.services.pledges.successors import name_successor, succession_of
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, history_of, months_of, pledge_of
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock
from tests.support.pages import Page

YES, NO = SuccessionAnswer.YES, SuccessionAnswer.NO


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    """On 1 December 2026 at nine, with a campaign until 20 February 2027, and one that follows until the end of the year."""
    engine = Engine.started(app, payments, mailer, clock)
    with transaction() as session:
        session.execute(update(Campaign).values(ends_on=date(2027, 2, 20)))
    a_campaign(
        slug="second",
        is_featured=False,
        starts_on=date(2027, 2, 1),
        ends_on=date(2027, 12, 31),
        title={"en": "The second year"},
    )
    return engine


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=UTC)


def name(engine: Engine, slug: str = "second", **purposes: str) -> None:
    actor = a_member_of_staff(role="campaign", email=f"{slug}{len(purposes)}{engine.clock.at:%m%d}@x.org").id
    name_successor(own_id(), slug, purposes=purposes, actor_id=actor, clock=engine.clock)


def own_id() -> int:
    return campaign_named("quilt").id


def counts() -> tuple[int, int, int, int, int]:
    view = succession_of(own_id())
    return view.requested, view.yes, view.no, view.silent, view.moved


def answer(engine: Engine, subscription: str, value: SuccessionAnswer) -> None:
    answer_question(pledge_of(subscription).public_id, value, clock=engine.clock)
    engine.work()


def renew(engine: Engine, subscription: str, to: datetime, *, is_heard: bool = True) -> str:
    engine.clock.at = to
    invoice = engine.payments.pledges.renew(subscription)
    if is_heard:
        engine.tell("invoice.paid", invoice)
        engine.work()
    return invoice


def campaigns_of(subscription: str) -> list[str]:
    with reading() as session:
        slugs = {row.id: row.slug for row in session.execute(select(Campaign.id, Campaign.slug))}
    return [slugs[month.campaign_id] for month in months_of(subscription)]


@pytest.mark.database("sqlite")
def test_who_agrees_continues_and_the_others_end(engine: Engine) -> None:
    yes, no, silent = (begin_pledge(engine, form=f"form-{number}") for number in range(3))
    engine.work()
    name(engine)
    engine.work()
    assert counts() == (0, 0, 0, 0, 0), "the end is too far away"
    for subscription in (yes, no, silent):
        renew(engine, subscription, at(2, 1), is_heard=False)
    engine.work()
    assert counts() == (3, 0, 0, 3, 0)
    questions = [mail for mail in engine.mailer.sent if "Would you like to continue your monthly gift?" in mail.subject]
    assert len(questions) == 3
    assert "“The second year” follows" in questions[0].text
    assert "/p/" in questions[0].text
    answer(engine, yes, YES)
    answer(engine, yes, YES)
    answer(engine, no, YES)
    answer(engine, no, NO)
    assert counts() == (3, 1, 1, 1, 0)
    assert pledge_of(yes).state == "active"
    assert engine.payments.pledges.subscriptions[yes].stops_at == datetime(2028, 1, 1, 9, tzinfo=UTC)
    assert engine.payments.pledges.subscriptions[no].stops_at == at(3, 1)
    engine.clock.at = at(2, 21)
    engine.work()
    assert counts() == (3, 1, 1, 1, 1)
    renew(engine, yes, at(3, 1))
    assert campaigns_of(yes) == ["quilt", "quilt", "second"]
    for ended in (no, silent):
        assert (pledge_of(ended).state, pledge_of(ended).end_reason) == ("stopped", "campaign")
    ended_mails = [mail for mail in engine.mailer.sent if "Your monthly gift has ended" in mail.subject]
    assert len(ended_mails) == 2, "who continues is not ended_mails of an end"
    assert "successor_yes" in history_of(yes)
    with pytest.raises(AnswerTooLate):
        answer(engine, yes, NO)


@pytest.mark.parametrize("is_moved_first", [True, False])
def test_a_month_counts_by_its_bill_whenever_it_is_heard_of(engine: Engine, *, is_moved_first: bool) -> None:
    """A bill of the last day that is heard of after the move, and one of the next month that is heard of before it."""
    with transaction() as session:
        session.execute(update(Campaign).where(Campaign.slug == "quilt").values(ends_on=date(2027, 2, 1)))
    subscription = begin_pledge(engine)
    renew(engine, subscription, at(1, 1))
    name(engine)
    engine.work()
    answer(engine, subscription, YES)
    last = renew(engine, subscription, at(2, 1), is_heard=False)
    if is_moved_first:
        engine.clock.at = at(2, 2)
        engine.work()
        assert counts()[-1] == 1
        engine.tell("invoice.paid", last)
        engine.work()
        renew(engine, subscription, at(3, 1))
    else:
        following = renew(engine, subscription, at(3, 1), is_heard=False)
        for invoice in (following, last):
            engine.tell("invoice.paid", invoice)
        engine.work()
    assert sorted(campaigns_of(subscription)) == ["quilt", "quilt", "quilt", "second"]
    late = max(months_of(subscription), key=lambda month: month.paid_at or at(1, 1))
    assert campaigns_of(subscription)[[month.id for month in months_of(subscription)].index(late.id)] == "second"


@pytest.mark.database("sqlite")
def test_purposes_currencies_and_promises(engine: Engine) -> None:
    with transaction() as session:
        session.execute(update(CampaignCurrency).where(CampaignCurrency.currency == "USD").values(currency="CHF"))
        session.add(
            CampaignCurrency(
                campaign_id=own_id(),
                currency="USD",
                position=9,
                minimum_minor=1_00,
                maximum_minor=9_000_00,
                fee_basis_points=0,
                fee_fixed_minor=0,
            )
        )
    subscription = begin_pledge(engine)
    renew(engine, subscription, at(1, 10))
    name(engine)
    engine.work()
    assert counts()[0] == 0, "the successor takes no dollars"
    with transaction() as session:
        session.execute(update(CampaignCurrency).where(CampaignCurrency.currency == "CHF").values(currency="EUX"))
        session.execute(
            update(CampaignCurrency)
            .where(CampaignCurrency.currency == "EUX", CampaignCurrency.campaign_id != own_id())
            .values(currency="USD")
        )
    engine.work()
    assert counts()[0] == 1
    name(engine, "")
    with pytest.raises(AnswerTooLate):
        answer(engine, subscription, YES)
    name(engine, "second", again="x")
    answer(engine, subscription, YES)
    with pytest.raises(SuccessorPromised):
        name(engine, "", more="x", two="y")
    with reading() as session:
        general = session.execute(select(Fund.id).where(Fund.campaign_id == campaign_named("second").id)).scalar_one()
    engine.clock.at = at(2, 21)
    engine.work()
    assert (pledge_of(subscription).campaign_id, pledge_of(subscription).fund_id) == (
        campaign_named("second").id,
        general,
    )


@pytest.mark.database("sqlite")
def test_the_donor_answers_on_their_page_and_reading_it_changes_nothing(engine: Engine, client: FlaskClient) -> None:
    subscription = begin_pledge(engine)
    renew(engine, subscription, at(1, 10))
    name(engine)
    engine.work()
    mail = next(mail for mail in engine.mailer.sent if "Would you like to continue" in mail.subject)
    address = next(word for word in mail.text.split() if "/p/" in word)
    path = address[address.index("/en/p/") :]
    page = Page(client.get(path))
    assert "Without an answer it ends with the campaign" in page.text("[aria-labelledby=successor]")
    assert counts() == (1, 0, 0, 1, 0)
    answered = Page(client.get(page.submit(client, "form[action$='/successor/yes']").location))
    assert "Your monthly gift continues in the campaign that follows" in answered.text(".notice")
    assert "You answered: yes" in answered.text("[aria-labelledby=successor]")
    assert counts() == (1, 1, 0, 0, 0)
    stop = PledgeOrder(pledge_public_id=pledge_of(subscription).public_id, act=Act.STOP)
    pledge_requests.ask(stop, clock=engine.clock)
    engine.work()
    late = page.submit(client, "form[action$='/successor/no']")
    assert late.status_code == 409
    assert "has already ended" in Page(late).text(".notice")
