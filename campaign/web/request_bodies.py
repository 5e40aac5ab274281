"""Bodies that are sent slowly, or never, occupy few threads: pages are still served, and other senders get 503.

The server hands a request to a thread before its body is there and has no limit of time for it. A proxy that takes bodies
in whole before it asks us keeps this away altogether (docs/operations.md).
"""

from collections.abc import Iterable
from io import BytesIO
from threading import BoundedSemaphore
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MAX_READERS = 4
"""How many threads of a process may wait for a body. Ten more may wait for Stripe, so two of sixteen go on serving pages."""
WAIT_SECONDS = 0.2
"""How long a sender waits for one of them: a body that is sent at once is read in no time."""
BUSY = (
    "Too many requests are being sent. Nothing was done; please try again in a minute.\n"
    "Сейчас слишком много запросов. Ничего не сделано; попробуйте ещё раз через минуту.\n"
    "Азыр суроо-талап өтө көп. Эч нерсе аткарылган жок; бир мүнөттөн кийин кайра аракет кылыңыз.\n"
).encode()
"""In all three languages, for the address has not been looked at yet."""


class RequestBodyMiddleware:
    """Reads a request's body, if it is not too long, before anybody else works on the request."""

    def __init__(self, app: WSGIApplication, *, length_max: int) -> None:
        self._app = app
        self._length_max = length_max
        self._readers = BoundedSemaphore(MAX_READERS)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        is_chunked = "HTTP_TRANSFER_ENCODING" in environ
        if not is_chunked and not (length.isdecimal() and 0 < int(length[:12]) <= self._length_max):
            return self._app(environ, start_response)  # without a body, or refused unread
        if not self._readers.acquire(timeout=WAIT_SECONDS):
            start_response(
                "503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "60")]
            )
            return [BUSY]
        try:
            most = self._length_max + 1 if is_chunked else int(length)
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(most))
        finally:
            self._readers.release()
        return self._app(environ, start_response)
