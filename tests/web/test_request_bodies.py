"""Bodies that never come do not take all threads: the gate in front of everything that reads one."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import count
from threading import Event
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from campaign.web.request_bodies import MAX_READERS, RequestBodyMiddleware, is_signed_in

MAX_LENGTH = 100


class NeverSent:
    """A body of which the last byte does not come until its sender is let go."""

    def __init__(self) -> None:
        self.is_let_go, self.all_have_begun = Event(), Event()
        self._begun = count(1)

    def read(self, _size: int = -1) -> bytes:
        if next(self._begun) == MAX_READERS:
            self.all_have_begun.set()
        self.is_let_go.wait(10)
        return b"late"


def plain(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def send(
    gate: RequestBodyMiddleware,
    body: Any,  # anything that can be read
    *,
    length: str = "4",
    **more: str,
) -> tuple[str, bytes]:
    statuses: list[str] = []

    def start(status: str, _headers: object, _error: object = None) -> Any:  # nobody writes by it
        statuses.append(status)

    answer = gate({"wsgi.input": body, "CONTENT_LENGTH": length, **more}, start)
    return statuses[0], b"".join(answer)


def test_a_body_is_read_whole_before_the_request_is_handled() -> None:
    gate = RequestBodyMiddleware(plain, length_max=MAX_LENGTH)
    assert send(gate, BytesIO(b"body and more")) == ("200 OK", b"body")
    assert send(gate, BytesIO(b"in pieces"), length="", HTTP_TRANSFER_ENCODING="chunked") == ("200 OK", b"in pieces")


def test_a_body_that_is_too_long_is_left_unread_and_refused() -> None:
    gate, body = RequestBodyMiddleware(plain, length_max=MAX_LENGTH), BytesIO(b"x" * 200)
    read: list[int] = []

    def refuses(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        read.append(environ["wsgi.input"].tell())
        return plain(environ, start_response)

    send(RequestBodyMiddleware(refuses, length_max=MAX_LENGTH), body, length="200")
    assert read == [0]
    endless = send(gate, BytesIO(b"x" * 200), length="", HTTP_TRANSFER_ENCODING="chunked")
    assert len(endless[1]) == MAX_LENGTH + 1


def test_endless_senders_occupy_few_threads_and_pages_are_served_meanwhile() -> None:
    gate, never = RequestBodyMiddleware(plain, length_max=MAX_LENGTH), NeverSent()
    with ThreadPoolExecutor(MAX_READERS) as senders:
        unfinished = [senders.submit(send, gate, never) for _ in range(MAX_READERS)]
        while gate._readers.acquire(blocking=False):  # until each of them has begun
            gate._readers.release()
        assert send(gate, BytesIO(), length="")[0] == "200 OK"
        assert send(gate, BytesIO(b"body"))[0] == "503 Service Unavailable"
        never.is_let_go.set()
        assert {one.result()[0] for one in unfinished} == {"200 OK"}
    assert send(gate, BytesIO(b"body"))[0] == "200 OK"


@pytest.mark.database("sqlite")
def test_a_strangers_slow_upload_occupies_no_reader(app: Flask) -> None:
    never, address = NeverSent(), "/staff/pictures/new"
    gate = RequestBodyMiddleware(lambda _environ, _start: [], length_max=MAX_LENGTH, may_upload=lambda _environ: False)
    more = {"REQUEST_METHOD": "POST", "PATH_INFO": address, "CONTENT_LENGTH": "2000000"}
    gate({"wsgi.input": never, **more}, lambda *_answer: None)  # type: ignore[arg-type]
    assert not never.all_have_begun.is_set()
    assert gate._upload_reader.acquire(blocking=False)
    forged = app.session_interface.get_signing_serializer(app).dumps({"csrf_token": "x"})  # type: ignore[attr-defined]
    assert not is_signed_in({"HTTP_COOKIE": f"staff={forged}"}, flask=app)
    assert not is_signed_in({"HTTP_COOKIE": "staff=eyJfdXNlcl9pZCI6IjEifQ.x.x"}, flask=app)


@pytest.mark.database("sqlite")
def test_forms_and_webhooks_of_the_site_pass_through_the_middleware(app: Flask) -> None:
    never = NeverSent()

    def post(path: str, body: Any) -> str:
        environ = EnvironBuilder(path=path, method="POST", content_type="text/plain").get_environ()
        return run_wsgi_app(app.wsgi_app, {**environ, "wsgi.input": body, "CONTENT_LENGTH": "4"})[1]

    with ThreadPoolExecutor(MAX_READERS) as senders:
        unfinished = [senders.submit(post, "/webhooks/stripe", never) for _ in range(MAX_READERS)]
        assert never.all_have_begun.wait(10)
        refused = [post(path, BytesIO(b"body")) for path in ("/en/donate", "/webhooks/stripe", "/staff/login")]
        never.is_let_go.set()
        assert {one.result() for one in unfinished} == {"400 Bad Request"}
    assert refused == ["503 Service Unavailable"] * 3
