"""A gift from the provider's event to the books, with events in every order, twice, and incomplete."""

import pytest
from sqlalchemy import func, select, text

from campaign.database import transaction
from campaign.domain.journal import Account
from campaign.domain.provider_events import EventReason, EventState
from campaign.domain.retention import RetentionName
from campaign.extensions import db
from campaign.models.donation import DonationEvent
from campaign.models.inbox import ProviderEvent
from campaign.models.journal import JournalEntry
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.services.gifts import settlement
from campaign.services.ledger import sums
from campaign.services.privacy import retention
from campaign.services.privacy.retention import RULES
from campaign.services.queues import inbox
from tests.services.engine import Engine


def entries(engine: Engine) -> list[str]:
    return list(engine.session.execute(select(JournalEntry.kind).order_by(JournalEntry.recorded_at)).scalars())


def states(engine: Engine) -> list[str]:
    return list(engine.session.execute(select(ProviderEvent.state).order_by(ProviderEvent.id)).scalars())


def test_a_paid_gift_is_booked_receipted_and_mailed(engine: Engine) -> None:
    public_id = engine.give(minor=25_00, fee_minor=1_03)
    engine.work()

    donation = engine.donation(public_id)
    assert (donation.state, donation.fee_minor, donation.method_last4) == ("paid", 1_03, "4242")
    assert sorted(entries(engine)) == ["gift_paid", "gift_settled"]
    assert sums.account_totals(engine.session)[(Account.PROVIDER, "USD")] == 23_97
    assert sums.balance_of(engine.session, donation.fund_id, "USD").minor == 23_97
    assert engine.session.execute(select(Receipt.number)).scalars().all() == ["TEST-WCL-2026-000001"]
    [mail] = engine.mailer.sent
    assert mail.recipient == "donor@example.org"
    assert [name for name, _ in mail.attachments] == ["TEST-WCL-2026-000001.pdf"]


def test_a_replayed_event_settles_nothing(engine: Engine) -> None:
    public_id = engine.give()
    checkout = engine.checkout_of(public_id)
    version = engine.donation(public_id).version

    engine.tell("checkout.session.completed", checkout)
    engine.tell("payment_intent.succeeded", f"pi_{checkout}")
    engine.work()

    assert engine.donation(public_id).version == version
    assert len(entries(engine)) == 2
    assert len(engine.mailer.sent) == 1


def test_the_same_delivery_twice_is_stored_once(engine: Engine) -> None:
    checkout = engine.checkout_of(engine.open())

    assert engine.tell("checkout.session.expired", checkout, event_id="evt_same")
    assert not engine.tell("checkout.session.expired", checkout, event_id="evt_same")
    assert states(engine) == ["new"]


def test_the_fee_may_come_later_than_the_payment(engine: Engine) -> None:
    public_id = engine.give(fee_minor=None)
    assert entries(engine) == ["gift_paid"]
    assert sums.account_totals(engine.session)[(Account.CARD_PAYMENTS, "USD")] == 25_00

    checkout = engine.checkout_of(public_id)
    engine.payments.settle(checkout, fee_minor=1_03)
    engine.tell("charge.updated", f"ch_{checkout}")
    engine.work()

    assert engine.donation(public_id).fee_minor == 1_03
    assert sums.account_totals(engine.session)[(Account.CARD_PAYMENTS, "USD")] == 0


def test_a_payment_reported_before_our_page_was_stored_is_matched_by_its_metadata(engine: Engine) -> None:
    engine.payments.loses_answers = True
    request = engine.request(form="lost")
    with pytest.raises(Exception, match="lost on the way"):
        engine.open(request)
    engine.payments.loses_answers = False
    [checkout] = engine.payments.facts
    engine.payments.pay(checkout)

    engine.tell("checkout.session.completed", checkout)
    engine.work()

    assert states(engine) == ["processed"]
    assert engine.session.execute(select(Receipt.number)).scalars().all() == ["TEST-WCL-2026-000001"]


