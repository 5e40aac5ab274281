"""What we ask of the provider about monthly gifts, in our own words; `stripe_pledges` asks Stripe."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from campaign.domain.money import Money
from campaign.domain.pledge import CardRefusal, PledgeWord


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOnFile:
    """The card that the next gift is charged to, as far as the donor needs to know it again."""

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
    """All that the provider knows of one monthly gift now."""

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
    asked_to_stop_at: datetime | None
    ended_at: datetime | None
    is_given_up: bool  # it ended because it could not be charged
    due: GiftDue | None
    is_being_charged: bool = False  # a month's invoice is there, and its payment is not decided yet
    moving_for: str | None = None  # the request that moves the gift to another subscription
    moved_by: str | None = None  # the request for which it took the place of another subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeTerms:
    """What each month is to be charged, and what the provider's papers call its parts."""

    gift: Money
    cover: Money  # nothing where the donor does not add the fee
    gift_name: str
    gift_description: str  # the purpose
    cover_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeMove:
    """How a subscription of another customer takes the place of a held one, from the next charge on."""

    request_id: str  # the same one never makes a second subscription
    customer_id: str
    card_id: str
    terms: PledgeTerms
    stops_at: datetime | None
    is_paused: bool
    paused_until: datetime | None


class PledgeMoves(Protocol):
    """A monthly gift goes over to another customer's card. As with PledgeGateway, each call may be made again."""

    def charge_card(self, subscription_id: str, card_id: str, *, key: str) -> None:
        """Charge this card of its own customer from now on."""

    def hold(self, subscription_id: str, *, request_id: str, key: str) -> None:
        """Let it end in place of its next charge, and mark it as held for this request."""

    def release(self, subscription_id: str, *, key: str) -> None:
        """Take `hold` back."""

    def begin(self, old: PledgeFacts, move: PledgeMove) -> str:
        """The subscription that takes the place of `old`, made unless it is there. It charges nothing now."""

    def undo(self, move: PledgeMove) -> None:
        """End the subscription that `begin` made, if it did."""


class PledgeGateway(Protocol):
    """Monthly gifts at the provider. Each call may raise PaymentsUnavailable; none is made inside a transaction.

    Asking for what is so already changes nothing, so everything may be asked again. MissingAtProvider when there is no such
    subscription; PaymentRefused when the provider says no for good.
    """

    @property
    def card_page_origin(self) -> str | None:
        """The origin of `card_page`, for the page's Content-Security-Policy; None where it is our own."""

    @property
    def moves(self) -> PledgeMoves:
        """Going over to the card of another customer."""

    def pledge(self, subscription_id: str) -> PledgeFacts:
        """What is known of a monthly gift now."""

    def paid_invoices(self, subscription_id: str) -> tuple[str, ...]:
        """The invoices of it that brought money, the latest twelve."""

    def change(self, pledge: PledgeFacts, terms: PledgeTerms, *, key: str) -> None:
        """Charge other amounts from the next gift on."""

    def pause(self, subscription_id: str, *, until: datetime | None, key: str) -> None:
        """Charge nothing, until a moment or until `resume`."""

    def resume(self, subscription_id: str, *, key: str) -> None:
        """Charge again."""

    def stop_later(self, subscription_id: str, *, is_wanted: bool, key: str) -> None:
        """End it when the paid month is over, or (not wanted any more) do not."""

    def stop_at(self, subscription_id: str, *, at: datetime, key: str) -> None:
        """End it at the moment of a later charge, in place of that charge: the months until then are charged whole."""

    def stop(self, subscription_id: str, *, key: str) -> None:
        """End it at once, with whatever is still due of it."""

    def take_new_card(self, subscription_id: str, *, key: str) -> bool:
        """Charge the card that the donor put in last, beginning with what is due; False when there is no other card yet.

        PaymentRefused when it is declined.
        """

    def card_page(self, customer_id: str, *, return_url: str, language: str) -> str:
        """The address of a page at the provider where the donor puts in another card."""
