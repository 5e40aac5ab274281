"""What a dispute is, as a table of what its money says and what the provider calls it; and what it forbids, by name.

The balance transactions are the truth: a word alone moves nothing, and a word that is not known here changes nothing.
"""

from enum import StrEnum

from campaign.domain.errors import DomainError


class DisputeOpen(DomainError):
    """The donor's bank holds the money: a refund now would pay twice."""


class DisputeLost(DomainError):
    """The donor has the money back from her bank, or a part of it: the provider refunds no more of this payment."""


class DisputeState(StrEnum):
    """How far a dispute has come."""

    INQUIRY = "inquiry"  # the bank only asks; no money has moved, and a refund ends it
    OPEN = "open"  # the money is held, or about to be
    WON = "won"  # the money came back
    LOST = "lost"  # the donor keeps the money
    CLOSED = "closed"  # it ended and no money ever moved


UNDECIDED = (DisputeState.INQUIRY, DisputeState.OPEN)
"""In these, somebody should answer."""


class MoneyPosition(StrEnum):
    """Where the disputed money is, by the balance transactions."""

    NEVER = "never"  # none has moved
    NOW = "now"  # it was withdrawn and is not back
    BEFORE = "before"  # every withdrawal came back


class DisputeWord(StrEnum):
    """What the provider's status means here."""

    INQUIRY = "inquiry"
    LOST = "lost"
    OVER = "over"
    OTHER = "other"  # it goes on, or the word is not known here


WORDS = {
    "warning_needs_response": DisputeWord.INQUIRY,
    "warning_under_review": DisputeWord.INQUIRY,
    "lost": DisputeWord.LOST,
    "appeal_needs_response": DisputeWord.LOST,  # only what is lost can be appealed, and it stays lost until that is won
    "appeal_under_review": DisputeWord.LOST,
    "won": DisputeWord.OVER,
    "warning_closed": DisputeWord.OVER,
    "prevented": DisputeWord.OVER,
}
"""The provider's words that mean something here; every other one is OTHER."""
_S, _H, _W = DisputeState, MoneyPosition, DisputeWord
DISPUTE_STATES: dict[tuple[MoneyPosition, DisputeWord], DisputeState] = {
    (_H.NEVER, _W.INQUIRY): _S.INQUIRY,
    (_H.NEVER, _W.OTHER): _S.OPEN,
    (_H.NEVER, _W.LOST): _S.OPEN,
    (_H.NEVER, _W.OVER): _S.CLOSED,
    (_H.NOW, _W.INQUIRY): _S.OPEN,
    (_H.NOW, _W.OTHER): _S.OPEN,
    (_H.NOW, _W.LOST): _S.LOST,
    (_H.NOW, _W.OVER): _S.OPEN,
    (_H.BEFORE, _W.INQUIRY): _S.WON,
    (_H.BEFORE, _W.OTHER): _S.WON,
    (_H.BEFORE, _W.LOST): _S.WON,
    (_H.BEFORE, _W.OVER): _S.WON,
}


def money_position(*, withdrawals: int, returns: int) -> MoneyPosition:
    """Where the money is after so many withdrawals and so many returns."""
    if not withdrawals:
        return MoneyPosition.NEVER
    return MoneyPosition.NOW if withdrawals > returns else MoneyPosition.BEFORE


def dispute_state(status: str, where: MoneyPosition) -> DisputeState:
    """What a dispute is, given the provider's word and where the money is."""
    return DISPUTE_STATES[where, WORDS.get(status, DisputeWord.OTHER)]
