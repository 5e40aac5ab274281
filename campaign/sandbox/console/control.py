"""The controls of tests and the console: faults, the clock, deliveries, the true state. Loopback only."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request
from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from campaign.sandbox import jobs
from campaign.sandbox.balance import payouts
from campaign.sandbox.console import levers
from campaign.sandbox.console.truth import payments_truth
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.faults import rules
from campaign.sandbox.webhooks import endpoints
from campaign.sandbox.webhooks.deliveries import Deliverer

_LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "[::1]"}


@dataclass(frozen=True, slots=True)
class Control:
    """The routes under `/sandbox/api/`, for one box."""

    box: Box
    deliverer: Deliverer

    def blueprint(self) -> Blueprint:
        """Return the routes, to be mounted on the stand-in's own listener and never proxied."""
        api = Blueprint("control", __name__, url_prefix="/sandbox/api")
        api.before_request(_refuse_strangers)
        api.add_url_rule("/faults", view_func=self.list_faults, methods=["GET"])
        api.add_url_rule("/faults", view_func=self.add_fault, methods=["POST"])
        api.add_url_rule("/faults", view_func=self.clear_faults, methods=["DELETE"])
        api.add_url_rule("/clock", view_func=self.show_clock, methods=["GET"])
        api.add_url_rule("/clock", view_func=self.move_clock, methods=["POST"])
        api.add_url_rule("/deliver", view_func=self.deliver, methods=["POST"])
        api.add_url_rule("/endpoints/<endpoint_id>/roll", view_func=self.roll_secret, methods=["POST"])
        api.add_url_rule("/deliveries/<int:delivery_id>/resend", view_func=self.resend, methods=["POST"])
        api.add_url_rule("/disputes", view_func=self.dispute, methods=["POST"])
        api.add_url_rule("/disputes/<dispute_id>", view_func=self.move_dispute, methods=["POST"])
        api.add_url_rule("/fees", view_func=self.take_fee, methods=["POST"])
        api.add_url_rule("/payouts", view_func=self.fail_payout, methods=["POST"])
        api.add_url_rule("/truth", view_func=self.truth, methods=["GET"])
        return api

    def list_faults(self) -> Json:
        """List the rules that are still active."""
        return {"data": rules.rules(self.box)}

    def add_fault(self) -> tuple[Json, int]:
        """Add a rule, or random faults if there are probabilities; 400 with the reason for an invalid one."""
        given = _body()
        try:
            if isinstance(given, dict) and "probabilities" in given:
                return rules.set_dice(self.box, given), 201
            return rules.add_rule(self.box, given), 201
        except Refused as refusal:
            return {"error": refusal.error}, 400

    def clear_faults(self) -> Json:
        """Delete all rules."""
        rules.clear(self.box)
        return {"data": []}

    def show_clock(self) -> Json:
        """Return the stand-in's time and how far it is ahead."""
        clock = self.box.clock
        return {"now": clock.now(), "offset_seconds": clock.offset_seconds}

    def move_clock(self) -> Json:
        """Move the clock `advance_seconds` forward and run what falls due; events wait for the deliverer."""
        earlier = _body().get("rewind_seconds")
        if type(earlier) is int and earlier > 0:
            try:
                self.box.rewind(earlier)
            except ValueError as refusal:
                raise BadRequest(str(refusal)) from refusal
            return self.show_clock()
        seconds = _body().get("advance_seconds")
        if type(seconds) is not int or seconds < 0:
            raise BadRequest("advance_seconds must be a whole number, and time goes forward only.")
        self.box.advance(seconds)
        jobs.run_due(self.box)
        return self.show_clock()

    def deliver(self) -> Json:
        """Run every due job and send every due event now; return what was sent and the answers."""
        jobs.run_due(self.box)
        return {"deliveries": self.deliverer.deliver_due()}

    def roll_secret(self, endpoint_id: str) -> Json:
        """Give an endpoint a new secret beside the old one, as the Dashboard does."""
        try:
            return {"id": endpoint_id, "secret": endpoints.roll_secret(self.box, endpoint_id)}
        except Refused as unknown:
            raise NotFound from unknown

    def resend(self, delivery_id: int) -> Json:
        """Send a delivery once more."""
        try:
            self.deliverer.resend(delivery_id)
        except ValueError as unknown:
            raise NotFound from unknown
        return {"id": delivery_id}

    def dispute(self) -> tuple[Json, int]:
        """Dispute a `payment` (session, intent or charge); `amount`, `reason` and `inquiry` are optional."""
        try:
            return levers.dispute(self.box, _body()), 201
        except Refused as refusal:
            return {"error": refusal.error}, 400

    def move_dispute(self, dispute_id: str) -> tuple[Json, int]:
        """Move a dispute to the given `status`."""
        try:
            return levers.move_dispute(self.box, dispute_id, _body()), 200
        except Refused as refusal:
            return {"error": refusal.error}, 400

    def take_fee(self) -> tuple[Json, int]:
        """Charge an `amount` to the balance as the provider's own fee; `description` is optional."""
        try:
            return levers.take_fee(self.box, _body()), 201
        except Refused as refusal:
            return {"error": refusal.error}, 400

    def fail_payout(self) -> Json:
        """Return the next payout a day after it was paid."""
        if _body() != {"fail_next": True}:
            raise BadRequest('The only thing to be said about payouts is {"fail_next": true}.')
        payouts.fail_next(self.box)
        return {"fail_next": True}

    def truth(self) -> Json:
        """Return the true state of each payment."""
        return {"data": payments_truth(self.box)}


def _refuse_strangers() -> None:
    # A page on another site can post to loopback through a browser, but it cannot send JSON without
    # a preflight request, and a rebound name does not match.
    if request.host.rsplit(":", 1)[0] not in _LOOPBACK_HOSTS:
        raise Forbidden
    if request.method == "POST" and not request.is_json and request.content_length:
        raise BadRequest("Send JSON.")


def _body() -> Any:  # Any: JSON from outside, not checked yet
    return request.get_json(silent=True) or {}
