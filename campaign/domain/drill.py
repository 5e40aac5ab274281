"""How a fire drill ended."""

from enum import StrEnum


class DrillOutcome(StrEnum):
    """What is on record about a fire drill."""

    PASSED = "held"
    FAILED = "failed"
    WAIVED = "waived"  # a person allowed going live without one, with a reason
