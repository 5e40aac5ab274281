"""What the product needs of the provider for monthly gifts, in its own terms; `stripe_pledges` implements it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from campaign.domain.money import Money
from campaign.domain.pledge import CardRefusal, PledgeWord


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOnFile:
    """The card for the next payment, with what its donor needs to recognize it."""

    brand: str
    last4: str
    expires_on: date  # the last day on which it can be charged
    id: str = ""  # the provider's name for it


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftDue:
    """A month's gift that could not be charged yet."""

    invoice_id: str
    amount: Money
    reason: CardRefusal
    url: str | None  # where it can be paid or confirmed
    next_at: datetime | None  # when it is tried again; None: never by itself
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeFacts:
    """Everything that the provider knows of one monthly gift now."""

    subscription_id: str
    donation_public_id: str | None  # of the gift that the form made; None is somebody else's subscription
    livemode: bool
    status: str  # the provider's word
    word: PledgeWord
    amount: Money  # from the next gift on
    cover_minor: int
    item_ids: tuple[str, ...]  # the gift's, then the fee's; one alone where no fee is covered, or both are one item
    customer_id: str
    email: str | None
    name: str | None
    card: CardOnFile | None
    started_at: datetime
    anchor_at: datetime  # each charge falls on its day of the month, or on the last day of a shorter month
    period_ends_at: datetime
    paused_until: datetime | None
    stops_at: datetime | None  # it ends then; a charge that would fall on it or later does not come
    stop_requested_at: datetime | None
    ended_at: datetime | None
    is_given_up: bool  # it ended because it could not be charged
    due: GiftDue | None
    is_being_charged: bool = False  # a month's invoice is there, and its payment is not decided yet
    moving_for: str | None = None  # the request that moves the gift to another subscription
    moved_by: str | None = None  # the request for which it took the place of another subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeTerms:
    """The monthly charge, and the names of its parts on the provider's receipts."""

    gift: Money
    cover: Money  # nothing where the donor does not add the fee
    gift_name: str
    gift_description: str  # the purpose
    cover_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeMove:
    """How a new subscription of another customer replaces a reserved one, from the next charge on."""

    request_id: str  # the same one never makes a second subscription
    customer_id: str
    card_id: str
    terms: PledgeTerms
    stops_at: datetime | None
    is_paused: bool
    paused_until: datetime | None


class PledgeMoves(Protocol):
    """Moves a monthly gift to another customer's card. As with PledgeGateway, each call may be repeated."""

    def charge_card(self, subscription_id: str, card_id: str, *, key: str) -> None:
        """Charge this card of its own customer from now on."""

    def hold(self, subscription_id: str, *, request_id: str, key: str) -> None:
        """End it in place of its next charge, and mark it as reserved for this request."""

    def release(self, subscription_id: str, *, key: str) -> None:
        """Undo `hold`."""

    def begin(self, old: PledgeFacts, move: PledgeMove) -> str:
        """Return the subscription that replaces `old`, created unless it exists. It charges nothing now."""

    def undo(self, move: PledgeMove) -> None:
        """End the subscription that `begin` created, if it did."""


class PledgeGateway(Protocol):
    """Monthly gifts at the provider. Each call may raise PaymentsUnavailable; none is made inside a transaction.

    A call for what is already so changes nothing, so every call may be repeated.

    Raises:
        MissingAtProvider: there is no such subscription.
        PaymentRefused: the provider refuses for good.
    """

    @property
    def card_page_origin(self) -> str | None:
        """Return the origin of `card_page`, for the page's Content-Security-Policy; None where it is our own."""

    @property
    def moves(self) -> PledgeMoves:
        """Return the interface for moves to another customer's card."""

    def pledge(self, subscription_id: str) -> PledgeFacts:
        """Return the present facts of a monthly gift."""

    def paid_invoices(self, subscription_id: str) -> tuple[str, ...]:
        """Return the paid invoices, the latest twelve."""

    def change(self, pledge: PledgeFacts, terms: PledgeTerms, *, key: str) -> None:
        """Change the amounts from the next payment on."""

    def pause(self, subscription_id: str, *, until: datetime | None, key: str) -> None:
        """Charge nothing, until a moment or until `resume`."""

    def resume(self, subscription_id: str, *, key: str) -> None:
        """Charge again."""

    def stop_later(self, subscription_id: str, *, stops: bool, key: str) -> None:
        """End it when the paid month is over; with `stops` False, withdraw that."""

    def stop_at(self, subscription_id: str, *, at: datetime, key: str) -> None:
        """End it at the moment of a later charge, in place of that charge: the months until then are charged in full."""

    def stop(self, subscription_id: str, *, key: str) -> None:
        """End it at once, with whatever is still due."""

    def take_new_card(self, subscription_id: str, *, key: str) -> bool:
        """Charge the donor's latest card, beginning with what is due; return False when there is no other card yet.

        Raises:
            PaymentRefused: it is declined.
        """

    def delete_customer(self, customer_id: str) -> None:
        """Delete a customer with their cards for good; it ends every subscription of theirs. Payments stay."""

    def card_page(self, customer_id: str, *, return_url: str, language: str) -> str:
        """Return the address of the provider's page where the donor enters another card."""
