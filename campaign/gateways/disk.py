"""How much room is left on the disk, and when a file was last touched."""

import shutil
import time
from datetime import timedelta
from pathlib import Path


def free_bytes(folder: Path) -> int | None:
    """The bytes that may still be written where a folder lies; None when nobody can say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def was_touched_within(file: Path, span: timedelta) -> bool:
    """Whether a file was written or touched within this time, by the machine's clock."""
    try:
        return abs(time.time() - file.stat().st_mtime) < span.total_seconds()
    except OSError:
        return False
