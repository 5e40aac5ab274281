"""Invoices: what a subscription charges for one period, from draft to paid."""

from campaign.sandbox.billing import invoice_payments, subscription_items
from campaign.sandbox.billing.invoice_fields import blank, line_of
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import as_list, page_of
from campaign.sandbox.protocol.params import EXPAND, Choice, Flag, Group, Metadata, Text, list_params, merged_metadata

FINALIZE = Group({**EXPAND, "auto_advance": Flag()})
PAY = Group({**EXPAND, "off_session": Flag(), "paid_out_of_band": Flag(), "payment_method": Text()})
UPDATE = Group({**EXPAND, "auto_advance": Flag(), "description": Text(1500), "metadata": Metadata()})
LIST = list_params(
    customer=Text(),
    status=Choice(("draft", "open", "paid", "uncollectible", "void")),
    subscription=Text(),
)


def draft(box: Box, subscription: Json, *, reason: str) -> Json:
    """Make a draft for the subscription's current period, with a snapshot of its metadata."""
    items, customer = subscription["items"]["data"], box.store.find(subscription["customer"]) or {}
    invoice_id, total = box.new_id("in_1"), subscription_items.total(subscription)
    lines, start = [line_of(box, subscription, one, invoice_id) for one in items], items[0]["current_period_start"]
    invoice: Json = {
        **blank(box),
        "id": invoice_id,
        "object": "invoice",
        "amount_due": total,
        "amount_remaining": total,
        "billing_reason": reason,
        "created": box.now(),
        "currency": subscription["currency"],
        "customer": subscription["customer"],
        "customer_email": customer.get("email"),
        "customer_name": customer.get("name"),
        "lines": as_list(lines, f"/v1/invoices/{invoice_id}/lines"),
        "parent": {
            "quote_details": None,
            "subscription_details": {"metadata": subscription["metadata"], "subscription": subscription["id"]},
            "type": "subscription_details",
        },
        "period_end": start,
        "period_start": start,
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "test_clock": box.test_clock,
        "total": total,
        "total_excluding_tax": total,
    }
    box.save(invoice, {"subscription": subscription["id"]})
    box.tell("invoice.created", invoice)
    return invoice


def finalize(box: Box, invoice: Json) -> Json:
    """Turn a draft into an invoice that can be paid."""
    if invoice["status"] != "draft":
        raise Refused("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    customer = box.get("customer", invoice["customer"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    box.save(customer)
    url = f"{box.settings.public_url}/sandbox/i/{invoice['id']}"
    invoice.update(status="open", number=number, effective_at=box.now(), hosted_invoice_url=url, ending_balance=0)
    invoice["status_transitions"]["finalized_at"] = box.now()
    box.save(invoice)
    box.tell("invoice.finalized", invoice)
    return invoice


def close(box: Box, invoice: Json, status: str) -> Json:
    """Close an unpaid invoice: `void` or `uncollectible`."""
    if invoice["status"] not in {"open", "uncollectible"}:
        raise Refused(f"You can only {status} an invoice that is open. This invoice is {invoice['status']}.")
    moment, event = {
        "void": ("voided_at", "invoice.voided"),
        "uncollectible": ("marked_uncollectible_at", "invoice.marked_uncollectible"),
    }[status]
    invoice.update(status=status, next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"][moment] = box.now()
    box.save(invoice)
    box.tell(event, invoice)
    return invoice


def mark_paid(box: Box, invoice: Json) -> None:
    """Mark the invoice as paid."""
    invoice.update(
        status="paid",
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        attempted=True,
        auto_advance=False,
        next_payment_attempt=None,
    )
    invoice["status_transitions"]["paid_at"] = box.now()
    box.save(invoice)
    box.tell("invoice.paid", invoice)
    box.tell("invoice.payment_succeeded", invoice)


def subscription_of(box: Box, invoice: Json) -> Json:
    """Return the subscription of an invoice."""
    return box.get("subscription", box.store.hidden(invoice["id"])["subscription"])


def with_payments(box: Box, invoice: Json) -> Json:
    """Return an invoice with its payments, which it shows only on request."""
    return invoice_payments.listed(box, invoice)


def retrieve(box: Box, invoice_id: str) -> Json:
    """Return the invoice."""
    return box.get("invoice", invoice_id)


def update(box: Box, params: Json, invoice_id: str) -> Json:
    """Change the description, the metadata and whether it advances automatically."""
    invoice = retrieve(box, invoice_id)
    invoice.update({name: params[name] for name in ("auto_advance", "description") if name in params})
    invoice["metadata"] = merged_metadata(invoice["metadata"], params.get("metadata", {}))
    box.save(invoice)
    box.tell("invoice.updated", invoice)
    return invoice


def list_all(box: Box, params: Json) -> Json:
    """List invoices, newest first."""
    where: list[tuple[str, tuple[object, ...]]] = []
    if "subscription" in params:
        where.append(("json_extract(hidden, '$.subscription') = ?", (params["subscription"],)))
    return page_of(box, "invoice", params, url="/v1/invoices", filters=("customer", "status"), where=where)
