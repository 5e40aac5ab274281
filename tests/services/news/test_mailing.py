"""An update by email: each reader at most once, nobody who left, nobody whose address refuses, receipts first."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.folding import fold
from campaign.domain.mail import MailFailure, MailState
from campaign.domain.news import MailingState
from campaign.extensions import db
from campaign.gateways.context import Context
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.models.outbox import Message
from campaign.models.staff import AuditEvent
from campaign.services.mail import delivery
from campaign.services.news import mailing, publishing, subscriptions
from campaign.services.news.links import sign_leave
from campaign.services.news.mailing_view import MailingView, mailing_view
from campaign.services.queues.outbox import OutgoingMail, enqueue
from tests.support.fakes import RecordingMailer, SettableClock
from tests.support.news import a_published_update, a_reader, act_on, save, update_text


@pytest.fixture
def news(campaign: Campaign, actor_id: int, clock: SettableClock) -> str:
    text = update_text(title={"en": "Full house", "ru": "Полный зал"}, body={"en": "[More](/en/)", "ru": "Да."})
    return a_published_update(campaign, clock=clock, actor_id=actor_id, text=text)


@pytest.fixture
def start(campaign: Campaign, news: str, actor_id: int, clock: SettableClock) -> Callable[[], None]:
    return lambda: mailing.start_mailing(campaign.id, news, actor_id=actor_id, clock=clock)


@pytest.fixture
def context(app: Flask) -> Context:
    context: Context = app.extensions["context"]
    return context


def readers(campaign: Campaign, clock: SettableClock, *languages: str) -> list[str]:
    """Confirmed readers; their public ids."""
    return [a_reader(campaign, clock, language=language) for language in languages]


def work() -> None:
    """Do what is due, and what became due by it."""
    work_off_everything()
    work_off_everything()


def view_of(campaign: Campaign, news: str) -> MailingView:
    db.session.rollback()
    view = mailing_view(campaign.id, news)
    assert view
    return view


def test_each_reader_gets_it_once_in_their_language_and_can_leave_by_one_click(
    campaign: Campaign, news: str, start: Callable[[], None], mailer: RecordingMailer, clock: SettableClock
) -> None:
    names = readers(campaign, clock, "en", "ru", "ky")
    start()
    start()
    work()
    start()
    work()
    assert sorted(mail.recipient for mail in mailer.sent) == sorted(f"{name}@example.org" for name in names)
    english, kyrgyz = mailer.sent[0], mailer.sent[2]
    assert (english.subject, kyrgyz.subject) == ("Full house", "Полный зал")
    assert "Русский" in kyrgyz.text
    assert 'href="http://localhost/en/"' in english.html
    assert "[More](http://localhost/en/)" in english.text
    assert "<img" not in english.html
    wire = english.as_email("WCL <news@example.org>").as_bytes()
    headers = wire.partition(b"\n\n")[0].decode()
    assert f"List-Unsubscribe: <http://localhost/en/updates/leave/{sign_leave(names[0])}>\n" in headers
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in headers
    assert "List-Id: <updates.quilt.localhost>\n" in headers
    view = view_of(campaign, news)
    assert (view.state, view.sent, view.waiting) == (MailingState.FINISHED, 3, 0)


@pytest.mark.database("postgresql")
def test_four_workers_write_one_email_to_a_reader(
    app: Flask,
    campaign: Campaign,
    start: Callable[[], None],
    clock: SettableClock,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailing, "BATCH", 3)
    names = readers(campaign, clock, *["en"] * 10)
    start()

    def queue() -> None:
        with app.app_context():
            for _ in range(6):
                mailing.SENDINGS.queue_next_batch(clock=clock)
            db.session.remove()

    workers = [Thread(target=queue) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while mailing.SENDINGS.queue_next_batch(clock=clock):  # what they left to each other
        pass
    recipients = session.execute(select(Message.recipient)).scalars().all()
    assert sorted(recipients) == sorted(f"{name}@example.org" for name in names)


def test_an_email_that_a_killed_worker_was_sending_is_not_sent_again(
    campaign: Campaign,
    news: str,
    start: Callable[[], None],
    mailer: RecordingMailer,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock: Any = context.clock
    readers(campaign, clock, "en")
    start()
    mailing.SENDINGS.queue_next_batch(clock=clock)
    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_close", lambda *_args, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):  # the server has it, and the worker dies
            delivery.deliver_next(context)
    clock.advance(hours=1)
    work()
    assert len(mailer.sent) == 1
    assert view_of(campaign, news).failed == {MailFailure.UNCERTAIN: 1}


def test_paused_nothing_leaves_and_who_left_meanwhile_gets_nothing(
    campaign: Campaign,
    news: str,
    start: Callable[[], None],
    actor_id: int,
    mailer: RecordingMailer,
    clock: SettableClock,
) -> None:
    names = readers(campaign, clock, "en", "en", "en")
    start()
    mailing.SENDINGS.queue_next_batch(clock=clock)
    mailing.pause_mailing(campaign.id, news, actor_id=actor_id, clock=clock)
    work()
    assert (mailer.sent, view_of(campaign, news).waiting) == ([], 3)
    subscriptions.leave(sign_leave(names[1]), clock=clock)
    mailing.resume_mailing(campaign.id, news, actor_id=actor_id, clock=clock)
    work()
    assert len(mailer.sent) == 2
    view = view_of(campaign, news)
    assert (view.state, view.sent, view.waiting, view.left) == (MailingState.FINISHED, 2, 0, 1)
    acts = db.session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all()
    assert acts[-3:] == ["update:email", "update:email_pause", "update:email_resume"]


@pytest.mark.database("sqlite")
def test_a_refusing_address_is_left_out_and_counted(
    campaign: Campaign, news: str, start: Callable[[], None], mailer: RecordingMailer, clock: SettableClock
) -> None:
    names = readers(campaign, clock, "en", "en")
    refusing = f"{names[0]}@example.org"
    with transaction() as session:
        mail = OutgoingMail(kind="receipt", language="en", recipient=refusing, facts={}, key="old")
        enqueue(session, mail, at=clock.now())
        session.execute(
            update(Message)
            .where(Message.search_text == fold(refusing))
            .values(state=MailState.FAILED_PERMANENTLY, failure=MailFailure.ADDRESS)
        )
    start()
    work()
    assert [mail.recipient for mail in mailer.sent] == [f"{names[1]}@example.org"]
    assert view_of(campaign, news).refused == 1


@pytest.mark.database("sqlite")
def test_other_emails_go_first_and_a_withdrawn_update_is_not_sent(
    campaign: Campaign,
    news: str,
    start: Callable[[], None],
    actor_id: int,
    mailer: RecordingMailer,
    context: Context,
) -> None:
    clock: Any = context.clock
    readers(campaign, clock, "en", "en")
    start()
    mailing.SENDINGS.queue_next_batch(clock=clock)
    clock.advance(minutes=1)
    facts = {"donor_name": "", "code": "012345", "campaign_title": "A", "help_email": "a@example.org", "is_test": False}
    with transaction() as session:
        mail = OutgoingMail(kind="gift_code", language="en", recipient="donor@example.org", facts=facts, key="code")
        enqueue(session, mail, at=clock.now())
    delivery.deliver_next(context)
    delivery.deliver_next(context)
    assert [mail.recipient == "donor@example.org" for mail in mailer.sent] == [True, False]
    publishing.withdraw(act_on(campaign, news, actor_id=actor_id), reason="Wrong", clock=clock)
    work()
    assert len(mailer.sent) == 2
    assert view_of(campaign, news).state is MailingState.STOPPED


@pytest.mark.database("sqlite")
def test_a_scheduled_update_is_emailed_when_it_is_published(
    campaign: Campaign, actor_id: int, mailer: RecordingMailer, clock: SettableClock
) -> None:
    readers(campaign, clock, "ru")
    public_id = save(campaign, update_text(), clock=clock, actor_id=actor_id)
    act = act_on(campaign, public_id, actor_id=actor_id)
    moment = clock.now().replace(hour=20)
    publishing.schedule(act, publish_at=moment, is_emailed=True, clock=clock)
    work()
    assert mailer.sent == []
    clock.advance(days=1)
    work()
    assert [mail.subject for mail in mailer.sent] == ["First event (ru)"]
