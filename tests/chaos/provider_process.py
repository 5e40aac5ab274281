"""The sandbox as a program that can be killed, with every call and answer held against Stripe's document.

`python -m tests.chaos.provider_process FOLDER WEBHOOK_URL PUBLIC_URL PORT` runs until it is ended. What violates the
contract is written to `violations.txt` in the folder at once, for the program may be killed at any instant.
"""

import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from campaign.sandbox.core.settings import Settings
from campaign.sandbox.server import Sandbox
from tests.sandbox.running import ContractedSandbox


class Violations(list[str]):
    """A list that is also a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def extend(self, complaints: Iterable[str]) -> None:
        lines = list(complaints)
        super().extend(lines)
        if lines:
            with self._path.open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)


def main() -> int:
    folder, webhook_url, public_url, port = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    sandbox = Sandbox(
        Settings(
            state_dir=folder,
            webhook_url=webhook_url,
            public_url=public_url,
            seed="chaos",
            survives_power_cut=False,
            webhook_timeout_seconds=5,
        )
    )
    contract = ContractedSandbox(sandbox, violations=Violations(folder / "violations.txt"))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    sandbox.start(port, application=contract)
    stop.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
