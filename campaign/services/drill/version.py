"""The exact version of the program: a drill of another one proves nothing."""

import hashlib
from functools import cache
from pathlib import Path

from campaign.project import PACKAGE

PARTS = ("campaign", "receipts", "migrations", "requirements/run.txt")
"""An installed package has the last two inside `campaign`."""
SOURCES = {".py", ".html", ".txt", ".js"}
"""A form's template and script take part in a gift too."""
LENGTH = 12


@cache
def fingerprint() -> str:
    """Return twelve hexadecimal digits over every source file that takes part in a gift; any change makes another one."""
    return fingerprint_of(PACKAGE.parent)


def fingerprint_of(root: Path) -> str:
    """Return the fingerprint of a program in another folder."""
    digest = hashlib.sha256()
    for part in PARTS:
        path = root / part
        files = (file for file in path.rglob("*") if file.suffix in SOURCES) if path.is_dir() else [path]
        for file in sorted(file for file in files if file.exists()):
            digest.update(str(file.relative_to(root)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:LENGTH]
