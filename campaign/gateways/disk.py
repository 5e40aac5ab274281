"""How much room is left on the disk."""

import shutil
from pathlib import Path


def free_bytes(folder: Path) -> int | None:
    """The bytes that may still be written where a folder lies; None when nobody can say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
