"""Our account at Stripe: balance transactions without a type filter, payouts, and undelivered events."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from campaign.domain.calendar import day_sent_as_midnight
from campaign.domain.donation import RefundState
from campaign.domain.money import Money
from campaign.domain.payouts import PayoutState
from campaign.gateways.payments import UnusableEvent
from campaign.gateways.provider_account import (
    MissedEvent,
    PayoutFacts,
    RecentDispute,
    RecentPayment,
    RecentRefund,
    TransactionFacts,
)
from campaign.gateways.stripe_client import StripeClient, translated
from campaign.gateways.stripe_facts import Object, envelope, instant

PAGE_ROWS = 100
PAYOUT_STATES = {"paid": PayoutState.ARRIVED, "failed": PayoutState.FAILED, "canceled": PayoutState.CANCELED}
"""Stripe's word → ours; pending, in_transit and whatever comes new are under way."""
FAILURE = "failure_balance_transaction"
REFUND_STATES = {"requires_action": RefundState.PENDING}


class StripeAccount:
    """A ProviderAccount over HTTP."""

    def __init__(self, client: StripeClient) -> None:
        self._v1 = client.v1

    def settlement_currencies(self) -> tuple[str, ...]:
        """Return the account's default currency, then those of its balance: one for each bank account with payments."""
        with translated():
            default = self._v1.accounts.retrieve_current().to_dict()["default_currency"]
            balance = self._v1.balance.retrieve().to_dict()
        rows = [*balance["available"], *balance["pending"]]
        return tuple(dict.fromkeys(code.upper() for code in (default, *sorted(row["currency"] for row in rows))))

    def payout(self, payout_id: str) -> PayoutFacts:
        with translated():
            return _payout(self._v1.payouts.retrieve(payout_id, {"expand": [FAILURE]}).to_dict())

    def payouts(self, *, since: datetime) -> list[PayoutFacts]:
        rows = _paged(self._v1.payouts, {"created": _from(since), "expand": [f"data.{FAILURE}"]})
        return [_payout(row) for row in rows][::-1]

    def transactions_of(self, payout_id: str) -> list[TransactionFacts]:
        params = {"payout": payout_id, "expand": ["data.source"]}
        return [_transaction(row) for row in _paged(self._v1.balance_transactions, params)]

    def transactions(self, *, since: datetime | None) -> Iterator[TransactionFacts]:
        params: Object = {"expand": ["data.source"]}
        if since is not None:
            params["created"] = _from(since)
        for row in _paged(self._v1.balance_transactions, params):
            yield _transaction(row)

    def missed_events(self) -> list[MissedEvent]:
        events = []
        for row in _paged(self._v1.events, {"delivery_success": False}):
            body = json.dumps(row, default=str).encode()  # the library makes a Decimal of some of Stripe's strings
            try:
                events.append(MissedEvent(envelope=envelope(body), body=body))
            except UnusableEvent:
                continue  # an event about something without an id, such as the balance: it names nothing to look up
        return events[::-1]

    def payments(self, *, since: datetime) -> Iterator[RecentPayment]:
        for row in _paged(self._v1.payment_intents, {"created": _from(since)}):
            if row["status"] == "succeeded":
                donation = (row.get("metadata") or {}).get("donation")
                yield RecentPayment(payment_id=row["id"], donation_public_id=donation, made_at=instant(row["created"]))

    def refunds(self, *, since: datetime) -> Iterator[RecentRefund]:
        for row in _paged(self._v1.refunds, {"created": _from(since)}):
            yield RecentRefund(
                provider_id=row["id"],
                payment_id=row.get("payment_intent"),
                state=str(REFUND_STATES.get(row["status"], row["status"])),
                transaction_id=row.get("balance_transaction"),
                failure_transaction_id=row.get("failure_balance_transaction"),
                made_at=instant(row["created"]),
            )

    def disputes(self, *, since: datetime) -> Iterator[RecentDispute]:
        for row in _paged(self._v1.disputes, {"created": _from(since)}):
            yield RecentDispute(
                provider_id=row["id"],
                payment_id=row.get("payment_intent"),
                status=row["status"],
                transaction_ids=tuple(moved["id"] for moved in row.get("balance_transactions") or ()),
                made_at=instant(row["created"]),
            )


def _paged(resource: Any, params: Object) -> Iterator[Object]:  # the library's services have no type in common
    """Yield every row of a list, page after page, as plain dictionaries; newest first."""
    with translated():
        pages = resource.list({"limit": PAGE_ROWS, **params}).auto_paging_iter()
    while True:
        with translated():
            row = next(pages, None)
        if row is None:
            return
        yield row.to_dict()


def _from(since: datetime) -> Object:
    return {"gte": int(since.timestamp())}


def _payout(row: Object) -> PayoutFacts:
    failure: Object = row.get(FAILURE) or {}
    return PayoutFacts(
        provider_id=row["id"],
        amount=Money(row["amount"], row["currency"].upper()),
        state=PAYOUT_STATES.get(row["status"], PayoutState.UNDER_WAY),
        is_automatic=row["automatic"],
        made_at=instant(row["created"]),
        arrives_on=day_sent_as_midnight(instant(row["arrival_date"])),
        transaction_id=row.get("balance_transaction"),
        failure_transaction_id=failure.get("id"),
        failed_at=instant(failure["created"]) if failure else None,
        failure=row.get("failure_message") or row.get("failure_code"),
        is_complete=row.get("reconciliation_status") == "completed",
    )


def _transaction(row: Object) -> TransactionFacts:
    currency, source = row["currency"].upper(), row.get("source")
    known: Object = source if isinstance(source, dict) else {"id": source}
    return TransactionFacts(
        provider_id=row["id"],
        type=row["type"],
        category=row["reporting_category"],
        source_id=known.get("id"),
        payment_id=known.get("payment_intent"),
        amount=Money(row["amount"], currency),
        fee=Money(row["fee"], currency),
        net=Money(row["net"], currency),
        description=row.get("description"),
        made_at=instant(row["created"]),
        available_at=instant(row["available_on"]),
    )
