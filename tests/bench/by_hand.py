"""The limit of settling: the same rows written by SQLAlchemy Core for this one case, with nothing read or checked twice.

It is what a careful person would write who knew that the event is new, its gift open, its payment in dollars and its
donor unknown. No gift is locked, for only one worker can hold its event; every value is known or returned by the
statement before.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from campaign.domain.identity import new_public_id
from campaign.domain.payment import PaymentFacts
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign, CampaignRevision
from campaign.models.donation import Donation, DonationEvent
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.models.inbox import ProviderEvent
from campaign.models.journal import JournalEntry, Posting
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt, ReceiptCounter
from tests.bench.tables import table_of
from tests.receipts.samples import a_receipt

EVENT, DONATION, HISTORY, DONOR = (table_of(model) for model in (ProviderEvent, Donation, DonationEvent, Donor))
ENTRY, POSTING, RECEIPT, COUNTER = (table_of(model) for model in (JournalEntry, Posting, Receipt, ReceiptCounter))
MESSAGE, REVISION, CAMPAIGN, FUND = (table_of(model) for model in (Message, CampaignRevision, Campaign, Fund))


def settle_by_hand(engine: Engine, facts_of: Callable[[str], PaymentFacts], *, clock: Clock, commits: int) -> bool:
    """Settle the oldest event that is due, in one commit or, with its lease, in two; False when there is none."""
    with engine.connect().execution_options(immediate=True) as connection:
        with connection.begin():
            event = _take(connection, clock)
            if event is None:
                return False
            if commits == 1:
                _settle(connection, event, facts_of(event.object_id), clock)
                return True
        with connection.begin():
            _settle(connection, event, facts_of(event.object_id), clock)
    return True


def _take(connection: Connection, clock: Clock) -> Any:
    at = clock.now()
    due = (
        select(EVENT.c.id)
        .where(EVENT.c.state == "new", EVENT.c.next_try_at <= at)
        .order_by(EVENT.c.next_try_at, EVENT.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return connection.execute(
        update(EVENT)
        .where(EVENT.c.id == due)
        .values(next_try_at=at + timedelta(minutes=5), attempts=EVENT.c.attempts + 1)
        .returning(EVENT.c.id, EVENT.c.object_id)
    ).one_or_none()


def _settle(connection: Connection, event: Any, facts: PaymentFacts, clock: Clock) -> None:
    at = clock.now()
    assert facts.settled
    gift = connection.execute(
        select(
            *(DONATION.c[name] for name in ("id", "public_id", "campaign_id", "fund_id", "version")),
            *(CAMPAIGN.c[name] for name in ("series", "title", "issuer")),
            FUND.c.title.label("purpose"),
        )
        .join(CAMPAIGN, CAMPAIGN.c.id == DONATION.c.campaign_id)
        .join(FUND, FUND.c.id == DONATION.c.fund_id)
        .where(DONATION.c.checkout_id == event.object_id)
    ).one()
    donor_id = _donor(connection, facts, clock)
    connection.execute(
        update(DONATION)
        .where(DONATION.c.id == gift.id)
        .values(
            state="paid",
            version=gift.version + 1,
            checkout_id=facts.checkout_id,
            payment_id=facts.payment_id,
            charge_id=facts.charge_id,
            paid_at=facts.paid_at,
            paid_on=facts.paid_at.date() if facts.paid_at else None,
            method=facts.method,
            method_brand=facts.method_brand,
            method_last4=facts.method_last4,
            donor_id=donor_id,
            payer_name=facts.name,
            settled_at=facts.settled_on,
            settlement_id=facts.settled.transaction_id,
            settled_currency=facts.settled.gross.currency,
            settled_minor=facts.settled.gross.minor,
            fee_minor=facts.settled.fee.minor,
        )
    )
    connection.execute(
        insert(HISTORY),
        [
            {"donation_id": gift.id, "at": at, "kind": "paid", "detail": {"from": "open"}},
            {"donation_id": gift.id, "at": at, "kind": "settled", "detail": {"fee_minor": facts.settled.fee.minor}},
        ],
    )
    _post(connection, gift, facts, clock)
    _write_papers(connection, gift, facts, clock)
    done = update(EVENT).where(EVENT.c.id == event.id)
    connection.execute(done.values(state="processed", processed_at=at, donation_id=gift.id))
    counted = update(REVISION).where(REVISION.c.campaign_id == gift.campaign_id)
    connection.execute(counted.values(revision=REVISION.c.revision + 1))


def _donor(connection: Connection, facts: PaymentFacts, clock: Clock) -> int:
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    key = (facts.email or "").casefold()
    made = dialect.insert(DONOR).values(
        public_id=new_public_id(),
        email=facts.email,
        email_key=key,
        language="en",
        created_at=clock.now(),
    )
    upsert = made.on_conflict_do_update(index_elements=["email_key"], set_={"email_key": key}).returning(DONOR.c.id)
    donor_id: int = connection.execute(upsert).scalar_one()
    return donor_id


def _post(connection: Connection, gift: Any, facts: PaymentFacts, clock: Clock) -> None:
    assert facts.settled
    paid, settled, code = uuid4().hex, uuid4().hex, facts.amount.currency
    total, fee = facts.amount.minor, facts.settled.fee.minor
    charge_id, settlement_id = facts.charge_id or "", facts.settled.transaction_id
    lines = [
        (paid, 1, 1005, None, total, charge_id),
        (paid, 2, 4010, gift.fund_id, -total, charge_id),
        (settled, 1, 1010, None, total - fee, settlement_id),
        (settled, 2, 1005, None, -total, settlement_id),
        (settled, 3, 5010, gift.fund_id, fee, settlement_id),
    ]
    names = ("entry_id", "line", "account", "fund_id", "amount_minor", "reference")
    common = {"transaction_id": 0, "currency": code}
    connection.execute(insert(POSTING), [{**common, **dict(zip(names, line, strict=True))} for line in lines])
    header = {
        "transaction_id": 0,
        "campaign_id": gift.campaign_id,
        "subject": f"donation:{gift.public_id}",
        "effective_on": clock.now().date(),
        "recorded_at": clock.now(),
        "note": "",
    }
    entries = ((paid, "gift_paid", f"charge:{charge_id}"), (settled, "gift_settled", f"txn:{settlement_id}"))
    headers = [
        {
            **header,
            "id": entry_id,
            "kind": kind,
            "source": source,
            "request_hash": hashlib.sha256(json.dumps([kind, lines]).encode()).hexdigest(),
        }
        for entry_id, kind, source in entries
    ]
    connection.execute(insert(ENTRY), headers)


def _write_papers(connection: Connection, gift: Any, facts: PaymentFacts, clock: Clock) -> None:
    at = clock.now()
    series, year = f"TEST-{gift.series}", at.year
    counted = update(COUNTER).where(COUNTER.c.series == series, COUNTER.c.year == year)
    serial = connection.execute(
        counted.values(last_number=COUNTER.c.last_number + 1).returning(COUNTER.c.last_number)
    ).scalar_one()
    number = f"{series}-{year}-{serial:06d}"
    document = json.dumps({**asdict(a_receipt()), "number": number, "received_on": None, "issued_on": None})
    receipt_id = connection.execute(
        insert(RECEIPT).returning(RECEIPT.c.id),
        {
            "series": series,
            "year": year,
            "serial": serial,
            "number": number,
            "donation_id": gift.id,
            "language": "en",
            "currency": facts.amount.currency,
            "amount_minor": facts.amount.minor,
            "issued_at": at,
            "verify_code": new_public_id(10),
            "document": document,
            "document_sha256": hashlib.sha256(document.encode()).hexdigest(),
            "state": "issued",
        },
    ).scalar_one()
    connection.execute(
        insert(MESSAGE),
        {
            "public_id": new_public_id(),
            "kind": "receipt",
            "language": "en",
            "recipient": facts.email,
            "facts": {"donor_name": facts.name, "receipt_number": number, "amount_minor": facts.amount.minor},
            "dedupe_key": f"receipt:{number}",
            "receipt_id": receipt_id,
            "donation_id": gift.id,
            "created_at": at,
            "state": "queued",
            "attempts": 0,
            "next_try_at": at,
        },
    )
