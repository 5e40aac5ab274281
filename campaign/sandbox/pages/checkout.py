"""The hosted checkout and its 3-D Secure step: plain HTML forms that take published test numbers only."""

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from campaign.sandbox import jobs
from campaign.sandbox.catalogue import banks, payment_methods
from campaign.sandbox.catalogue.cards import CARDS
from campaign.sandbox.catalogue.means import Means
from campaign.sandbox.checkout import paying
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import CardDeclined, Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.pages import page_frame
from campaign.sandbox.pages.page_form import PageForm, decline_key, filled_in, means_text
from campaign.sandbox.webhooks.deliveries import Deliverer

_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Checkout:
    """The routes of the pages, for one box."""

    box: Box
    deliverer: Deliverer

    def blueprint(self) -> Blueprint:
        """Return `/c/<session>` and its 3-D Secure step, to be mounted under `/sandbox`."""
        pages = Blueprint("checkout", __name__, url_prefix="/sandbox/c")
        pages.add_url_rule("/<session_id>", view_func=self.show, methods=["GET"])
        pages.add_url_rule("/<session_id>", view_func=self.pay, methods=["POST"])
        pages.add_url_rule("/<session_id>/3ds", view_func=self.show_secure, methods=["GET"])
        pages.add_url_rule("/<session_id>/3ds", view_func=self.finish_secure, methods=["POST"])
        return pages

    def show(self, session_id: str) -> AnyResponse:
        """Show the form, or the closed state of a session that cannot be paid any more."""
        session = self._session(session_id)
        if session is None or session["status"] != "open":
            return self._closed(session)
        intent = self._intent(session)
        if intent and intent["status"] == "requires_action":
            return redirect(page_frame.own(f"/sandbox/c/{session_id}/3ds"), 303)
        return self._form(session, filled_in(request.args.get("card", "")), problem=_last_decline(intent))

    def pay(self, session_id: str) -> AnyResponse:
        """Process the form: charge the card, or show the errors with everything filled in but the security code."""
        session = self._session(session_id)
        if session is None or session["status"] != "open":
            return self._closed(session)
        if not page_frame.is_ours(self.box, session_id):
            return self._form(session, request.form, problem="stale", status=400)
        form = PageForm(request.form)
        errors = form.errors(
            email_is_known=bool(session["customer_email"]),
            methods=session["payment_method_types"],
            at=self.box.now(),
        )
        if errors or form.means is None:
            return self._form(session, request.form, errors=errors, status=422)
        return self._charge(session, form, form.means)

    def _charge(self, session: Json, form: PageForm, given: Means) -> AnyResponse:
        month, year = form.expiry or (12, 2034)
        email = session["customer_email"] or form.values.get("email")
        try:
            with self.box.store.transaction():
                method = payment_methods.record(
                    self.box,
                    given,
                    exp_month=month,
                    exp_year=year,
                    email=email,
                    name=form.values.get("name", "").strip() or None,
                )
                declined = _declined_or_none(self.box, session, method, given)
        except Refused:
            return self.show(session["id"])
        if declined is not None:
            return self._form(session, form.values, problem=decline_key(declined.error), status=402)
        return self._onward(session["id"])

    def show_secure(self, session_id: str) -> AnyResponse:
        """Show the step at which a bank would identify the payer."""
        session = self._session(session_id)
        intent = self._intent(session)
        if session is None or session["status"] != "open":
            return self._closed(session)
        if intent is None or intent["status"] != "requires_action":
            return redirect(page_frame.own(f"/sandbox/c/{session_id}"), 303)
        return self._page("secure.html", session)

    def finish_secure(self, session_id: str) -> AnyResponse:
        """Pass or fail the authentication."""
        session = self._session(session_id)
        if session is None or session["status"] != "open":
            return self._closed(session)
        if not page_frame.is_ours(self.box, session_id):
            return self._page("secure.html", session, status=400)
        try:
            with self.box.store.transaction():
                try:
                    paying.authenticate(self.box, session, passed=request.form.get("outcome") == "complete")
                except CardDeclined:
                    return redirect(page_frame.own(f"/sandbox/c/{session_id}"), 303)
        except Refused:
            return redirect(page_frame.own(f"/sandbox/c/{session_id}"), 303)
        return self._onward(session_id)

    def _onward(self, session_id: str) -> AnyResponse:
        session = self.box.get("checkout.session", session_id)
        if session["status"] != "complete":
            return redirect(page_frame.own(f"/sandbox/c/{session_id}/3ds"), 303)
        settings = self.box.settings
        if settings.page_waits_for_webhook and settings.tick_seconds is not None:
            self.deliverer.wait_for(_completion_event(self.box, session_id), timeout_seconds=_WAIT_SECONDS)
        return redirect(_success_url(session), 303)

    def _session(self, session_id: str) -> Json | None:
        jobs.run_due(self.box)
        match = self.box.store.find(session_id)
        return match if match and match["object"] == "checkout.session" else None

    def _intent(self, session: Json | None) -> Json | None:
        return paying.intent_of(self.box, session) if session else None

    def _form(
        self,
        session: Json,
        values: "MultiDict[str, str]",
        *,
        errors: dict[str, str] | None = None,
        problem: str | None = None,
        status: int = 200,
    ) -> Response:
        form = PageForm(values)
        hidden = self.box.store.hidden(session["id"])
        return self._page(
            "pay.html",
            session,
            status=status,
            values=values,
            errors=errors or {},
            problem=problem,
            method=form.method,
            cvc_length=form.cvc_length,
            line_items=hidden["line_items"],
            details=hidden.get("details", []),
            cards=[(card, means_text(card, begins=session["mode"] == "subscription")) for card in CARDS.values()],
            debits=[(debit, means_text(debit)) for debit in banks.DEBITS],
            transfers=(banks.TRANSFER, banks.LOST_TRANSFER),
        )

    def _closed(self, session: Json | None) -> Response:
        if session is None:
            return self._page("closed.html", None, status=404)
        onward = _success_url(session) if session["status"] == "complete" else session["cancel_url"]
        return self._page("closed.html", session, onward=onward)

    def _page(self, template: str, session: Json | None, *, status: int = 200, **context: object) -> Response:
        facts = session or {}
        return page_frame.render(
            self.box,
            f"checkout/{template}",
            facts.get("id", ""),
            locale=facts.get("locale"),
            leads_to=(facts.get("success_url"), facts.get("cancel_url")),
            status=status,
            session=session,
            **context,
        )


def _declined_or_none(box: Box, session: Json, method: Json, given: Means) -> CardDeclined | None:
    # Caught inside the transaction, so that the failed charge and its events are stored.
    try:
        paying.pay(box, session, method, given)
    except CardDeclined as declined:
        return declined
    return None


def _completion_event(box: Box, session_id: str) -> str:
    rows = box.store.rows(
        "SELECT id FROM objects WHERE kind = 'event'"
        " AND json_extract(body, '$.type') = 'checkout.session.completed'"
        " AND json_extract(body, '$.data.object.id') = ? ORDER BY seq DESC LIMIT 1",
        (session_id,),
    )
    return str(rows[0]["id"]) if rows else ""


def _success_url(session: Json) -> str:
    # Only the literal form is replaced: percent-encoded braces stay as they are, as at Stripe.
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _last_decline(intent: Json | None) -> str | None:
    error = (intent or {}).get("last_payment_error")
    return decline_key(error) if error else None
