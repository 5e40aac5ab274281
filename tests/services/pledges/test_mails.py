"""Emails about monthly gifts: each is sent once, in the donor's language, and links to the donor's page."""

from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup

from campaign.domain.pledge import (
    Act,
)
from campaign.domain.pledge_dates import charge_after
from campaign.gateways.pledges import CardOnFile
from campaign.services.pledges import requests as pledge_requests
from tests.services.engine import Engine
from tests.services.pledges.steps import ask, begin_pledge, pledge_of, subjects


def test_a_refused_card_is_mailed_once_per_month_and_once_more_after_the_last_attempt(engine: Engine) -> None:
    name = begin_pledge(engine)
    for is_last in (False, False, True):
        invoice = engine.payments.pledges.refuse(name, reason="expired", is_last=is_last)
        for kind in ("invoice.payment_failed", "invoice.payment_action_required"):
            engine.tell(kind, invoice)
            engine.work()
    assert subjects(engine).count("Test: Your monthly gift could not be charged") == 2
    assert "The reason: the card has expired." in engine.mailer.sent[-1].text
    assert "We won’t retry automatically." in engine.mailer.sent[-1].text


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_the_mails_link_to_the_donors_page_in_their_language(engine: Engine, language: str) -> None:
    name = begin_pledge(engine, language=language)
    engine.payments.pledges.stop_there(name)
    engine.tell("customer.subscription.deleted", name)
    engine.work()
    receipt, stopped = engine.mailer.sent
    for mail in (receipt, stopped):
        assert f"http://localhost/{language}/p/" in mail.text
        assert f"http://localhost/{language}/p/" in mail.html
    assert pledge_of(name).end_reason == "provider"


@pytest.mark.parametrize(
    ("language", "how_often", "next_payment", "further"),
    [
        ("en", "How often: Every month", "Next payment: January 1, 2027", "Next payment: February 1, 2027"),
        ("ru", "Как часто: Каждый месяц", "Следующий платёж: 1 января 2027", "Следующий платёж: 1 февраля 2027"),
        (
            "ky",
            "Канчалык тез-тез: Ай сайын",
            "Кийинки төлөм: 2027-\u2060жылдын 1-\u2060январы",
            "Кийинки төлөм: 2027-\u2060жылдын 1-\u2060февралы",
        ),
    ],
)
def test_the_receipt_of_each_month_says_that_the_gift_is_monthly_and_when_the_next_is_due(
    engine: Engine, language: str, how_often: str, next_payment: str, further: str
) -> None:
    name = begin_pledge(engine, language=language)
    engine.work()
    engine.clock.advance(days=31)
    engine.tell("invoice.paid", engine.payments.pledges.renew(name))
    engine.work()
    receipts = [mail for mail in engine.mailer.sent if mail.attachments]
    for mail, day in zip(receipts, (next_payment, further), strict=True):
        assert how_often in mail.text
        assert day in mail.text.replace("\xa0", " ")
        assert day.partition(": ")[2] in mail.html.replace("\xa0", " ")
        buttons = [
            str(link["href"]) for link in BeautifulSoup(mail.html, "html.parser").select("td[style*=border-radius] > a")
        ]
        assert [f"/{language}/{part}/" in address for part, address in zip(("receipt", "p"), buttons, strict=True)] == [
            True,
            True,
        ]


def test_a_receipt_that_waited_promises_no_payment_that_was_skipped_or_stopped_meanwhile(engine: Engine) -> None:
    skipped, stopped = begin_pledge(engine), begin_pledge(engine)
    ask(engine, skipped, Act.SKIP, until="2027-01-03T00:00:00+00:00")
    ask(engine, stopped, Act.STOP)
    while pledge_requests.execute_next(engine.context):
        pass
    engine.work()
    receipts = [mail.text for mail in engine.mailer.sent if mail.attachments]
    assert ["How often: Every month" in text for text in receipts] == [True, False]
    assert not any("Next payment" in text or "January 1" in text for text in receipts)


def test_a_gift_given_once_says_nothing_of_months(engine: Engine) -> None:
    engine.give()
    engine.work()
    assert not any(words in engine.mailer.sent[-1].text for words in ("How often", "Next payment", "/p/"))


def test_a_card_about_to_expire_is_mailed_once_per_card(engine: Engine) -> None:
    name = begin_pledge(engine)
    soon = CardOnFile(brand="Visa", last4="4242", expires_on=date(2026, 12, 31))
    engine.payments.pledges.change_card(name, soon)
    engine.tell("customer.subscription.updated", name)
    for _ in range(3):
        engine.work()
        engine.clock.advance(days=1)
    assert subjects(engine).count("Test: The card of your monthly gift expires soon") == 1
    engine.payments.pledges.change_card(name, CardOnFile(brand="Visa", last4="1881", expires_on=date(2027, 1, 31)))
    engine.clock.advance(days=28)
    engine.tell("customer.subscription.updated", name)
    engine.work()
    assert subjects(engine).count("Test: The card of your monthly gift expires soon") == 2


