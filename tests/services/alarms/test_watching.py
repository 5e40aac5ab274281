"""Alarms of a whole installation: signs from the tables, alarms into the table, mails into the outbox."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from campaign.database import transaction
from campaign.extensions import db
from campaign.gateways.clock import SandboxClock, machine_clock
from campaign.gateways.payments import ReceivedEvent
from campaign.jobs.rounds import Rounds
from campaign.models.alarm import Alarm
from campaign.models.campaign import Campaign
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.services import observations
from campaign.services.alarms import scheduled_checks, watching
from campaign.services.alarms import signs as alarm_signs
from campaign.services.queues import inbox
from campaign.services.receipts import issuing
from tests.services.engine import Engine
from tests.services.gifts.test_refunds import send_back
from tests.support.builders import a_member_of_staff, set_issuer_text


class TestWatching:
    """`watching.watch` on both databases, with the services that leave the signs."""

    def keys(self, engine: Engine) -> list[str]:
        return [alarm.key for alarm in watching.ringing_now(takes_cards=True, clock=engine.clock)]

    def watch(self, engine: Engine) -> watching.Change:
        return watching.watch(takes_cards=True, clock=engine.clock)

    def mails(self) -> list[str]:
        rows = db.session.execute(select(Message.kind, Message.recipient).order_by(Message.id)).all()
        db.session.rollback()
        return [f"{kind} {recipient}" for kind, recipient in rows if kind.startswith("alarm")]

    def test_a_fresh_installation_is_silent(self, engine: Engine) -> None:
        assert self.keys(engine) == []

    def test_a_page_that_no_event_ever_reported_rings(self, engine: Engine) -> None:
        engine.open()
        engine.clock.advance(minutes=16)
        assert self.keys(engine) == ["no_event_ever"]

    def test_a_page_that_events_no_longer_report_rings(self, engine: Engine) -> None:
        engine.give()
        engine.clock.advance(minutes=1)
        engine.open()
        engine.clock.advance(hours=4)
        assert "events_stopped" in self.keys(engine)

    def test_gifts_that_were_reported_ring_nothing(self, engine: Engine) -> None:
        engine.give()
        engine.clock.advance(hours=4)
        assert "events_stopped" not in self.keys(engine)

    def test_an_installation_that_takes_no_cards_misses_no_events(self, engine: Engine) -> None:
        engine.open()
        engine.clock.advance(hours=5)
        assert watching.ringing_now(takes_cards=False, clock=engine.clock) == []

    def test_trying_our_own_address_is_no_event_of_the_provider(self, engine: Engine) -> None:
        engine.open()
        engine.tell("kurak.ping", "nothing")
        engine.work()
        engine.clock.advance(minutes=16)
        assert self.keys(engine) == ["no_event_ever"]

    def test_the_moved_clock_of_the_sandbox_rings_nothing_about_workers(self, engine: Engine, tmp_path: Path) -> None:
        ahead = tmp_path / "ahead_seconds"
        clock = SandboxClock(ahead)
        for name in (alarm_signs.WORKER, alarm_signs.MAIL_WORKER, alarm_signs.SWEEP):
            alarm_signs.note(name, clock=clock)
        scheduled_checks.run_all_checks(clock=clock)
        observations.note_check(observations.COMPARISON, clock=clock)
        ahead.write_text(str(90 * 24 * 60 * 60))
        assert watching.ringing_now(takes_cards=engine.payments.mode != "none", clock=clock) == []
        alarm_signs.note(alarm_signs.WORKER, clock=clock)  # else a worker that dies now is missed in three months
        noted = alarm_signs.observed(db.session(), alarm_signs.WORKER)
        assert noted is not None
        assert noted.at <= machine_clock(clock).now()

    def test_a_worker_with_both_hands_full_is_not_silent(self, engine: Engine) -> None:
        """It begins no round for minutes, but gets work done."""
        alarm_signs.note(alarm_signs.WORKER, clock=engine.clock)
        engine.clock.advance(minutes=10)
        assert "worker_silent" in self.keys(engine)
        work = iter([True, False])
        Rounds(lambda: next(work), sign=alarm_signs.WORKER, at_once=1).run(linger_seconds=0)
        assert "worker_silent" not in self.keys(engine)

    def test_an_event_that_had_to_be_fetched_does_not_say_that_deliveries_arrive(self, engine: Engine) -> None:
        engine.open()
        missed = ReceivedEvent(
            event_id="evt_missed",
            type="checkout.session.completed",
            object_id="cs_1",
            api_version=None,
            livemode=False,
            created_at=engine.clock.now(),
        )
        inbox.store(missed, b"{}", mode="test", clock=engine.clock, was_fetched=True)
        engine.work()
        engine.clock.advance(minutes=20)
        assert "no_event_ever" in self.keys(engine)
        inbox.store(missed, b"{}", mode="test", clock=engine.clock)  # it is delivered after all
        assert "no_event_ever" not in self.keys(engine)

    def test_a_mail_that_was_given_up_is_shown_for_a_week(self, engine: Engine) -> None:
        engine.give()
        with transaction() as session:
            session.execute(update(Message).values(state="failed_permanently"))
        assert "mail_dead" in self.keys(engine)
        engine.clock.advance(days=8)
        assert "mail_dead" not in self.keys(engine)

    def test_a_receipt_on_hold_rings_no_more_once_its_gift_was_sent_back(self, engine: Engine) -> None:
        set_issuer_text("registration", "")
        checkout = engine.checkout_of(public_id := engine.open())
        engine.payments.pay(checkout, name="Aida")
        engine.tell("checkout.session.completed", checkout)
        engine.work()
        assert "receipts_held" in self.keys(engine)
        send_back(engine, public_id, 25_00)
        assert "receipts_held" not in self.keys(engine)
        assert issuing.unprinted() == []

    def test_a_receipt_with_a_substitute_sign_rings_for_two_weeks(self, engine: Engine) -> None:
        checkout = engine.checkout_of(engine.open())
        engine.payments.pay(checkout, name="Aida \u16a0")
        engine.tell("checkout.session.completed", checkout)
        engine.work()
        assert "receipts_substituted" in self.keys(engine)
        engine.clock.advance(days=15)
        assert "receipts_substituted" not in self.keys(engine)

    def test_events_that_wait_and_that_were_given_up_ring(self, engine: Engine) -> None:
        checkout = engine.checkout_of(engine.open())
        engine.tell("checkout.session.completed", checkout)
        engine.clock.advance(minutes=31)
        assert self.keys(engine) == ["worker_silent", "paid_waits", "events_wait"]
        with transaction() as session:
            session.execute(update(ProviderEvent).values(state="failed_permanently"))
        assert self.keys(engine) == ["events_dead"]

    def test_a_paid_gift_that_is_not_booked_rings_within_minutes_and_other_events_do_not(self, engine: Engine) -> None:
        alarm_signs.note(alarm_signs.WORKER, clock=engine.clock)
        engine.tell("charge.updated", "ch_somebody")
        engine.tell("checkout.session.completed", engine.checkout_of(engine.open()))
        engine.clock.advance(minutes=6)
        alarm_signs.note(alarm_signs.WORKER, clock=engine.clock)
        assert self.keys(engine) == ["paid_waits"]
        with transaction() as session:
            session.execute(
                update(ProviderEvent).where(ProviderEvent.object_id != "ch_somebody").values(state="processed")
            )
        assert self.keys(engine) == []

    def test_workers_that_die_again_and_again_ring_until_they_stay_up(self, engine: Engine) -> None:
        for _ in range(3):
            alarm_signs.note_death(clock=engine.clock)
        assert self.keys(engine) == ["workers_die"]
        engine.clock.advance(minutes=11)
        assert self.keys(engine) == []

    def test_a_full_disk_rings(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(alarm_signs, "free_bytes", lambda _folder: 0)
        assert self.keys(engine) == ["disk_full"]

    def test_an_alarm_is_mailed_once_to_each_and_once_when_it_is_over(self, engine: Engine) -> None:
        a_member_of_staff(role="finance")
        a_member_of_staff(role="admin")
        a_member_of_staff(role="viewer")
        only = db.session.execute(select(Campaign)).scalar_one()
        a_member_of_staff(role="finance", email="of.one.campaign@quilt.example", campaign=only)
        engine.open()
        engine.clock.advance(minutes=16)
        assert self.watch(engine).raised == ("no_event_ever",)
        assert self.watch(engine) == watching.Change(raised=(), over=())
        assert self.mails() == ["alarm_raised finance@quilt.example", "alarm_raised admin@quilt.example"]
        engine.tell("charge.updated", "ch_somebody")
        assert self.watch(engine).over == ("no_event_ever",)
        assert self.watch(engine) == watching.Change(raised=(), over=())
        assert self.mails()[2:] == ["alarm_over finance@quilt.example", "alarm_over admin@quilt.example"]

    def test_the_mail_says_what_happened_and_what_to_do(self, engine: Engine) -> None:
        a_member_of_staff(role="admin")
        engine.open()
        engine.clock.advance(minutes=16)
        self.watch(engine)
        engine.work()
        [mail] = [mail for mail in engine.mailer.sent if "Alarm" in mail.subject]
        assert mail.subject == "Alarm: The payment provider has never sent an event"
        assert "flask --app wsgi stripe setup" in mail.text
        assert "docs/operations.md#no-event-ever" in mail.text

    def test_the_mail_to_finance_names_whom_to_tell_and_no_command(self, engine: Engine) -> None:
        a_member_of_staff(role="finance")
        engine.open()
        engine.clock.advance(minutes=16)
        self.watch(engine)
        engine.work()
        [mail] = [mail for mail in engine.mailer.sent if "Alarm" in mail.subject]
        assert "What to do: Tell the person who runs the server." in mail.text
        assert "Tell the person who runs the server." in mail.html
        for body in (mail.text, mail.html):
            assert not re.search(r"flask|docs/|handbook", body)

    def test_an_alarm_that_comes_back_is_mailed_again(self, engine: Engine) -> None:
        alarm_signs.note(alarm_signs.WORKER, clock=engine.clock)
        for _ in range(2):
            engine.clock.advance(minutes=6)
            assert self.watch(engine).raised == ("worker_silent",)
            alarm_signs.note(alarm_signs.WORKER, clock=engine.clock)
            assert self.watch(engine).over == ("worker_silent",)
        assert len(db.session.execute(select(Alarm)).scalars().all()) == 2
