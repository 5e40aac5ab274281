"""Small proofs that somebody takes the trouble: some seconds of a browser's work, or a code that came by mail.

Both are bound to the form that was shown, so nothing has to be stored, and neither helps with another form.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from itertools import count

PUZZLES = 8
"""Several small puzzles take everybody about the same time; one large puzzle takes some people very long."""
BITS = 13
"""Leading zero bits of each puzzle's hash: about 8 000 tries each, and 65 000 in all, a second or so of a cheap phone."""
CODE_DIGITS = 6
CODE_SLOT = timedelta(minutes=15)
"""A code holds for this slot of time and the next: for a quarter of an hour at least."""


def is_solved(challenge: str, solution: str) -> bool:
    """Whether `solution` (numbers, with dots between them) solves every puzzle of a challenge."""
    parts = solution.split(".")
    return len(parts) == PUZZLES and all(
        len(part) <= 12 and part.isascii() and part.isdigit() and _is_small(challenge, number, part)
        for number, part in enumerate(parts)
    )


def solve(challenge: str) -> str:
    """Do the work, as the page's script does it."""
    numbers = (next(str(n) for n in count() if _is_small(challenge, number, str(n))) for number in range(PUZZLES))
    return ".".join(numbers)


def code_for(form: str, mailbox: str, *, at: datetime, secret: str) -> str:
    """The code that is mailed for a form now: six digits that only this installation can work out."""
    slot = int(at.timestamp() // CODE_SLOT.total_seconds())
    return _code(form, mailbox, slot, secret=secret)


def is_code(typed: str, form: str, mailbox: str, *, at: datetime, secret: str) -> bool:
    """Whether this code was mailed for this form to this mailbox in this quarter of an hour or the one before."""
    slot = int(at.timestamp() // CODE_SLOT.total_seconds())
    valid_codes = [_code(form, mailbox, slot - back, secret=secret) for back in (0, 1)]
    return any(hmac.compare_digest(typed.encode(), code.encode()) for code in valid_codes)


def _code(form: str, mailbox: str, slot: int, *, secret: str) -> str:
    key = hashlib.sha256(f"code:{secret}".encode()).digest()
    digest = hmac.new(key, f"{form}:{mailbox}:{slot}".encode(), hashlib.sha256).digest()
    return str(int.from_bytes(digest[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def _is_small(challenge: str, number: int, part: str) -> bool:
    digest = hashlib.sha256(f"{challenge}:{number}:{part}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - BITS) == 0
