"""Which program this is, exactly: a drill of another one proves nothing."""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PARTS = ("campaign", "receipts", "migrations", "requirements/run.txt")
LENGTH = 12


@cache
def fingerprint() -> str:
    """Twelve hexadecimal digits over every source file that takes part in a gift; any change makes another one."""
    digest = hashlib.sha256()
    for part in PARTS:
        path = ROOT / part
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:LENGTH]
