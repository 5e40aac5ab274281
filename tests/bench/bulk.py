"""Many gifts at once: paid, settled, receipted, thanked, with consistent books, by Core's executemany."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.identity import ALPHABET
from campaign.domain.journal import Entry
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction
from campaign.domain.postings import gift_paid, gift_settled
from campaign.extensions import Model
from campaign.models.campaign import Campaign, CampaignRevision
from campaign.models.donation import Donation, DonationEvent
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.models.inbox import ProviderEvent
from campaign.models.journal import JournalEntry, Posting
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt, ReceiptCounter
from campaign.services.ledger.posting import header_row, line_rows
from tests.bench.tables import table_of
from tests.receipts.samples import a_receipt
from tests.support.builders import paid_by_card

CHUNK_GIFTS = 5_000
"""How many gifts are held in memory at a time."""
GIFTS_PER_DONOR = 2
SPREAD = timedelta(days=60)
AMOUNTS_MINOR = (10_00, 25_00, 50_00, 100_00, 250_00)
RATE_TO_USD = 115
"""Hundredths: a euro is settled as 1.15 dollars."""
RAW = b'{"object": "event", "data": {"object": {"id": "a stand-in for about a kilobyte of JSON"}}}'

Row = dict[str, Any]  # a row of any table


@dataclass
class _Batch:
    """Rows by table, in the order in which they must be inserted."""

    rows: dict[type[Model], list[Row]] = field(default_factory=lambda: defaultdict(list))

    def write(self, session: Session) -> None:
        order: tuple[type[Model], ...] = (
            *(Donor, Donation, DonationEvent, Posting, JournalEntry, Receipt, Message, ProviderEvent),
        )
        for model in order:
            if self.rows[model]:
                session.execute(insert(table_of(model)), self.rows[model])


def add_gifts(session: Session, campaign: Campaign, *, gifts: int, until: datetime, seed: int = 1) -> None:
    """Give `gifts` paid gifts over the two months before `until`, within the caller's transaction."""
    maker = _Maker(session, campaign, gifts=gifts, until=until, dice=random.Random(seed))
    for batch in maker.batches():
        batch.write(session)
    maker.close(session)


