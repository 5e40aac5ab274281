"""What the gifts of a donor say about them: whether they are new, come back or have stopped giving."""

from enum import StrEnum


class DonorStatus(StrEnum):
    """A donor in a period that ends today."""

    NEW = "new"  # the first gift came in the period
    RETURNING = "returning"  # gave in the period, and before it
    LAPSED = "lapsed"  # gave before the period, and not in it
