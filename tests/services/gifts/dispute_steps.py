"""Short steps for tests of disputes: open, lose and win one, and read what it left."""

from sqlalchemy import select

from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.models.donation import Dispute
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.services.gifts.refunds import RefundOrder
from campaign.services.ledger import sums
from tests.services.engine import Engine

USD = "USD"


def gift(engine: Engine, minor: int = 25_00) -> tuple[str, str]:
    """A settled gift: its public id and its page."""
    public_id = engine.give(minor=minor, fee_minor=1_03)
    return public_id, engine.checkout_of(public_id)


def deliver(engine: Engine, dispute_id: str, act: str = "updated") -> None:
    engine.tell(f"charge.dispute.{act}", dispute_id)
    engine.work()


def open_one(engine: Engine, checkout: str, *, minor: int | None = None) -> str:
    """A dispute whose money is withdrawn."""
    dispute_id = engine.payments.dispute(checkout, minor=minor)
    engine.payments.withdraw(dispute_id)
    deliver(engine, dispute_id, "created")
    return dispute_id


def lose(engine: Engine, dispute_id: str) -> None:
    engine.payments.call_dispute(dispute_id, "lost")
    deliver(engine, dispute_id, "closed")


def win(engine: Engine, dispute_id: str, *, gross: Money | None = None, fee_minor: int = 0) -> None:
    engine.payments.call_dispute(dispute_id, "won")
    engine.payments.reinstate(dispute_id, gross=gross, fee_minor=fee_minor)
    deliver(engine, dispute_id, "funds_reinstated")


def states(engine: Engine) -> list[str]:
    return list(engine.session.execute(select(Dispute.state).order_by(Dispute.id)).scalars())


def total(engine: Engine, account: Account, currency: str = USD) -> int:
    return sums.account_totals(engine.session).get((account, currency), 0)


def receipts(engine: Engine) -> list[tuple[str, int, str | None]]:
    rows = engine.session.execute(select(Receipt.state, Receipt.amount_minor, Receipt.end_reason).order_by(Receipt.id))
    return [(row[0], row[1], row[2]) for row in rows]


def mails(engine: Engine) -> list[str]:
    return list(engine.session.execute(select(Message.kind).order_by(Message.id)).scalars())


def order(public_id: str, minor: int) -> RefundOrder:
    return RefundOrder(donation_public_id=public_id, amount=Money(minor, USD), reason="asked", actor_id=None)
