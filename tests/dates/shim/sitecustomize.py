"""Loaded by every Python that runs under libfaketime: its 0.9.10 refuses the absolute pause that time.sleep asks for."""

import select
import time
from typing import SupportsIndex


def _sleep(pause: float | SupportsIndex, /) -> None:
    """Pause as time.sleep does, by a relative wait."""
    seconds = float(pause)
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        select.select([], [], [], left)


time.sleep = _sleep
