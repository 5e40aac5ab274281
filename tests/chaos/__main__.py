"""`python -m tests.chaos`: many stories on one database kind after another; the first failure is reported, shortened."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.installation import Shape
from tests.chaos.playing import play_all
from tests.support.databases import SPEED, postgresql


def main() -> int:
    options = _options()
    started = time.monotonic()
    shape = Shape(web_workers=options.webs, workers=options.workers)
    for kind in options.databases.split(","):
        with _server(kind) as server, tempfile.TemporaryDirectory(prefix="kurak-chaos-") as folder:
            seeds = range(options.first, options.first + options.stories)
            failure = play_all(seeds, kind=kind, server=server, folder=Path(folder), shape=shape, say=_say)
        if failure is not None:
            _say(f"\n{kind}: {failure}")
            return 1
        _say(f"{kind}: {options.stories} stories ended well; {time.monotonic() - started:.0f} s so far")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--stories", type=int, default=200, help="how many, on each database")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--webs", type=int, default=2)
    return parser.parse_args()


@contextmanager
def _server(kind: str) -> Iterator[str | None]:
    if kind == "sqlite":
        yield None
        return
    with postgresql(SPEED) as conninfo:
        yield conninfo


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