def test_a_card_that_was_renewed_meanwhile_is_not_mailed(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.payments.pledges.change_card(name, CardOnFile(brand="Visa", last4="4242", expires_on=date(2027, 1, 31)))
    engine.tell("customer.subscription.updated", name)
    engine.work()
    engine.payments.pledges.change_card(name, CardOnFile(brand="Visa", last4="4242", expires_on=date(2031, 1, 31)))
    engine.clock.advance(days=32)
    engine.work()
    assert "Test: The card of your monthly gift expires soon" not in subjects(engine)


def changes(engine: Engine) -> list[str]:
    engine.work()
    return [mail.text for mail in engine.mailer.sent if mail.subject == "Test: Your monthly gift has changed"]


def test_every_change_is_confirmed_by_mail_once(engine: Engine) -> None:
    name = begin_pledge(engine)
    ask(engine, name, Act.CHANGE, gift_minor=40_00, cover_minor=0)
    assert "is now $40. It was $25." in changes(engine)[-1]
    ask(engine, name, Act.PAUSE, until="2027-01-03T09:00:00+00:00")
    assert "is paused. The next payment is on February 1, 2027." in changes(engine)[-1].replace("\xa0", " ")
    ask(engine, name, Act.RESUME)
    assert "continues" in changes(engine)[-1]
    ask(engine, name, Act.PAUSE)
    assert "Nothing is charged until you resume it." in changes(engine)[-1]
    ask(engine, name, Act.RESUME)
    ask(engine, name, Act.STOP_LATER)
    ask(engine, name, Act.KEEP)
    assert "continues" in changes(engine)[-1]
    engine.payments.pledges.change_card(name, CardOnFile(brand="Visa", last4="1881", expires_on=date(2031, 1, 31)))
    engine.tell("customer.subscription.updated", name)
    assert "charged to Visa •••• 1881" in changes(engine)[-1]
    assert len(changes(engine)) == 7
    engine.tell("customer.subscription.updated", name)
    assert len(changes(engine)) == 7


def test_a_pause_that_ends_on_its_day_is_announced_and_mailed_no_more(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.clock.advance(days=26)
    engine.work()
    assert [one for one in subjects(engine) if "Your next monthly gift" in one] != []  # the first renewal is announced
    ask(engine, name, Act.SKIP, until="2027-01-03T09:00:00+00:00")
    assert len(changes(engine)) == 1
    engine.clock.advance(days=7)
    known = engine.payments.pledges.subscriptions[name]  # the month that was left out is over
    ends_at = charge_after(known.anchor_at, known.period_ends_at, 1)
    engine.payments.pledges.subscriptions[name] = replace(known, period_ends_at=ends_at)
    engine.payments.pledges.resume(name, key="")
    engine.tell("customer.subscription.updated", name)
    assert len(changes(engine)) == 1
    reminder = "Test: Your next monthly gift is on February 1, 2027"
    assert reminder not in [subject.replace("\xa0", " ") for subject in subjects(engine)]
    engine.clock.advance(days=25)
    engine.work()
    assert reminder in [subject.replace("\xa0", " ") for subject in subjects(engine)]


def test_the_first_charge_after_a_change_is_announced_once(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.clock.advance(days=26)
    engine.work()
    assert [one for one in subjects(engine) if "Your next monthly gift" in one] != []  # the first renewal is announced
    engine.clock.advance(days=5)
    engine.tell("invoice.paid", engine.payments.pledges.renew(name))
    engine.work()
    ask(engine, name, Act.CHANGE, gift_minor=40_00, cover_minor=0)
    engine.work()
    before = len(engine.mailer.sent)
    for _ in range(3):
        engine.clock.advance(days=9)
        engine.work()
    [mail] = engine.mailer.sent[before:]
    assert "On February 1, 2027 we’ll charge your monthly gift of $40" in mail.text.replace("\xa0", " ")


def test_a_change_shortly_before_a_charge_says_when_it_comes_and_is_not_announced_again(engine: Engine) -> None:
    name = begin_pledge(engine)
    engine.clock.advance(days=29)
    engine.work()
    before = len(engine.mailer.sent)
    ask(engine, name, Act.CHANGE, gift_minor=40_00, cover_minor=0)
    engine.work()
    [mail] = engine.mailer.sent[before:]
    assert "Next payment: January 1, 2027" in mail.text.replace("\xa0", " ")
