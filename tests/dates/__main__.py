"""The whole suite on other days: at New Year's Eve, at the ends of short months, and on a leap day.

`python -m tests.dates [pytest's arguments]` runs it once for each moment, with the clock of every process that the tests
start set to it by Debian's libfaketime. The browser alone keeps the machine's clock (tests/browser/conftest.py).
"""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

MOMENTS = (
    datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2027, 2, 28, 12, 0, tzinfo=UTC),
    datetime(2027, 3, 20, 12, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
)
LIBRARIES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1")
SHIM = Path(__file__).parent / "shim"
MANY_AT_ONCE = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")


def main(arguments: list[str]) -> int:
    """Run pytest once per moment; 1 when any run failed."""
    library = next((str(path) for name in LIBRARIES for path in Path("/").glob(name.lstrip("/"))), None)
    if library is None:
        sys.stderr.write("kurak: other days need libfaketime: sudo apt-get install -y faketime\n")
        return 1
    failed = [f"{moment:%Y-%m-%d}" for moment in MOMENTS if _run(moment, library, arguments)]
    sys.stdout.write(f"Red on {', '.join(failed)}.\n" if failed else "Green on all days.\n")
    return 1 if failed else 0


def _run(moment: datetime, library: str, arguments: list[str]) -> int:
    """The suite as if it were begun at this moment; pytest's exit code."""
    sys.stdout.write(f"\n{moment:%Y-%m-%d %H:%M} UTC\n")
    sys.stdout.flush()
    environ = {
        **os.environ,
        "LD_PRELOAD": library,
        "FAKETIME": f"{moment.timestamp() - time.time():+.0f}",  # an offset: the same for every process
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # pauses are real
        "PYTHONPATH": str(SHIM),
    }
    command = [sys.executable, "-m", "pytest", "-q", *MANY_AT_ONCE, *arguments]
    return subprocess.run(command, check=False, env=environ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
