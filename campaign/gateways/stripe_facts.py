"""Stripe's objects, as plain dictionaries of any shape, turned into our facts; nothing here asks anybody."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from campaign.domain.donation import Fact, RefundState
from campaign.domain.email_address import readable_email
from campaign.domain.fraud_hold import FraudSign
from campaign.domain.money import Money
from campaign.domain.payment import (
    BalanceTransaction,
    DisputeFacts,
    DisputeMovement,
    FraudWarningFacts,
    GiftReference,
    PaymentFacts,
    RefundFacts,
    TransferInstructions,
)
from campaign.domain.typed_text import one_line
from campaign.gateways.payments import ReceivedEvent, UnusableEvent

MAX_NAME = 200
"""Characters of a name on the payment page that are kept."""
PAID_WHEN_MADE = frozenset({"card", "customer_balance"})
"""Methods whose charge is made when the money is there; a bank debit's is made when it is asked for."""
SAFE_ID = re.compile(r"[A-Za-z0-9_-]*")
BRANDS = {"amex": "American Express", "jcb": "JCB", "unionpay": "UnionPay"}
"""Brands whose own spelling is more than a capital letter."""

Object = dict[str, Any]  # a Stripe object as it came, of any shape


def envelope(body: bytes) -> ReceivedEvent:
    """The outside of a signed event; UnusableEvent when it is not of the form that we know, whoever signed it."""
    try:
        event = json.loads(body)
        if event["object"] != "event":
            raise UnusableEvent("this is no snapshot event: choose snapshot events for this endpoint at Stripe")
        subject = event["data"]["object"]
        return ReceivedEvent(
            event_id=_text(event["id"]),
            type=_text(event["type"]),
            object_id=_object_id(subject.get("id", "")),
            api_version=_text(event["api_version"]) if event.get("api_version") else None,
            livemode=event["livemode"] is True,
            created_at=instant(event["created"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise UnusableEvent("the signature fits, but the body is not an event") from error


def gift_reference(session: Object) -> GiftReference | None:
    """Whose page a Checkout Session is, by its metadata; None where it is not a gift's."""
    donation = (session.get("metadata") or {}).get("donation")
    return GiftReference(public_id=donation, checkout_id=session["id"]) if isinstance(donation, str) else None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What came after a payment, as Stripe's objects."""

    refunds: list[Object] = field(default_factory=list)
    disputes: list[Object] = field(default_factory=list)
    warnings: list[Object] = field(default_factory=list)
    review: Object | None = None
    is_risk_sign: bool = True  # whether a risk that is called elevated is a sign of fraud by itself


def email_of(person: Object, name: str = "email") -> str | None:
    """The address of a payer, with an international domain in its own letters."""
    email: str | None = person.get(name)
    return readable_email(email) if email else None


def name_of(person: Object, name: str = "name") -> str | None:
    """The name of a payer; None where nothing of it would be seen."""
    return one_line(person.get(name))[:MAX_NAME] or None


def payment_facts(session: Object, after: Aftermath) -> PaymentFacts:
    """A Checkout Session with its payment expanded, and what came after it, in our own words."""
    intent: Object = session.get("payment_intent") or {}
    person: Object = session.get("customer_details") or {}
    fact = _fact(session, intent)
    return PaymentFacts(
        checkout_id=session["id"],
        donation_public_id=(session.get("metadata") or {}).get("donation"),
        livemode=session["livemode"],
        fact=fact,
        amount=Money(session["amount_total"], session["currency"].upper()),
        email=email_of(person) or email_of(session, "customer_email"),
        name=name_of(person),
        invoice_id=(session.get("invoice") or {}).get("id") if fact is Fact.PAID else None,
        subscription_id=session.get("subscription"),
        **_of_payment(intent, fact, after, invoice=session.get("invoice") or {}),
    )


def invoice_facts(invoice: Object, intent: Object, after: Aftermath) -> PaymentFacts:
    """A month's invoice with its payment, and what came after it, in our own words."""
    subscription = subscription_of(invoice)
    fact = Fact.PAID if invoice["status"] == "paid" else Fact.OPENED
    return PaymentFacts(
        checkout_id=None,
        donation_public_id=(subscription.get("metadata") or {}).get("donation"),
        livemode=invoice["livemode"],
        fact=fact,
        amount=Money(invoice["amount_paid"], invoice["currency"].upper()),
        email=email_of(invoice, "customer_email"),
        name=name_of(invoice, "customer_name"),
        invoice_id=invoice["id"],
        subscription_id=subscription.get("subscription"),
        **_of_payment(intent, fact, after, invoice=invoice),
    )


def subscription_of(invoice: Object) -> Object:
    """The subscription that an invoice is for, with its metadata as they were then; empty where there is none."""
    return (invoice.get("parent") or {}).get("subscription_details") or {}


def payment_of(invoice: Object) -> str | None:
    """The PaymentIntent that paid an invoice, whose payments are expanded; else the latest one that tried to."""
    tries: list[Object] = (invoice.get("payments") or {}).get("data") or []
    tries.sort(key=lambda one: one["status"] == "paid")
    payment_id: str | None = tries[-1]["payment"].get("payment_intent") if tries else None
    return payment_id


def _of_payment(intent: Object, fact: Fact, after: Aftermath, *, invoice: Object) -> dict[str, Any]:
    """What a PaymentIntent with its charge tells, by the names of PaymentFacts."""
    charge: Object = intent.get("latest_charge") or {}
    transaction: Object = charge.get("balance_transaction") or {}
    return {
        "payment_id": intent.get("id"),
        "charge_id": charge.get("id") if fact is Fact.PAID else None,
        "paid_at": _paid_at(charge, invoice) if fact is Fact.PAID and charge else None,
        **_method(charge),
        "settled": settled(transaction),
        "settled_on": instant(transaction["created"]) if transaction else None,
        "rate": _rate(transaction),
        "refunds": tuple(_refund_facts(refund) for refund in after.refunds),
        "disputes": tuple(_dispute_facts(dispute) for dispute in after.disputes),
        "warnings": tuple(_signs(charge, after)),
        "transfer": _transfer(intent),
    }


def _method(charge: Object) -> dict[str, str | None]:
    """How a charge was paid, by the names of PaymentFacts; nothing where there is no charge."""
    card: Object = (charge.get("payment_method_details") or {}).get("card") or {}
    brand: str | None = card.get("brand")
    return {
        "method": ("card" if card else "bank") if charge else None,
        "method_brand": BRANDS.get(brand, brand.title()) if brand else None,
        "method_last4": card.get("last4"),
    }


def _paid_at(charge: Object, invoice: Object) -> datetime | None:
    """When the money came. A debit's charge is made days before that, and only its invoice or an event tells the end."""
    if (charge.get("payment_method_details") or {}).get("type") in PAID_WHEN_MADE:
        return instant(charge["created"])
    paid: int | None = (invoice.get("status_transitions") or {}).get("paid_at")
    return instant(paid) if paid else None


def _transfer(intent: Object) -> TransferInstructions | None:
    """The instructions of a bank transfer, each account as its fields that are plain text."""
    action: Object = intent.get("next_action") or {}
    shown: Object | None = action.get("display_bank_transfer_instructions")
    if intent.get("status") != "requires_action" or not shown:
        return None
    accounts = [address.get(address["type"]) or {} for address in shown.get("financial_addresses") or []]
    return TransferInstructions(
        amount=Money(shown["amount_remaining"], (shown.get("currency") or intent["currency"]).upper()),
        reference=shown.get("reference") or "",
        url=shown.get("hosted_instructions_url"),
        accounts=tuple(
            {name: value for name, value in account.items() if isinstance(value, str)} for account in accounts
        ),
    )


def _fact(session: Object, intent: Object) -> Fact:
    if session["status"] == "expired":
        return Fact.EXPIRED
    if session["status"] != "complete":
        return Fact.OPENED
    if session["payment_status"] in {"paid", "no_payment_required"}:
        return Fact.PAID
    is_over = intent.get("status") in {"requires_payment_method", "canceled"}
    return Fact.FAILED if is_over else Fact.UNPAID


def _refund_facts(refund: Object) -> RefundFacts:
    made: Object = refund.get("balance_transaction") or {}
    undone: Object = refund.get("failure_balance_transaction") or {}
    states = {"requires_action": RefundState.PENDING}
    return RefundFacts(
        provider_id=refund["id"],
        amount=Money(refund["amount"], refund["currency"].upper()),
        state=str(states.get(refund["status"], refund["status"])),
        made_at=instant(refund["created"]),
        request_id=(refund.get("metadata") or {}).get("refund_request"),
        settled=settled(made, sign=-1),
        settled_on=instant(made["created"]) if made else None,
        returned=settled(undone),
        returned_on=instant(undone["created"]) if undone else None,
    )


def _dispute_facts(dispute: Object) -> DisputeFacts:
    moved: list[Object] = sorted(dispute["balance_transactions"], key=lambda transaction: transaction["created"])
    due: int | None = (dispute.get("evidence_details") or {}).get("due_by")
    return DisputeFacts(
        provider_id=dispute["id"],
        amount=Money(dispute["amount"], dispute["currency"].upper()),
        reason=dispute["reason"],
        status=dispute["status"],
        opened_at=instant(dispute["created"]),
        due_at=instant(due) if due else None,
        withdrawals=tuple(_movement(taken, sign=-1) for taken in moved if taken["amount"] < 0),
        returns=tuple(_movement(back, sign=1) for back in moved if back["amount"] > 0),
    )


def _movement(transaction: Object, *, sign: int) -> DisputeMovement:
    return DisputeMovement(_moved(transaction, sign=sign), instant(transaction["created"]))


def _signs(charge: Object, after: Aftermath) -> Iterator[FraudWarningFacts]:
    """All signs of fraud: the issuer's warnings, the provider's review, and a risk that it calls elevated."""
    yield from map(_warning_facts, after.warnings)
    if after.review:
        yield FraudWarningFacts(
            provider_id=after.review["id"],
            fraud_type=after.review.get("opened_reason") or "rule",
            is_actionable=after.review["open"],
            made_at=instant(after.review["created"]),
            sign=FraudSign.REVIEW,
            is_approved=after.review.get("closed_reason") == "approved",
        )
    if after.is_risk_sign and (charge.get("outcome") or {}).get("risk_level") == "elevated":
        yield FraudWarningFacts(
            provider_id=charge["id"],
            fraud_type="elevated",
            is_actionable=not charge.get("refunded") and not charge.get("disputed"),
            made_at=instant(charge["created"]),
            sign=FraudSign.RISK,
        )


def _warning_facts(warning: Object) -> FraudWarningFacts:
    return FraudWarningFacts(
        provider_id=warning["id"],
        fraud_type=warning["fraud_type"],
        is_actionable=warning["actionable"],
        made_at=instant(warning["created"]),
    )


def settled(transaction: Object, *, sign: int = 1) -> BalanceTransaction | None:
    """Return a balance transaction as facts; None where there is none yet."""
    return _moved(transaction, sign=sign) if transaction else None


def _moved(transaction: Object, *, sign: int) -> BalanceTransaction:
    currency = transaction["currency"].upper()
    return BalanceTransaction(
        transaction_id=transaction["id"],
        gross=Money(sign * transaction["amount"], currency),
        fee=Money(transaction["fee"], currency),
    )


def _rate(transaction: Object) -> str | None:
    rate = transaction.get("exchange_rate")
    return None if rate is None else format(Decimal(str(rate)), "f")  # never 5e-05, which no receipt can print


def instant(seconds: int) -> datetime:
    """Return the moment of a number of seconds since 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _object_id(value: object) -> str:
    """An id that may stand in the address of a request; the provider's own have letters, digits and underscores."""
    text = _text(value)
    if not SAFE_ID.fullmatch(text):
        raise UnusableEvent(
            "the signature fits, but the id of the object holds other signs than letters, digits, - and _"
        )
    return text


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 255 or "\0" in value:
        raise TypeError
    value.encode()  # a lone surrogate, which JSON can spell and no database can hold, is a ValueError
    return value
