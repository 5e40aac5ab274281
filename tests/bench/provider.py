"""A stand-in for Stripe's answer to one question, «open a payment page», after a pause that can be set while it runs.

`python -m tests.bench.provider PORT ORIGIN` serves; `GET /pause/0.3` sets the pause in seconds. It is a process of its
own, for its work is not ours.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

_numbers = count(1)


class Provider(BaseHTTPRequestHandler):
    """Answers every POST with a new Checkout Session, whose page is at `origin`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    pause_seconds = 0.0
    origin = ""

    def do_GET(self) -> None:  # the library's name
        type(self).pause_seconds = float(self.path.rpartition("/")[2])
        self._answer({"pause": self.pause_seconds})

    def do_POST(self) -> None:  # the library's name
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        time.sleep(self.pause_seconds)
        name = f"cs_test_bench{next(_numbers)}"
        self._answer({"id": name, "object": "checkout.session", "url": f"{self.origin}/sandbox/pay/{name}"})

    def log_message(self, *_: object) -> None:
        """Nothing is said of single requests."""

    def _answer(self, answer: dict[str, object]) -> None:
        body = json.dumps(answer).encode("ascii")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Many may wait at once."""

    request_queue_size = 256


def main(port: int, origin: str) -> None:
    """Serve until the process is ended."""
    Provider.origin = origin
    with Server(("127.0.0.1", port), Provider) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
