"""The web server: Granian, whose processes start with the program loaded before the fork.

`python -m campaign.web_server …` takes Granian's own options. Loading once instead of in each process saves a second of
CPU at a start and lets the processes share what none of them changes.
"""

import gc
import multiprocessing
import sys
from importlib import import_module

from granian.cli import entrypoint


def main() -> None:
    """Serve until SIGTERM. Where a fork is not safe (macOS) each process loads the program for itself."""
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")  # from Python 3.14 on it is not what one gets unasked
        _load_program()
    entrypoint()  # type: ignore[no-untyped-call]


def _load_program() -> None:
    """Load the modules, not the app: that belongs to its process, with its connections and threads.

    Nothing loaded is ever freed, so the collector need not look at it, now or after the fork.
    """
    gc.disable()
    import_module("campaign.app_factory")
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    main()
