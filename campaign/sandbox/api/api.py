"""Stripe's HTTP behaviour: keys, versions, parameters, idempotency, errors; and the table of operations."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from campaign.sandbox import jobs
from campaign.sandbox.api.expand import expand
from campaign.sandbox.api.operations import OPERATIONS, Operation
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import CardDeclined, Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.core.settings import API_VERSION
from campaign.sandbox.faults import calls, rules
from campaign.sandbox.faults.rules import Fault
from campaign.sandbox.protocol.form_bodies import read_pairs
from campaign.sandbox.protocol.params import read_params

_IDEMPOTENCY_SECONDS: Final = 24 * 60 * 60
_MAX_BODY_BYTES: Final = 1_000_000
# Compiled once for all: it takes longer than everything else at the start.
_URLS: Final = Map([Rule(op.path, methods=[op.method], endpoint=op) for op in OPERATIONS], strict_slashes=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body."""

    status: int
    body: Json


class Api:
    """Answers `/v1/…` for one box."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._running: set[str] = set()
        self._running_lock = threading.Lock()
        self._limit = calls.RateLimit(box.settings.calls_per_second)

    def answer(self, request: Request) -> Response:
        """Answer one call, from the check of the key to the headers."""
        request_id = f"req_{secrets.token_hex(7)}"
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
        fault: Fault | None = None
        try:
            self._check_caller(request)
            self._limit.require()
            fault = rules.of_request(
                self.box,
                method=request.method,
                path=request.path,
                header=request.headers.get("Sandbox-Fault"),
            )
            answer = self._keyed(request, request_id, headers, fault)
            calls.after(fault, request)
        except calls.Garbled as garbled:
            return garbled.response(headers)
        except Refused as refusal:
            headers.update(refusal.headers)
            answer = Answer(refusal.status, {"error": refusal.error})
        if fault is not None and fault.kind == "no_balance_transaction":
            calls.hide_balance_transactions(answer.body)
        response = _response(answer, request_id, headers)
        return calls.cut_short(response) if fault is not None and fault.kind == "malformed" else response

    def keys_in_use(self) -> frozenset[str]:
        """The idempotency keys of the calls in progress."""
        with self._running_lock:
            return frozenset(self._running)

    def _check_caller(self, request: Request) -> None:
        if _key_of(request) != self.box.api_key:
            raise Refused("Invalid API Key provided: sk_test_****", status=401)
        version = request.headers.get("Stripe-Version", API_VERSION)
        if version != API_VERSION:
            raise Refused(
                f"This sandbox speaks version {API_VERSION}, the request asked for {version}.",
            )
        if (request.content_length or 0) > _MAX_BODY_BYTES:
            raise Refused("The request is too large.", status=413)

    def _keyed(self, request: Request, request_id: str, headers: dict[str, str], fault: Fault | None) -> Answer:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST":
            calls.before(fault, request)
            return self._execute(request, request_id, None, fault)
        if not 0 < len(key) <= 255:
            raise Refused("Idempotency keys are 1 to 255 characters long.", kind="idempotency_error")
        headers["Idempotency-Key"] = key
        with self._running_lock:
            if key in self._running:
                raise Refused(
                    "There is currently another in-progress request using this Idempotent Key"
                    f" (that probably means you submitted twice, and the other request is still"
                    f" going through): {key}. Please try again later.",
                    status=409,
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                )
            self._running.add(key)
        try:
            calls.before(fault, request)
            return self._replayed(request, key, headers) or self._execute(request, request_id, key, fault)
        finally:
            with self._running_lock:
                self._running.discard(key)

    def _replayed(self, request: Request, key: str, headers: dict[str, str]) -> Answer | None:
        rows = self.box.store.rows("SELECT * FROM idempotency WHERE key = ?", (key,))
        if not rows or rows[0]["created"] < self.box.now() - _IDEMPOTENCY_SECONDS:
            return None
        if rows[0]["fingerprint"] != _fingerprint(request):
            raise Refused(
                "Keys for idempotent requests can only be used with the same parameters they were"
                f" first used with. Try using a key other than '{key}' if you meant to execute a"
                " different request.",
                kind="idempotency_error",
            )
        headers["Idempotent-Replayed"] = "true"
        headers["Original-Request"] = rows[0]["request_id"]
        return Answer(rows[0]["status"], json.loads(rows[0]["body"]))

    def _execute(self, request: Request, request_id: str, key: str | None, fault: Fault | None) -> Answer:
        operation, arguments = self._route(request)
        query = request.query_string.decode("utf-8", "replace")
        body = request.get_data().decode("utf-8", "replace") if request.method != "GET" else ""
        pairs = parse_qsl(query, keep_blank_values=True) + parse_qsl(body, keep_blank_values=True)
        params = read_params(operation.params, read_pairs(pairs))
        jobs.run_due(self.box)
        with self.box.store.transaction():
            self.box.request = {"id": request_id, "idempotency_key": key}
            try:
                answer = _run(self.box, operation, params, arguments)
            finally:
                self.box.request = {"id": None, "idempotency_key": None}
            if fault is not None and fault.kind == "error_after":
                answer = Answer(500, {"error": dict(calls.API_ERROR)})
            if key is not None:
                self._store(request, key, request_id, answer)
        return answer

    def _store(self, request: Request, key: str, request_id: str, answer: Answer) -> None:
        self.box.store.run(
            "INSERT OR REPLACE INTO idempotency"
            " (key, fingerprint, status, body, request_id, created) VALUES (?, ?, ?, ?, ?, ?)",
            (
                key,
                _fingerprint(request),
                answer.status,
                json.dumps(answer.body),
                request_id,
                self.box.now(),
            ),
        )

    def _route(self, request: Request) -> tuple[Operation, Mapping[str, str]]:
        urls = _URLS.bind("sandbox")
        try:
            operation, arguments = urls.match(request.path, method=request.method)
        except HTTPException:
            raise Refused(
                f"Unrecognized request URL ({request.method}: {request.path}). Please see"
                " https://stripe.com/docs or we can help at https://support.stripe.com/.",
                status=404,
            ) from None
        return operation, arguments


def _run(box: Box, operation: Operation, params: Json, arguments: Mapping[str, str]) -> Answer:
    paths = params.pop("expand", [])
    try:
        body = operation.run(box, params, dict(arguments))
    except CardDeclined as declined:
        # The failed charge and its events are stored: the transaction ends without an exception.
        return Answer(declined.status, {"error": declined.error})
    # A copy, because expanding must not change the stored object or the event.
    return Answer(200, expand(box, json.loads(json.dumps(body)), paths))


def _key_of(request: Request) -> str:
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest).decode().partition(":")[0]
        except ValueError:
            return ""
    return rest.strip() if scheme.lower() == "bearer" else ""


def _fingerprint(request: Request) -> str:
    parts = (request.method.encode(), request.full_path.encode(), request.get_data())
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def _response(answer: Answer, request_id: str, headers: Mapping[str, str]) -> Response:
    body = answer.body
    if "error" in body:
        body["error"].setdefault("request_log_url", f"https://dashboard.stripe.com/test/logs/{request_id}")
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return Response(text, status=answer.status, headers=headers, content_type="application/json")
