"""Invoice payments: the payment intent that is to pay, or has paid, each invoice."""

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import as_list, page_of
from campaign.sandbox.protocol.params import Choice, Group, Text, list_params

LIST = list_params(
    invoice=Text(),
    payment=Group({"type": Choice(("payment_intent", "payment_record")), "payment_intent": Text()}, required=("type",)),
    status=Choice(("canceled", "open", "paid")),
)
_KIND = "invoice_payment"


def open_for(box: Box, invoice: Json, intent_id: str) -> Json:
    """Return the open invoice payment of this intent."""
    return box.save(
        {
            "id": box.new_id("inpay_1"),
            "object": _KIND,
            "amount_paid": None,
            "amount_requested": invoice["amount_due"],
            "created": box.now(),
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "livemode": False,
            "payment": {"payment_intent": intent_id, "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        }
    )


def of_invoice(box: Box, invoice: Json) -> list[Json]:
    """List the payments of an invoice, oldest first."""
    return box.store.all(_KIND, invoice=invoice["id"])


def listed(box: Box, invoice: Json) -> Json:
    """List the payments of an invoice as it shows them when they are expanded."""
    return as_list(of_invoice(box, invoice), f"/v1/invoices/{invoice['id']}/payments")


def settle(box: Box, payment: Json) -> None:
    """Record that the intent has paid."""
    payment.update(status="paid", amount_paid=payment["amount_requested"])
    payment["status_transitions"]["paid_at"] = box.now()
    box.save(payment)
    box.tell("invoice_payment.paid", payment)


def retrieve(box: Box, payment_id: str) -> Json:
    """Return the invoice payment."""
    return box.get(_KIND, payment_id)


def list_all(box: Box, params: Json) -> Json:
    """List invoice payments, newest first; those of one intent with `payment[payment_intent]`."""
    where: list[tuple[str, tuple[object, ...]]] = []
    if "payment_intent" in params.get("payment", {}):
        where.append(("json_extract(body, '$.payment.payment_intent') = ?", (params["payment"]["payment_intent"],)))
    return page_of(box, _KIND, params, url="/v1/invoice_payments", filters=("invoice", "status"), where=where)
