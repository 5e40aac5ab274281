"""`python -m campaign.sandbox`: runs the stand-in as a process, for development."""

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path


def main() -> int:
    """Run until SIGTERM or Ctrl-C. Exit with status 3 in production, where the sandbox must not run."""
    if os.environ.get("APP_ENV") == "production":
        sys.stderr.write("The Stripe sandbox does not run with APP_ENV=production.\n")
        return 3
    # Imported only here, so that production never even loads it.
    from campaign.sandbox.core.settings import Settings
    from campaign.sandbox.server import Sandbox

    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    sandbox = Sandbox(
        Settings(
            state_dir=options.state_dir,
            webhook_url=options.webhook_url,
            public_url=options.public_url.rstrip("/"),
            seed=options.seed,
            calls_per_second=options.calls_per_second,
        )
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    base = sandbox.start(options.port)
    logging.getLogger("sandbox").info("Stripe sandbox at %s", base)
    stop.wait()
    sandbox.stop()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="campaign.sandbox", description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True, help="where sandbox.sqlite is kept")
    parser.add_argument("--webhook-url", required=True, help="where events are sent")
    parser.add_argument("--public-url", required=True, help="where browsers reach /sandbox/")
    parser.add_argument("--port", type=int, default=0, help="of the API; 0 takes a free one")
    parser.add_argument("--seed", help="makes the ids repeatable")
    parser.add_argument("--calls-per-second", type=int, help="answers more than that with 429; Stripe has 25")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
