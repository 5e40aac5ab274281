"""The states of a payout, and what explains a movement of our balance at the provider."""

from enum import StrEnum


class PayoutState(StrEnum):
    """How far a payout to our bank has come; it only goes forward, and may fail after it arrived."""

    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    FAILED = "failed"
    CANCELED = "canceled"


class MovementMatch(StrEnum):
    """What explains a movement of the balance."""

    BOOKS = "books"  # an entry of a gift, a refund or a dispute
    PAYOUT = "payout"
    UNDONE = "undone"  # a movement that another one reverses
    FEE = "fee"  # booked as a fee of its own
    UNIDENTIFIED = "unidentified"  # booked on the suspense account
