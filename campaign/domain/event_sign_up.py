"""Sign-up for events: who gets a place, who waits for one, and when nobody can sign up. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.domain.campaign_state import CampaignState
from campaign.domain.errors import Conflict, DomainError
from campaign.domain.fund import EventStatus

MAIL_KIND = "event_sign_up"
"""The folder of mail templates of everything that is sent to people who signed up."""
MAX_PLACES = 5
"""How many places one mailbox may have at an event by the public form, with all its variants after a plus."""
CONFIRM_WITHIN = timedelta(hours=48)
"""A sign-up is confirmed by the link in its email within this time, and before sign-up ends; else it is deleted."""
MAX_UNCONFIRMED = 1000
"""Sign-ups of an event that nobody has confirmed yet; for one more the oldest is deleted."""
MAX_UNCONFIRMED_OF_A_MAILBOX = 3
MAX_PLACES_BY_STAFF = 100
MAX_NEEDS = 500
MAX_WAITING = 1000
"""Places that a waiting list can have; a longer one helps nobody."""
CHANGE_DELAY = timedelta(minutes=5)
"""How long a change of time or place may be corrected before people are told of it."""


class SignUpState(StrEnum):
    """What became of a sign-up."""

    UNCONFIRMED = "unconfirmed"  # nobody has pressed the link in the email yet: no place, not on the list
    CONFIRMED = "confirmed"  # has a place
    WAITING = "waiting"  # is on the waiting list
    CANCELLED = "cancelled"


class SignUpOffer(StrEnum):
    """What somebody can do who opens the sign-up page of an event."""

    PLACES = "places"
    WAITING_LIST = "waiting_list"
    FULL = "full"
    NOT_OFFERED = "not_offered"
    DEADLINE_PASSED = "deadline_passed"
    OVER = "over"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


class SignUpNotice(StrEnum):
    """What an email to somebody who signed up says."""

    CONFIRM = "confirm"  # they are to press the link
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    PLACE_FREE = "place_free"  # a place became free, and it is theirs
    ALREADY = "already"  # they signed up once more
    CANCELLED = "cancelled"  # their sign-up ended
    MOVED = "moved"
    EVENT_CANCELLED = "event_cancelled"
    REMINDER = "reminder"


OPEN_OFFERS = frozenset({SignUpOffer.PLACES, SignUpOffer.WAITING_LIST})
ACTIVE = frozenset({SignUpState.CONFIRMED, SignUpState.WAITING})
UPCOMING = frozenset({EventStatus.PLANNED, EventStatus.OPEN})
"""States of an event for which people can sign up."""


class SignUpClosed(Conflict):
    """Nobody can sign up for the event now.

    Attributes:
        offer: Why.
    """

    def __init__(self, offer: SignUpOffer) -> None:
        super().__init__(offer)
        self.offer = offer


class NotEnoughPlaces(DomainError):
    """Fewer places are free than are wanted, and there is no waiting list.

    Attributes:
        free: How many are free.
    """

    def __init__(self, free: int) -> None:
        super().__init__(str(free))
        self.free = free


class SignUpStillActive(Conflict):
    """The person has a place, or waits for one: the sign-up is cancelled first."""


class GroupTooLarge(DomainError):
    """More places are wanted than the event has.

    Attributes:
        capacity: How many it has.
    """

    def __init__(self, capacity: int) -> None:
        super().__init__(str(capacity))
        self.capacity = capacity


class TooManySignUps(DomainError):
    """Very many sign-ups come from one network; trying later is safe."""


class ProofMissing(DomainError):
    """The form came without the work of a browser, and too many such forms came before it."""


class SignUpLinkBroken(DomainError):
    """A link to a sign-up is none of ours."""


class SignUpLinkExpired(DomainError):
    """The event of a link to a sign-up has begun."""


class SignUpDeleted(DomainError):
    """The sign-up of a link is deleted: it was not confirmed in time, or its data are not stored any more."""


class AlreadySignedUp(Conflict):
    """The mailbox has signed up for this event already."""


class SignUpNeedsTimes(DomainError):
    """People can sign up only for an event with a beginning and an end."""


class DeadlineTooLate(DomainError):
    """The last moment of sign-up is after the event begins."""


class SignUpEnded(Conflict):
    """The sign-up has another state by now, so the act does not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody who signs up, and how many come; texts are empty where nothing was entered."""

    name: str
    email: str
    phone: str
    language: str
    places: int
    access_needs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpRules:
    """What an event says about sign-up, and how many places are taken.

    Attributes:
        until: The last moment; None where sign-up is open until the event begins.
        capacity: None where places are not limited.
        taken: Places of confirmed sign-ups.
        waiting: Places of sign-ups on the waiting list.
        smallest_waiting: The fewest places that one of these wants; None where nobody waits.
    """

    status: str
    is_offered: bool
    begins_at: datetime | None
    until: datetime | None
    capacity: int | None
    has_waiting_list: bool
    taken: int = 0
    waiting: int = 0
    smallest_waiting: int | None = None

    @property
    def deadline(self) -> datetime | None:
        """The moment from which nobody can sign up."""
        moments = [moment for moment in (self.begins_at, self.until) if moment is not None]
        return min(moments, default=None)

    @property
    def free(self) -> int | None:
        """How many places are free; None where they are not limited."""
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def over_capacity(self) -> int:
        """How many people have a place without there being one: the capacity was lowered."""
        return 0 if self.capacity is None else max(self.taken - self.capacity, 0)

    def confirm_until(self, requested_at: datetime) -> datetime:
        """Return the moment from which a sign-up cannot be confirmed any more."""
        within = requested_at + CONFIRM_WITHIN
        return min(within, self.deadline) if self.deadline else within

    def has_begun(self, at: datetime) -> bool:
        """Return whether the event has begun, or took place."""
        is_past = self.status in {EventStatus.COMPLETED.value, EventStatus.REPORTED.value}
        return is_past or (self.begins_at is not None and at >= self.begins_at)

    def offer(self, *, at: datetime, campaign_state: CampaignState) -> SignUpOffer:
        """Return what the sign-up page offers at a moment."""
        checks = (
            (self.status == EventStatus.CANCELLED, SignUpOffer.CANCELLED),
            (self.has_begun(at), SignUpOffer.OVER),
            (campaign_state is CampaignState.ARCHIVED, SignUpOffer.ARCHIVED),
            (not self.is_offered or self.begins_at is None, SignUpOffer.NOT_OFFERED),
            (self.deadline is not None and at >= self.deadline, SignUpOffer.DEADLINE_PASSED),
            (self.state_for(1) is SignUpState.CONFIRMED, SignUpOffer.PLACES),
            (self.has_waiting_list and self.waiting < MAX_WAITING, SignUpOffer.WAITING_LIST),
        )
        return next((offer for applies, offer in checks if applies), SignUpOffer.FULL)

    def state_for(self, places: int) -> SignUpState:
        """Return the state that a confirmed sign-up for so many places gets.

        Nobody overtakes people who wait for places that are free; a group for which they are too few holds nobody back.

        Raises:
            GroupTooLarge: The event does not have so many places.
        """
        if self.capacity is not None and places > self.capacity and self.capacity:
            raise GroupTooLarge(self.capacity)
        is_awaited = self.free is not None and self.smallest_waiting is not None and self.smallest_waiting <= self.free
        if self.free is None or (places <= self.free and not is_awaited):
            return SignUpState.CONFIRMED
        return SignUpState.WAITING


def promoted(waiting: Sequence[int], free: int | None) -> list[int]:
    """Return the positions of those in the waiting list who get a place, in their order.

    Each free place goes to the first for whom the free places are enough. A larger group stays where it is, and is the
    first again when enough places are free together.

    Args:
        waiting: The places that each of them wants, in their order.
        free: Free places; None where they are not limited.
    """
    if free is None:
        return list(range(len(waiting)))
    lucky = []
    for number, places in enumerate(waiting):
        if places <= free:
            lucky.append(number)
            free -= places
    return lucky
