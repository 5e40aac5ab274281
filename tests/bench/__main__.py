"""`python -m tests.bench`: measures, prints one table, and with --check ends with 1 where an aim is missed."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench.booking import booking
from tests.bench.client import NotMeasured
from tests.bench.crowding import crowding
from tests.bench.desk import desk
from tests.bench.draining import draining
from tests.bench.giving import giving
from tests.bench.installation import Installation, copy_of, install
from tests.bench.printing import printing
from tests.bench.reading import reading
from tests.bench.receiving import receiving
from tests.bench.results import Row, table
from tests.bench.serving import serving
from tests.bench.settling import settling

SIZES, SIZES_QUICK = (100, 10_000, 100_000), (100, 5_000)
PARTS = ("reading", "receiving", "settling", "booking", "crowding", "draining", "printing", "giving", "serving", "desk")
NEED_GIFTS = {"reading", "receiving", "desk"}


def main(arguments: list[str]) -> int:
    """0 when everything was measured (and, with --check, every aim met); 1 otherwise."""
    options = _parser().parse_args(arguments)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kurak-bench-") as home:
        rows, failures = _measure(Path(home), options.parts or PARTS, quick=options.quick)
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    _say(f"\n{table(rows)}\n")
    _say(
        f"{cores} cores, load {load:.1f}, {time.monotonic() - begin:.0f} s. Ratios travel, other figures are this machine's."
    )
    if load > cores + 2:
        _say("The machine was busy with other work: latencies say little, ratios more.")
    for failure in failures:
        _say(f"NOT MEASURED  {failure}")
    missed = [row for row in rows if row.is_met is False]
    _say(f"{len(missed)} of {sum(row.is_met is not None for row in rows)} aims missed.")
    return int(bool(failures) or (options.check and bool(missed)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="smaller and rougher, to try things out")
    parser.add_argument("--check", action="store_true", help="end with status 1 when an aim is missed")
    return parser


def _measure(home: Path, parts: Iterable[str], *, quick: bool) -> tuple[list[Row], list[str]]:
    chosen = [part for part in PARTS if part in set(parts)]
    template = install(home / "template")
    sizes = SIZES_QUICK if quick else SIZES
    filled = {gifts: _filled(template, home, gifts) for gifts in sizes} if NEED_GIFTS & set(chosen) else {}
    measures: dict[str, Callable[[], list[Row]]] = {
        "reading": lambda: reading(home / "reading", filled, quick=quick),
        "receiving": lambda: receiving(home / "receiving", filled, quick=quick),
        "settling": lambda: settling(home / "settling", quick=quick),
        "booking": lambda: booking(home / "booking", template, quick=quick),
        "crowding": lambda: crowding(home / "crowding", quick=quick),
        "draining": lambda: draining(home / "draining", quick=quick),
        "printing": lambda: printing(quick=quick),
        "giving": lambda: giving(home / "giving", template, quick=quick),
        "serving": lambda: serving(home / "serving", template, quick=quick),
        "desk": lambda: desk(filled),
    }
    rows: list[Row] = []
    failures: list[str] = []
    for part in chosen:
        _say(f"measuring: {part} …")
        try:
            rows += measures[part]()
        except (NotMeasured, OSError, ExceptionGroup) as reason:
            failures.append(f"{part}: {reason}")
    return rows, failures


def _filled(template: Installation, home: Path, gifts: int) -> Installation:
    _say(f"giving {gifts:,} gifts …")
    return copy_of(template, home / f"with-{gifts}", gifts=gifts)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
