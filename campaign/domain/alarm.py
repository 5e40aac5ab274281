"""How urgent an alarm is."""

from enum import StrEnum


class Severity(StrEnum):
    """Urgent: gifts or receipts suffer now. Warning: somebody should look today."""

    URGENT = "urgent"
    WARNING = "warning"
