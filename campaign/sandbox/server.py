"""The stand-in as a whole: one WSGI application, one listener on loopback, one thread for planned jobs."""

import contextlib
import json
import logging
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request

from campaign.sandbox import jobs
from campaign.sandbox.api.api import Api
from campaign.sandbox.console.control import Control
from campaign.sandbox.console.page import Console
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.settings import Settings
from campaign.sandbox.pages.billing import BillingPages
from campaign.sandbox.pages.checkout import Checkout
from campaign.sandbox.webhooks import deliveries, endpoints
from campaign.sandbox.webhooks.deliveries import Deliverer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG = logging.getLogger("sandbox")
_HOST = "127.0.0.1"


class _Handler(WSGIRequestHandler):
    # Headers and body leave in one packet: written apart, Nagle and delayed ACK cost 45 ms a call.
    wbufsize = -1
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        _LOG.debug("%s %s %s", self.requestline, code, size)


class Sandbox:
    """One stand-in: callable as a WSGI application, or started as a server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.box = Box(settings)
        self.api = Api(self.box)
        self.deliverer = Deliverer(self.box)
        self._stopping = threading.Event()
        self._awake = threading.Event()
        self._server: BaseWSGIServer | None = None
        self._threads: list[threading.Thread] = []
        endpoints.configure(self.box)
        self.box.on_event = self._on_event
        self.pages = Flask(__name__, static_url_path="/sandbox/static")
        self.pages.register_blueprint(Checkout(self.box, self.deliverer).blueprint())
        self.pages.register_blueprint(BillingPages(self.box).blueprint())
        self.pages.register_blueprint(Console(self.box, self.deliverer).blueprint())
        self.pages.register_blueprint(Control(self.box, self.deliverer).blueprint())

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"].startswith("/v1/"):
            return self.api.answer(Request(environ))(environ, start_response)
        return self.pages(environ, start_response)

    def _on_event(self, event: dict[str, Any]) -> None:  # Any: a wire object
        deliveries.plan(self.box, event)
        self._awake.set()

    def start(self, port: int = 0, *, application: "WSGIApplication | None" = None) -> str:
        """Listen on loopback and run planned jobs; return the base address of the API.

        With port 0 the port of the last start is taken again if it is free.

        Args:
            application: What to serve instead of the plain stand-in, such as a recorder around it.
        """
        self._server = server = self._listen(port, application or self)
        self.box.store.set_meta("port", str(server.port))
        self._in_thread(lambda: server.serve_forever(poll_interval=0.01))
        if self.settings.tick_seconds is not None:
            self._in_thread(self._keep_time)
        base = f"http://{_HOST}:{server.port}"
        self._write_addresses(base)
        return base

    def _listen(self, port: int, application: "WSGIApplication") -> BaseWSGIServer:
        last = port or int(self.box.store.meta("port", "0") or 0)
        try:
            return _server_at(last, application)
        except OSError:
            if port:
                raise
            return _server_at(0, application)

    def stop(self) -> None:
        """Close the listener, let the job thread finish, close the file."""
        self._stopping.set()
        self._awake.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        for thread in self._threads:
            thread.join(timeout=self.settings.webhook_timeout_seconds + 1)
        self.box.store.close()

    def _in_thread(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name="sandbox", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _keep_time(self) -> None:
        while not self._stopping.is_set():
            self._awake.wait(self.settings.tick_seconds)
            self._awake.clear()
            if self._stopping.is_set():
                return
            try:
                jobs.run_due(self.box)
                self.deliverer.deliver_due()
            except Exception:  # noqa: BLE001
                # One bad row must not stop the clock for all others; it is retried.
                _LOG.exception("the sandbox could not finish a job")

    def _write_addresses(self, base: str) -> None:
        path = Path(self.settings.state_dir) / "sandbox.json"
        text = json.dumps(
            {
                "api_base": base,
                "api_key": self.box.api_key,
                "webhook_secret": self.box.webhook_secret,
                "webhook_url": self.settings.webhook_url,
                "pid": os.getpid(),
            },
            indent=2,
        )
        draft = path.with_suffix(".json.new")
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
        draft.replace(path)


def _server_at(port: int, application: "WSGIApplication") -> BaseWSGIServer:
    return make_server(_HOST, port, application, threaded=True, request_handler=_Handler)


def create_sandbox(state_dir: Path, *, webhook_url: str, public_url: str) -> Sandbox:
    """Return a stand-in with its state in `state_dir`: a WSGI application that can also start itself."""
    return Sandbox(Settings(state_dir=Path(state_dir), webhook_url=webhook_url, public_url=public_url))