class _Maker:
    def __init__(
        self, session: Session, campaign: Campaign, *, gifts: int, until: datetime, dice: random.Random
    ) -> None:
        self._campaign, self._gifts, self._until, self._dice = campaign, gifts, until, dice
        self._funds = list(
            session.execute(
                select(Fund.id).where(Fund.campaign_id == campaign.id, Fund.kind.in_(("general", "theme")))
            ).scalars()
        )
        self._series, self._year = f"TEST-{campaign.series}", until.year
        last = session.execute(
            select(ReceiptCounter.last_number).where(
                ReceiptCounter.series == self._series, ReceiptCounter.year == self._year
            )
        ).scalar()
        self._has_counter, self._serial = last is not None, last or 0
        self._first_donation = 1 + (session.execute(select(func.max(Donation.id))).scalar() or 0)
        self._first_donor = 1 + (session.execute(select(func.max(Donor.id))).scalar() or 0)
        self._first_receipt = 1 + (session.execute(select(func.max(Receipt.id))).scalar() or 0)
        self._document = a_receipt().to_json()

    def batches(self) -> Iterator[_Batch]:
        for start in range(0, self._gifts, CHUNK_GIFTS):
            batch = _Batch()
            for number in range(start, min(start + CHUNK_GIFTS, self._gifts)):
                self._add(batch.rows, number)
            yield batch

    def close(self, session: Session) -> None:
        """The receipts' counter and the campaign's revision, as the gifts left them."""
        key = {"series": self._series, "year": self._year}
        counted = table_of(ReceiptCounter)
        if self._has_counter:
            session.execute(update(counted).filter_by(**key).values(last_number=self._serial))
        else:
            session.execute(insert(counted), {**key, "last_number": self._serial})
        revision = table_of(CampaignRevision)
        session.execute(update(revision).values(revision=revision.c.revision + self._gifts))

    def _add(self, rows: dict[type[Model], list[Row]], number: int) -> None:
        dice, name = self._dice, self._name()
        at = self._until - SPREAD + SPREAD * number / self._gifts
        currency = "EUR" if dice.random() < 0.2 else "USD"
        gift = Money(dice.choice(AMOUNTS_MINOR), currency)
        charge_id, settlement_id = f"ch_{name}", f"txn_{name}"
        gross = gift if currency == "USD" else Money(gift.minor * RATE_TO_USD // 100, "USD")
        settled = BalanceTransaction(settlement_id, gross, Money(gross.minor * 29 // 1000 + 30, "USD"))
        fund_id = dice.choice(self._funds)
        about: dict[str, Any] = {"subject": f"donation:{name}", "fund_id": fund_id, "on": at.date()}
        if number % GIFTS_PER_DONOR == 0:
            rows[Donor].append(self._donor(number // GIFTS_PER_DONOR, at))
        donation_id = self._first_donation + number
        rows[Donation].append(
            self._donation(donation_id, name, gift=gift, settled=settled, fund_id=fund_id, at=at)
            | {"donor_id": self._first_donor + number // GIFTS_PER_DONOR}
        )
        rows[DonationEvent].extend(
            {"donation_id": donation_id, "at": at, "kind": kind, "detail": {}} for kind in ("opened", "paid", "settled")
        )
        self._post(rows, gift_paid(charge_id=charge_id, gift=gift, cover=Money(0, currency), **about), at)
        self._post(rows, gift_settled(charged=gift, settled=settled, fee_fund_id=fund_id, **about), at)
        self._add_papers(rows, number, donation_id, gift=gift, at=at)
        for kind, object_id in (("checkout.session.completed", f"cs_test_{name}"), ("charge.updated", charge_id)):
            rows[ProviderEvent].append(_event(f"evt_{object_id}", kind, object_id, donation_id, at=at))

    def _donor(self, number: int, at: datetime) -> Row:
        email = f"bulk{self._first_donor + number}@donor.example"
        return {
            "public_id": self._name(),
            "email": email,
            "email_key": email,
            "language": "en",
            "created_at": at,
        }

    def _donation(
        self, donation_id: int, name: str, *, gift: Money, settled: BalanceTransaction, fund_id: int, at: datetime
    ) -> Row:
        is_anonymous = self._dice.random() < 0.35
        return {
            "id": donation_id,
            "public_id": name,
            "campaign_id": self._campaign.id,
            "fund_id": fund_id,
            "form_id": name,
            "language": self._dice.choice(("en", "ru", "ky")),
            "frequency": "once",
            "currency": gift.currency,
            "gift_minor": gift.minor,
            "cover_minor": 0,
            "fee_bearer": "fund",
            "is_anonymous": is_anonymous,
            "public_name": None if is_anonymous else f"Demo donor {donation_id}",
            "payer_name": "Demo donor",
            "message": None,
            "wall": "shown",
            "state": "paid",
            "version": 2,
            "attempt": 1,
            "livemode": False,
            "checkout_params": {},
            **paid_by_card(name, at=at),
            "expires_at": at,
            "settlement_id": settled.transaction_id,
            "settled_currency": settled.gross.currency,
            "settled_minor": settled.gross.minor,
            "fee_minor": settled.fee.minor,
            "refunded_minor": 0,
        }

    def _post(self, rows: dict[type[Model], list[Row]], entry: Entry, at: datetime) -> None:
        entry_id = f"{self._dice.getrandbits(128):032x}"
        rows[Posting].extend(line_rows(entry_id, entry))
        rows[JournalEntry].append(header_row(entry_id, entry, campaign_id=self._campaign.id, at=at))

    def _add_papers(
        self, rows: dict[type[Model], list[Row]], number: int, donation_id: int, *, gift: Money, at: datetime
    ) -> None:
        self._serial += 1
        receipt_number = f"{self._series}-{self._year}-{self._serial:06d}"
        rows[Receipt].append(
            {
                "id": self._first_receipt + number,
                "series": self._series,
                "year": self._year,
                "serial": self._serial,
                "number": receipt_number,
                "donation_id": donation_id,
                "language": "en",
                "currency": gift.currency,
                "amount_minor": gift.minor,
                "issued_at": at,
                "verify_code": "bulkreceipt",
                "document": self._document,
                "document_sha256": "0" * 64,
                "state": "issued",
            }
        )
        rows[Message].append(
            {
                "public_id": self._name(),
                "kind": "receipt",
                "language": "en",
                "recipient": "bulk@donor.example",
                "facts": {},
                "dedupe_key": f"receipt:{receipt_number}",
                "receipt_id": self._first_receipt + number,
                "donation_id": donation_id,
                "created_at": at,
                "state": "stored",
                "attempts": 1,
                "next_try_at": at,
                "sent_at": None,
            }
        )

    def _name(self) -> str:
        return "".join(self._dice.choices(ALPHABET, k=16))


def _event(event_id: str, kind: str, object_id: str, donation_id: int, *, at: datetime) -> Row:
    return {
        "event_id": event_id,
        "type": kind,
        "object_id": object_id,
        "api_version": "bulk",
        "livemode": False,
        "created_at": at,
        "raw": RAW,
        "received_at": at,
        "state": "processed",
        "attempts": 1,
        "next_try_at": at,
        "processed_at": at,
        "donation_id": donation_id,
    }
