"""What `flask doctor` finds: a verdict and a sentence for the operator."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is."""

    OK = "ok"
    MISSING = "missing"  # something does not work without it, and says so where it is missed
    UNSAFE = "unsafe"  # this installation must not go live


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at. `told` is a sentence for the operator."""

    verdict: Verdict
    told: str
