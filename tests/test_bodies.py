"""Bodies that never come do not take all threads: the gate in front of everything that reads one."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Event
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from campaign.bodies import READERS_MAX, Gate

LENGTH_MAX = 100


class NeverSent:
    """A body of which the last byte does not come until its sender is let go."""

    def __init__(self) -> None:
        self.is_let_go = Event()

    def read(self, _size: int = -1) -> bytes:
        self.is_let_go.wait(10)
        return b"late"


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def asked(gate: Gate, body: Any, *, length: str = "4", **more: str) -> tuple[str, bytes]:  # anything that can be read
    told: list[str] = []

    def start(status: str, _headers: object, _error: object = None) -> Any:  # nobody writes by it
        told.append(status)

    answer = gate({"wsgi.input": body, "CONTENT_LENGTH": length, **more}, start)
    return told[0], b"".join(answer)


def test_a_body_is_there_whole_before_anybody_works_on_the_request() -> None:
    gate = Gate(app, length_max=LENGTH_MAX)
    assert asked(gate, BytesIO(b"body and more")) == ("200 OK", b"body")
    assert asked(gate, BytesIO(b"in pieces"), length="", HTTP_TRANSFER_ENCODING="chunked") == ("200 OK", b"in pieces")


def test_what_is_too_long_is_left_unread_to_be_refused() -> None:
    gate, body = Gate(app, length_max=LENGTH_MAX), BytesIO(b"x" * 200)
    read: list[int] = []

    def refuses(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        read.append(environ["wsgi.input"].tell())
        return app(environ, start_response)

    asked(Gate(refuses, length_max=LENGTH_MAX), body, length="200")
    assert read == [0]
    endless = asked(gate, BytesIO(b"x" * 200), length="", HTTP_TRANSFER_ENCODING="chunked")
    assert len(endless[1]) == LENGTH_MAX + 1


def test_senders_that_never_end_keep_few_threads_and_pages_are_served_meanwhile() -> None:
    gate, never = Gate(app, length_max=LENGTH_MAX), NeverSent()
    with ThreadPoolExecutor(READERS_MAX) as senders:
        held = [senders.submit(asked, gate, never) for _ in range(READERS_MAX)]
        while gate._readers.acquire(blocking=False):  # until each of them has begun
            gate._readers.release()
        assert asked(gate, BytesIO(), length="")[0] == "200 OK"
        assert asked(gate, BytesIO(b"body"))[0] == "503 Service Unavailable"
        never.is_let_go.set()
        assert {one.result()[0] for one in held} == {"200 OK"}
    assert asked(gate, BytesIO(b"body"))[0] == "200 OK"
