"""Bodies that are sent slowly, or never, occupy few threads: pages are still served, and other senders get 503.

The server hands a request to a thread before its body is there and has no limit of time for it. A proxy that takes bodies
in whole before it asks us keeps this away altogether (docs/operations.md).

A few addresses take an uploaded file, from people who are signed in. Its body goes to a temporary file, and its senders wait for
a reader of their own: a slow upload keeps nobody from giving, and a stranger's keeps no picture from coming in.
"""

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData
from werkzeug.http import parse_cookie

MAX_READERS = 4
"""How many threads of a process may wait for a body. Ten more may wait for Stripe, so two of sixteen go on serving pages."""
UPLOADS = re.compile(r"/staff/(?:pictures/(?:new|[a-z0-9]{16}/replace)|field/pictures|consents/(?:new|[a-z0-9]{16}))")
"""The addresses that take an uploaded file, and no others."""
MAX_UPLOAD_BYTES = 25_100_000
"""Of a body with a file of at most 25 MB, and with what a form adds to it."""
ATTACHMENTS = re.compile(r"/[a-z-]{2,11}/applications/[A-Za-z0-9_-]{43}/files")
"""The address that takes a file of somebody without an account, who has the link to their application."""
MAX_ATTACHMENT_BYTES = 8_100_000
UPLOADED = "kurak.uploaded"
"""The name in the request's environment under which the application learns that the body may be as long as an upload."""
PIECE_BYTES = 64_000
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

    def __init__(
        self,
        app: WSGIApplication,
        *,
        length_max: int,
        may_upload: Callable[[WSGIEnvironment], bool] = lambda _environ: True,
    ) -> None:
        self._app = app
        self._may_upload = may_upload
        self._length_max = length_max
        self._readers = BoundedSemaphore(MAX_READERS)
        self._upload_reader = BoundedSemaphore(1)
        self._attachment_reader = BoundedSemaphore(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        is_chunked = "HTTP_TRANSFER_ENCODING" in environ
        length_max, readers = self._limits(environ, is_chunked=is_chunked)
        is_upload = readers is not self._readers
        environ[UPLOADED] = is_upload
        if not is_chunked and not (length.isdecimal() and 0 < int(length[:12]) <= length_max):
            return self._app(environ, start_response)  # without a body, or refused unread
        if not readers.acquire(timeout=WAIT_SECONDS):
            start_response(
                "503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "60")]
            )
            return [BUSY]
        try:
            if is_upload:
                environ["wsgi.input"] = _stored(environ["wsgi.input"], int(length))
            else:
                most = self._length_max + 1 if is_chunked else int(length)
                environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(most))
        finally:
            readers.release()
        try:
            return self._app(environ, start_response)  # a form is read before the answer begins
        finally:
            environ["wsgi.input"].close()

    def _limits(self, environ: WSGIEnvironment, *, is_chunked: bool) -> tuple[int, BoundedSemaphore]:
        """Return how many bytes a body may have, and who reads it: files have readers of their own."""
        if not is_chunked and _is_post_to(ATTACHMENTS, environ):
            return MAX_ATTACHMENT_BYTES, self._attachment_reader
        if not is_chunked and _is_post_to(UPLOADS, environ) and self._may_upload(environ):
            return MAX_UPLOAD_BYTES, self._upload_reader
        return self._length_max, self._readers


def is_signed_in(environ: WSGIEnvironment, *, flask: Flask) -> bool:
    """Return whether a request has the cookie of a sign-in that is not too old; whether its session is open is seen later."""
    interface = flask.session_interface
    serializer = (
        interface.get_signing_serializer(flask) if isinstance(interface, SecureCookieSessionInterface) else None
    )
    cookie = parse_cookie(environ).get(interface.get_cookie_name(flask))
    if serializer is None or cookie is None:
        return False
    try:
        return "_user_id" in serializer.loads(cookie, max_age=int(flask.permanent_session_lifetime.total_seconds()))
    except BadData:
        return False


def _is_post_to(addresses: re.Pattern[str], environ: WSGIEnvironment) -> bool:
    return environ.get("REQUEST_METHOD") == "POST" and bool(addresses.fullmatch(environ.get("PATH_INFO", "")))


def _stored(body: IO[bytes], length: int) -> IO[bytes]:
    """Return the body as a temporary file, which is gone when it is closed."""
    stored: IO[bytes] = TemporaryFile()  # noqa: SIM115  # closed after the answer
    while length > 0 and (piece := body.read(min(PIECE_BYTES, length))):
        stored.write(piece)
        length -= len(piece)
    stored.seek(0)
    return stored