def test_money_beats_expiry(engine: Engine) -> None:
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.expire(checkout)
    engine.tell("checkout.session.expired", checkout)
    engine.work()
    assert engine.donation(public_id).state == "expired"

    engine.payments.pay(checkout)
    engine.tell("payment_intent.succeeded", f"pi_{checkout}")
    engine.work()

    assert engine.donation(public_id).state == "paid"


def test_an_unknown_event_is_stored_and_ignored(engine: Engine) -> None:
    engine.tell("customer.created", "cus_1")
    engine.work()
    assert states(engine) == ["ignored"]


def test_somebody_elses_payment_is_foreign(engine: Engine) -> None:
    checkout = engine.checkout_of(engine.open())
    engine.payments.pay(checkout)
    engine.payments._tell(checkout, donation_public_id=None, payment_id="pi_foreign")

    engine.tell("payment_intent.succeeded", "pi_foreign")
    engine.work()

    assert states(engine) == ["foreign"]
    assert entries(engine) == []


def test_an_event_about_a_gift_without_a_row_waits_for_it(engine: Engine) -> None:
    checkout = engine.checkout_of(engine.open())
    engine.payments.pay(checkout)
    engine.payments._tell(checkout, donation_public_id="nobodyknowsthis1", payment_id="pi_unknown")
    engine.tell("payment_intent.succeeded", "pi_unknown")
    engine.work()
    assert states(engine) == ["waiting_for_parent"]


def test_a_waiting_event_outlives_many_successes_and_fails_permanently_after_days(engine: Engine) -> None:
    checkout = engine.checkout_of(engine.open())
    engine.payments.pay(checkout)
    engine.payments._tell(checkout, donation_public_id="nobodyknowsthis1", payment_id="pi_unknown")
    engine.tell("payment_intent.succeeded", "pi_unknown")
    for _ in range(inbox.EVENTS.policy.max_attempts + 2):
        engine.work()
        with transaction() as session:
            inbox.retry_waiting_for_parent(session, at=engine.clock.now())
    assert states(engine) == ["waiting_for_parent"]

    engine.clock.advance(days=inbox.MAX_WAITING_FOR_PARENT.days, hours=1)
    engine.work()
    assert states(engine) == ["failed_permanently"]


def test_personal_data_of_events_is_erased_in_time_and_a_replay_still_works(engine: Engine) -> None:
    public_id = engine.give()
    rules = [rule for rule in RULES if rule.name is RetentionName.PROVIDER_EVENTS]
    engine.clock.advance(days=rules[0].days - 1)
    assert retention.run(rules, clock=engine.clock)[0].rows == 0
    engine.clock.advance(days=2)
    assert retention.run(rules, clock=engine.clock)[0].rows == 1
    assert retention.run(rules, clock=engine.clock)[0].rows == 0

    row = engine.session.execute(select(ProviderEvent)).scalar_one()
    assert (row.raw, row.state) == (b"{}", "processed")
    event_id = row.event_id
    engine.session.rollback()
    with transaction() as session:
        inbox.replay_in(session, event_id, at=engine.clock.now())
    engine.work()
    assert engine.donation(public_id).state == "paid"
    assert states(engine) == ["processed"]


def test_a_waiting_event_that_another_worker_holds_is_passed_over(engine: Engine) -> None:
    """Two workers that settle waiting events at once would else wait for each other for ever."""
    checkout = engine.checkout_of(engine.open())
    engine.payments.pay(checkout)
    engine.payments._tell(checkout, donation_public_id="nobodyknowsthis1", payment_id="pi_unknown")
    engine.tell("payment_intent.succeeded", "pi_unknown")
    engine.work()
    is_waiting = ProviderEvent.state == EventState.WAITING_FOR_PARENT
    with db.engine.connect() as other, other.begin():
        other.execute(select(ProviderEvent.id).where(is_waiting).with_for_update()).all()
        with transaction() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("SET LOCAL lock_timeout = '500ms'"))
            inbox.retry_waiting_for_parent(session, at=engine.clock.now())
    with transaction() as session:
        inbox.retry_waiting_for_parent(session, at=engine.clock.now())
    assert engine.session.execute(select(ProviderEvent.next_try_at).where(is_waiting)).scalar() == engine.clock.now()


