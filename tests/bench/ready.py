"""Gifts that wait to be settled, and a provider who has every answer ready: neither network nor memory is measured."""

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert, select

from campaign.database import transaction
from campaign.domain.donation import Fact
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction, GiftReference, PaymentFacts
from campaign.extensions import db
from campaign.gateways.clock import SystemClock
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.inbox import ProviderEvent
from tests.bench.tables import table_of
from tests.support.fakes import FakePayments

RAW = b'{"object": "event"}'
GIFTS_AT_ONCE = 5_000
"""So many are written in one transaction."""
COMPLETED = (("checkout.session.completed", "cs"),)
"""One event for each gift: the one that settles it."""
ALL_OF_A_PAYMENT = (
    ("payment_intent.created", "pi"),
    ("payment_intent.succeeded", "pi"),
    ("charge.succeeded", "ch"),
    ("checkout.session.completed", "cs"),
    ("charge.updated", "ch"),
)
"""The provider's events of one payment by card, in its order: one settles it, two find it done, two are ignored."""
_numbers = count(1)
Row = dict[str, Any]  # of any table


class ReadyPayments(FakePayments):
    """Answers from the name in the request and stores nothing."""

    def payment(self, checkout_id: str, *, whole: bool) -> PaymentFacts:  # noqa: ARG002  # the gateway's
        return facts_of(checkout_id)

    def donation_of(self, kind: str, object_id: str) -> GiftReference:  # noqa: ARG002  # the gateway's
        name = _name_in(object_id)
        return GiftReference(public_id=name, checkout_id=f"cs_{name}")


def facts_of(checkout_id: str) -> PaymentFacts:
    """A payment of 25 dollars by card, settled at once."""
    at, name = SystemClock().now().replace(microsecond=0), _name_in(checkout_id)
    return PaymentFacts(
        checkout_id=f"cs_{name}",
        donation_public_id=name,
        livemode=False,
        fact=Fact.PAID,
        amount=Money(25_00, "USD"),
        email=f"{name}@donor.example",
        name="Demo donor",
        payment_id=f"pi_{name}",
        charge_id=f"ch_{name}",
        paid_at=at,
        method="card",
        method_brand="visa",
        method_last4="4242",
        settled=BalanceTransaction(f"txn_{name}", Money(25_00, "USD"), Money(1_03, "USD")),
        settled_on=at,
        rate=None,
        refunds=(),
        disputes=(),
        warnings=(),
    )


def wait_in_the_inbox(gifts: int, *, events: tuple[tuple[str, str], ...] = COMPLETED) -> int:
    """New open gifts, each paid at the provider, whose events have just come in; how many events wait."""
    for first in range(0, gifts, GIFTS_AT_ONCE):
        _write([f"bench{next(_numbers):011}" for _ in range(min(GIFTS_AT_ONCE, gifts - first))], events)
    return gifts * len(events)


def _write(names: list[str], events: tuple[tuple[str, str], ...]) -> None:
    at = SystemClock().now()
    with transaction() as session:
        campaign = session.execute(select(Campaign).where(Campaign.is_featured)).scalar_one()
        fund_id = session.execute(select(Fund.id).where(Fund.kind == "theme")).scalars().first()
        common: Row = {
            "campaign_id": campaign.id,
            "fund_id": fund_id,
            "language": "en",
            "frequency": "once",
            "currency": "USD",
            "gift_minor": 25_00,
            "cover_minor": 0,
            "fee_bearer": "fund",
            "is_anonymous": True,
            "wall": "shown",
            "state": "open",
            "version": 0,
            "attempt": 1,
            "livemode": False,
            "checkout_params": {},
            "refunded_minor": 0,
            "created_at": at,
            "expires_at": at + timedelta(hours=1),
        }
        event: Row = {
            "livemode": False,
            "created_at": at,
            "raw": RAW,
            "received_at": at,
            "state": "new",
            "attempts": 0,
            "next_try_at": at,
        }
        session.execute(
            insert(table_of(Donation)),
            [{**common, "public_id": name, "form_id": name, "checkout_id": f"cs_{name}"} for name in names],
        )
        session.execute(
            insert(table_of(ProviderEvent)),
            [
                {**event, "event_id": f"evt_{kind}_{name}", "type": kind, "object_id": f"{prefix}_{name}"}
                for name in names
                for kind, prefix in events
            ],
        )
    db.session.remove()


def _name_in(object_id: str) -> str:
    return object_id.partition("_")[2]
