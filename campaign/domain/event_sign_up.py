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
"""How many places one person may take on the public form."""
MAX_PLACES_BY_STAFF = 100
MAX_NEEDS = 500
MAX_WAITING = 1000
"""Places that a waiting list can have; a longer one helps nobody."""
CHANGE_DELAY = timedelta(minutes=5)
"""How long a change of time or place may be corrected before people are told of it."""


class SignUpState(StrEnum):
    """What became of a sign-up."""

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
    """A link to a sign-up is none of ours, or its sign-up is deleted."""


class SignUpLinkExpired(DomainError):
    """The event of a link to a sign-up has begun."""


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
    """

    status: str
    is_offered: bool
    begins_at: datetime | None
    until: datetime | None
    capacity: int | None
    has_waiting_list: bool
    taken: int = 0
    waiting: int = 0

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
        """Return the state of a new sign-up for so many places: nobody overtakes those who wait.

        Raises:
            GroupTooLarge: The event does not have so many places.
        """
        if self.capacity is not None and places > self.capacity and self.capacity:
            raise GroupTooLarge(self.capacity)
        if self.free is None or (places <= self.free and not self.waiting):
            return SignUpState.CONFIRMED
        return SignUpState.WAITING


def promoted(waiting: Sequence[int], free: int | None, *, capacity: int | None = None) -> list[int]:
    """Return the positions of those in the waiting list who get a place, in their order.

    Nobody overtakes a group that waits for more places to become free; a group for which the event has not enough
    places at all, because their number was lowered, holds nobody up.

    Args:
        waiting: The places that each of them wants, in their order.
        free: Free places; None where they are not limited.
        capacity: All places of the event.
    """
    if free is None:
        return list(range(len(waiting)))
    lucky = []
    for number, places in enumerate(waiting):
        if capacity is not None and places > capacity:
            continue
        if places > free:
            break
        lucky.append(number)
        free -= places
    return lucky
