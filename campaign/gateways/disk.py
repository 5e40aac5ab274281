"""The free space on a disk, and the last change of a file."""

import shutil
import time
from datetime import timedelta
from pathlib import Path


def free_bytes(folder: Path) -> int | None:
    """Return the bytes that can still be written on a folder's disk; None when they are unknown."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def was_touched_within(file: Path, span: timedelta) -> bool:
    """Return whether a file was written or touched within this time, by the machine's clock."""
    try:
        return abs(time.time() - file.stat().st_mtime) < span.total_seconds()
    except OSError:
        return False
