"""A gift's way from the form to the money, as a table: what may follow what, and what is refused by name.

Payment is monotonic: an older fact never undoes a newer one, and money beats expiry. Refunds are a set of their own,
keyed by the provider's ids, with totals recomputed; they are not states.
"""

from enum import StrEnum

from campaign.domain.errors import DomainError


class DonationAlreadyPaid(DomainError):
    """The gift is paid: there is nothing more to pay, and nothing that unpays it."""


class DonationClosed(DomainError):
    """The gift's payment page has expired or failed; a new gift is started instead."""


class NotRefundable(DomainError):
    """The gift is not paid, or all of it has gone back already."""


class RefundTooLarge(DomainError):
    """More was to be sent back than is left of the gift."""


class DonationState(StrEnum):
    """How far a gift has come."""

    CREATED = "created"  # our row stands; the provider may or may not know of it
    OPEN = "open"  # the payment page exists and waits for the donor
    PROCESSING = "processing"  # the donor has done their part; the money is on its way (delayed methods)
    PAID = "paid"
    EXPIRED = "expired"  # the payment page was not used in time
    FAILED = "failed"  # a delayed payment did not come


class DonationOrigin(StrEnum):
    """Where a gift's row comes from."""

    FORM = "form"  # a donor sent the form
    INVOICE = "invoice"  # a later month of a monthly gift
    DUPLICATE = "duplicate"  # a second payment of the same gift, on another page


class DonationFrequency(StrEnum):
    """How often the donor gives."""

    ONCE = "once"
    MONTHLY = "monthly"


class FeeBearer(StrEnum):
    """Which fund pays the provider's fee."""

    FUND = "fund"  # the fund that the donor chose
    GENERAL = "general"  # the general fund, so that the gift arrives whole


class SupporterVisibility(StrEnum):
    """Whether staff let a gift stand on the supporters list; the donor's own choice is `is_anonymous`."""

    SHOWN = "shown"
    HIDDEN = "hidden"


class RefundState(StrEnum):
    """How far a refund has come."""

    REQUESTED = "requested"  # written down; the provider has not been asked, or has not answered
    PENDING = "pending"  # the provider has it; the money is on its way
    SUCCEEDED = "succeeded"  # the money has left; the donor's bank may still send it back, days later
    FAILED = "failed"  # refused by the provider, or sent back by the donor's bank: the money is ours again
    CANCELED = "canceled"  # taken back at the provider before it left


class Fact(StrEnum):
    """What the provider may tell of a payment."""

    OPENED = "opened"
    UNPAID = "unpaid"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


_S, _F = DonationState, Fact
TRANSITIONS: dict[tuple[DonationState, Fact], DonationState] = {
    (_S.CREATED, _F.OPENED): _S.OPEN,
    (_S.CREATED, _F.UNPAID): _S.PROCESSING,
    (_S.CREATED, _F.PAID): _S.PAID,
    (_S.CREATED, _F.EXPIRED): _S.EXPIRED,
    (_S.CREATED, _F.FAILED): _S.FAILED,
    (_S.OPEN, _F.UNPAID): _S.PROCESSING,
    (_S.OPEN, _F.PAID): _S.PAID,
    (_S.OPEN, _F.EXPIRED): _S.EXPIRED,
    (_S.OPEN, _F.FAILED): _S.FAILED,
    (_S.PROCESSING, _F.PAID): _S.PAID,
    (_S.PROCESSING, _F.FAILED): _S.FAILED,
    (_S.EXPIRED, _F.PAID): _S.PAID,
    (_S.EXPIRED, _F.UNPAID): _S.PROCESSING,
    (_S.FAILED, _F.PAID): _S.PAID,
}


def next_state(state: DonationState, fact: Fact) -> DonationState:
    """Where a fact leads; the same state where it says nothing new or comes too late to matter."""
    return TRANSITIONS.get((state, fact), state)


def name_on_receipt(receipt_name: str | None, payer_name: str | None) -> str | None:
    """Whom a gift's receipt names: the one that was named for it, else the payer; None where it names nobody."""
    return (payer_name if receipt_name is None else receipt_name) or None
