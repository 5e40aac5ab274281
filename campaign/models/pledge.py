"""A monthly gift, what was asked of it, and what happened to it. Each month's gift is a donation of its own."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.donation import FeeBearer
from campaign.domain.pledge import Act, PledgeEndReason, PledgeRequester, PledgeRequestState, PledgeState
from campaign.extensions import Key, Model
from campaign.models.columns import (
    Facts,
    GiftColumns,
    HistoryColumns,
    PrimaryKey,
    PublicId,
    check_values,
)


class Pledge(GiftColumns, Model):
    """One subscription at the provider: its terms as they are from the next gift on, and how it stands.

    Its payer and the name for its receipts are the first month's, and are on the receipts of all later ones.
    """

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint("gift_minor > 0 AND cover_minor >= 0", "positive_amount"),
        check_values("state", PledgeState),
        check_values("fee_bearer", FeeBearer),
        CheckConstraint("state <> 'stopped' OR ended_at IS NOT NULL", "stopped_has_a_time"),
        check_values("end_reason", PledgeEndReason),
        Index(None, "campaign_id", "state"),
        Index(None, "state", "next_at"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    doubles_id: Mapped[int | None] = mapped_column(Key, ForeignKey("pledge.id"), index=True)
    """The pledge that the same form had led to already: this one was begun by mistake, and is stopped at once."""
    livemode: Mapped[bool]

    state: Mapped[str]
    status: Mapped[str]
    """The provider's word, which may be one that is not known here."""
    version: Mapped[int] = mapped_column(default=0)
    """Counts applied answers: one that was fetched before the last one was applied is fetched again, never applied."""
    link_version: Mapped[int] = mapped_column(default=1)
    """Is signed into the links to the donor's page: counting it up makes all of them worthless."""
    subscription_id: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[str]
    item_id: Mapped[str]
    """The gift’s item of the subscription. The fee is another item, or part of this one where the gift began that way."""
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None]
    card_expires_on: Mapped[date | None] = mapped_column(Date)
    """The last day on which it can be charged."""
    next_at: Mapped[datetime | None]
    """When the next gift is to be charged; nothing when it is paused without an end or about to stop."""
    paused_until: Mapped[datetime | None]
    stops_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    """The provider ends it then, because we asked it to: the first charge that would come after the campaign's end."""
    ends_at_for: Mapped[date | None] = mapped_column(Date)
    """The campaign's last day for which `ends_at` was planned; another day, or none, is still to be planned."""
    end_announced_for: Mapped[date | None] = mapped_column(Date)
    """The campaign's last day that the donor was told of beforehand."""
    due_invoice_id: Mapped[str | None]
    """The gift that could not be charged, why (a word of ours), where it can be paid, and when it is tried again."""
    due_reason: Mapped[str | None]
    due_url: Mapped[str | None]
    due_next_at: Mapped[datetime | None]

    started_at: Mapped[datetime]
    anchor_at: Mapped[datetime | None]
    """The provider's billing cycle anchor; None until the provider has been asked about a row that is older than this column."""
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    """A `PledgeEndReason`."""
    looked_at: Mapped[datetime]
    """When the provider was last asked."""
    reminded_at: Mapped[datetime | None]
    card_warned_on: Mapped[date | None] = mapped_column(Date)
    """The card's last day that the donor was told about."""

    @property
    def anchor(self) -> datetime:
        """Each charge falls on its day of the month, or on the last day of a shorter month."""
        return self.anchor_at or self.started_at

    @property
    def ends_with_campaign(self) -> bool:
        """Whether it goes on until its campaign ends; not one that has ended or was asked to stop earlier."""
        return self.state in {PledgeState.ACTIVE, PledgeState.PAUSED, PledgeState.PAST_DUE} or self.is_paid_out

    @property
    def is_paid_out(self) -> bool:
        """Whether it only waits for the end of its campaign: no other payment comes before that."""
        return self.state == PledgeState.STOPPING and self.end_reason == PledgeEndReason.CAMPAIGN


class PledgeEvent(HistoryColumns, Model):
    """What happened to a monthly gift, in order; append-only."""

    __tablename__ = "pledge_event"
    __table_args__ = (Index(None, "pledge_id", "id"),)

    id: Mapped[PrimaryKey]
    pledge_id: Mapped[int] = mapped_column(Key, ForeignKey("pledge.id"))


class PledgeRequest(Model):
    """Something asked of a monthly gift, written down before the provider is: one at a time, in the order of asking."""

    __tablename__ = "pledge_request"
    __table_args__ = (
        check_values("act", Act),
        check_values("state", PledgeRequestState),
        check_values("requested_by", PledgeRequester),
        Index(None, "pledge_id", "state", "id"),
        Index(None, "state", "next_try_at", "id"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    """Made with the form: sent twice, it is one request. The idempotency key is made of it."""
    pledge_id: Mapped[int] = mapped_column(Key, ForeignKey("pledge.id"))
    act: Mapped[str]
    detail: Mapped[Facts]
    state: Mapped[str] = mapped_column(default=PledgeRequestState.REQUESTED)
    requested_by: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    requested_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None]
