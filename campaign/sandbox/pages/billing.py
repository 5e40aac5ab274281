"""The pages of monthly gifts: the portal to change the card or cancel, and an open invoice to pay or confirm."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.sandbox import jobs
from campaign.sandbox.billing import (
    collecting,
    invoice_payments,
    invoices,
    subscription_items,
    subscriptions,
    test_clocks,
)
from campaign.sandbox.billing.portal import KIND
from campaign.sandbox.catalogue import means, payment_methods, products
from campaign.sandbox.catalogue.cards import CARDS
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import CardDeclined, Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.pages import page_frame
from campaign.sandbox.pages.page_form import means_text
from campaign.sandbox.payments import intents


@dataclass(frozen=True, slots=True)
class BillingPages:
    """The routes of the pages, for one box."""

    box: Box

    def blueprint(self) -> Blueprint:
        """Return `/p/<session>`, `/i/<invoice>` and `/b/<intent>`, to be mounted under `/sandbox`."""
        pages = Blueprint("billing", __name__, url_prefix="/sandbox")
        pages.add_url_rule("/p/<session_id>", view_func=self.show_portal, methods=["GET"])
        pages.add_url_rule("/p/<session_id>", view_func=self.change, methods=["POST"])
        pages.add_url_rule("/i/<invoice_id>", view_func=self.show_invoice, methods=["GET"])
        pages.add_url_rule("/i/<invoice_id>", view_func=self.pay_invoice, methods=["POST"])
        pages.add_url_rule("/b/<intent_id>", view_func=self.show_transfer, methods=["GET"])
        return pages

    def show_portal(self, session_id: str) -> AnyResponse:
        """Show the donor's monthly gifts, each with its actions."""
        return self._portal(self._object(KIND, session_id))

    def change(self, session_id: str) -> AnyResponse:
        """Change the card, cancel at the end of the period, or withdraw the cancellation."""
        session = self._object(KIND, session_id)
        if session is None or not page_frame.is_ours(self.box, session_id):
            return self._portal(session, status=400)
        try:
            with self.box.store.transaction(), test_clocks.time_of(self.box, session["customer"]):
                self._act(session)
        except Refused:
            return self._portal(session, status=400)
        after = (session["flow"] or {}).get("after_completion") or {}
        onward = (after.get("redirect") or {}).get("return_url")
        return redirect(onward or page_frame.own(f"/sandbox/p/{session_id}"), 303)

    def _act(self, session: Json) -> None:
        subscription = subscriptions.retrieve(self.box, request.form.get("subscription", ""))
        if subscription["customer"] != session["customer"]:
            raise Refused("This subscription is another customer's.")
        if request.form.get("act") == "card":
            method = self._new_card(session["customer"])
            payment_methods.require_attachable(means.of_object(self.box, method))
            subscriptions.update(self.box, {"default_payment_method": method["id"]}, subscription["id"])
        else:
            stop = request.form.get("act") == "stop"
            subscriptions.update(self.box, {"cancel_at_period_end": stop}, subscription["id"])

    def _new_card(self, customer_id: str) -> Json:
        card = CARDS.get(request.form.get("card", ""))
        if card is None or card.rejected:
            raise Refused("This sandbox takes published test cards only.")
        customer = self.box.get("customer", customer_id)
        method = payment_methods.record(self.box, card, email=customer["email"], name=customer["name"])
        return payment_methods.attach(self.box, method, customer)

    def _portal(self, session: Json | None, *, status: int = 200) -> AnyResponse:
        if session is None:
            return page_frame.render(self.box, "billing/gone.html", "", status=404)
        own = self.box.store.all("subscription", customer=session["customer"])
        after = (session["flow"] or {}).get("after_completion") or {}
        return page_frame.render(
            self.box,
            "billing/portal.html",
            session["id"],
            locale=session["locale"],
            leads_to=(session["return_url"], (after.get("redirect") or {}).get("return_url")),
            status=status,
            session=session,
            subscriptions=[one for one in own if not subscriptions.is_over(one)],
            total_of=subscription_items.total,
            product_of=lambda line: products.retrieve(self.box, line["price"]["product"])["name"],
            method_of=lambda one: collecting.method_of(self.box, one)["card"],
            day=lambda moment: datetime.fromtimestamp(moment, UTC).date().isoformat(),
            cards=self._cards(),
        )

    def show_invoice(self, invoice_id: str) -> AnyResponse:
        """Show an invoice, with a form to pay it while it is open."""
        return self._invoice(self._object("invoice", invoice_id))

    def pay_invoice(self, invoice_id: str) -> AnyResponse:
        """Pay with another card, or finish the 3-D Secure step."""
        invoice = self._object("invoice", invoice_id)
        if invoice is None or invoice["status"] != "open":
            return self._invoice(invoice)
        if not page_frame.is_ours(self.box, invoice_id):
            return self._invoice(invoice, problem="stale", status=400)
        problem: str | None = None
        try:
            with self.box.store.transaction(), test_clocks.time_of(self.box, invoice["customer"]):
                problem = self._pay(invoice)
        except Refused:
            problem = "stale"
        if problem:
            return self._invoice(self._object("invoice", invoice_id), problem=problem, status=402)
        return redirect(page_frame.own(f"/sandbox/i/{invoice_id}"), 303)

    def _pay(self, invoice: Json) -> str | None:
        outcome = request.form.get("outcome")
        try:
            if outcome:
                collecting.authenticate(self.box, invoice, passed=outcome == "complete")
            else:
                collecting.collect(self.box, invoice, self._new_card(invoice["customer"]))
        except CardDeclined as declined:
            return str(declined.error.get("decline_code") or declined.error["code"])
        return None

    def _invoice(self, invoice: Json | None, *, problem: str | None = None, status: int = 200) -> AnyResponse:
        if invoice is None:
            return page_frame.render(self.box, "billing/gone.html", "", status=404)
        return page_frame.render(
            self.box,
            "billing/invoice.html",
            invoice["id"],
            status=status,
            invoice=invoices.retrieve(self.box, invoice["id"]),
            problem=problem,
            waits=self._waits(invoice),
            cards=self._cards(),
        )

    def show_transfer(self, intent_id: str) -> AnyResponse:
        """Show how to send the money of a bank transfer while it is awaited."""
        intent = self._object("payment_intent", intent_id)
        due = ((intent or {}).get("next_action") or {}).get("display_bank_transfer_instructions")
        if due is None:
            return page_frame.render(self.box, "billing/gone.html", "", status=404)
        return page_frame.render(self.box, "billing/transfer.html", "", due=due)

    def _waits(self, invoice: Json) -> bool:
        """Return whether the bank waits for the donor's confirmation."""
        payments = invoice_payments.of_invoice(self.box, invoice)
        payment_intents = [intents.retrieve(self.box, one["payment"]["payment_intent"]) for one in payments]
        return any(one["status"] == "requires_action" for one in payment_intents)

    def _object(self, kind: str, object_id: str) -> Json | None:
        jobs.run_due(self.box)
        match = self.box.store.find(object_id)
        return match if match and match["object"] == kind else None

    def _cards(self) -> list[tuple[object, str]]:
        return [(card, means_text(card)) for card in CARDS.values() if not card.rejected]