def test_an_event_that_another_worker_closed_is_not_opened_again_by_a_slow_one(engine: Engine) -> None:
    engine.tell("charge.updated", "ch_nobody")
    slow = inbox.claim_next(clock=engine.clock)
    assert slow
    engine.clock.advance(minutes=6)
    quick = inbox.claim_next(clock=engine.clock)
    assert quick
    with transaction() as session:
        inbox.complete(session, quick, EventState.PROCESSED, at=engine.clock.now())
    inbox.reschedule(slow, EventReason.PROGRAM_ERROR, "too late", clock=engine.clock)
    assert states(engine) == ["processed"]


def test_another_amount_than_the_gift_is_not_booked(engine: Engine) -> None:
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout)
    engine.payments._tell(checkout, amount=engine.request(minor=1).gift)

    engine.tell("checkout.session.completed", checkout)
    engine.work()

    assert engine.donation(public_id).state == "open"
    event = engine.session.execute(select(ProviderEvent)).scalar_one()
    assert event.state == "failed"
    assert "does not fit" in (event.error or "")


def test_while_the_provider_is_down_events_wait_and_nothing_is_lost(engine: Engine) -> None:
    public_id = engine.open()
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout)
    engine.tell("checkout.session.completed", checkout)
    engine.payments.is_down = True
    engine.work()
    assert states(engine) == ["failed"]

    engine.payments.is_down = False
    engine.clock.advance(minutes=1)
    engine.work()

    assert states(engine) == ["processed"]
    assert engine.donation(public_id).state == "paid"


def test_mail_that_cannot_leave_is_sent_later_and_once(engine: Engine) -> None:
    engine.mailer.is_down = True
    engine.give()
    assert engine.mailer.sent == []

    engine.mailer.is_down = False
    engine.clock.advance(hours=1)
    engine.work()
    engine.work()

    assert len(engine.mailer.sent) == 1
    assert engine.session.execute(select(Message.state)).scalars().all() == ["sent"]


def test_an_older_answer_is_never_put_over_a_newer_one(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    public_id = engine.open()
    donation = engine.donation(public_id)
    checkout = str(donation.checkout_id)
    stale = engine.payments.payment(checkout, whole=False)
    engine.payments.pay(checkout)
    answers = [stale]
    real = engine.payments.payment

    def overtaken(checkout_id: str, *, whole: bool) -> object:
        """The first answer is old, and while it was on its way another worker applied a newer one."""
        if answers:
            old = answers.pop()
            engine.tell("checkout.session.completed", checkout)
            engine.work()
            return old
        return real(checkout_id, whole=whole)

    monkeypatch.setattr(engine.payments, "payment", overtaken)
    settlement.settle(donation.id, context=engine.context)

    assert engine.donation(public_id).state == "paid"
    assert len(entries(engine)) == 1


def test_history_tells_each_step_once(engine: Engine) -> None:
    engine.give()
    kinds = engine.session.execute(select(DonationEvent.kind).order_by(DonationEvent.id)).scalars().all()
    assert kinds == ["created", "opened", "paid", "settled"]


def test_receipts_are_numbered_without_a_gap(engine: Engine) -> None:
    for _ in range(4):
        engine.give()
    numbers = engine.session.execute(select(Receipt.serial).order_by(Receipt.serial)).scalars().all()
    assert numbers == [1, 2, 3, 4]
    assert engine.session.execute(select(func.count()).select_from(Message)).scalar() == 4
