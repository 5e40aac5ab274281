"""One line of a history: of a gift, of a monthly gift, of an allocation."""

from dataclasses import dataclass
from datetime import datetime

from campaign.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """Something that happened, without personal data.

    Attributes:
        at: When it happened.
        kind: What happened, such as `donation:paid`; the pages have the words for it.
        note: A figure, a number, a reason or an error.
        who: The name of the member of staff who did it, if one did.
        amount: The amount that it is about.
        failure: Why an email has not left: see `MailFailure`.
        hold_reason: Why an email is on hold: see `MailHoldReason`.
    """

    at: datetime
    kind: str
    note: str = ""
    who: str | None = None
    amount: Money | None = None
    failure: str | None = None
    hold_reason: str | None = None
