"""The results of `flask doctor`: a verdict and a sentence for the operator."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The severity of a result."""

    OK = "ok"
    MISSING = "missing"  # something does not work without it, and says so where it is missed
    UNSAFE = "unsafe"  # this installation must not go live


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check. `sentence` is for the operator."""

    verdict: Verdict
    sentence: str
