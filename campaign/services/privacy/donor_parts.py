"""The columns of each table that are in a donor's own data."""

from dataclasses import dataclass

from campaign.domain.privacy import DataKind
from campaign.extensions import Model
from campaign.models.application import ApplicationFile, ApplicationLink, ApplicationReview, GrantApplication
from campaign.models.donation import Dispute, Donation, DonationEvent, Refund
from campaign.models.donor import (
    DistinctDonors,
    Donor,
    DonorConsent,
    DonorMerge,
    DonorNote,
    DonorSegment,
    DonorTag,
    SoftCredit,
)
from campaign.models.donor_session import DonorSession
from campaign.models.event_sign_up import EventSignUp
from campaign.models.inbox import ProviderEvent
from campaign.models.moderation import ModerationBlock
from campaign.models.news import Subscriber
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge, PledgeEvent, PledgeRequest
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.models.segment_mailing import SegmentDelivery
from campaign.models.succession import PledgeSuccession

SOURCE = ("utm_source", "utm_medium", "utm_campaign", "referrer_host")
NAMES = ("public_name", "payer_name", "receipt_name")
AMOUNT = ("currency", "gift_minor", "cover_minor")


@dataclass(frozen=True, slots=True)
class Part:
    """The columns of a table that are in a donor's data."""

    kind: DataKind
    name: str
    table: type[Model]
    columns: tuple[str, ...]


PARTS = (
    Part(DataKind.GIFTS, "donor", Donor, ("public_id", "email", "language", "created_at")),
    Part(
        DataKind.GIFTS,
        "gifts",
        Donation,
        (
            *("public_id", "state", "created_at", "paid_at", "paid_on", "frequency", *AMOUNT, "refunded_minor"),
            *("charged_back_minor", "language", "is_anonymous", *NAMES, "message", "wall", "method", "method_brand"),
            *("method_last4", "checkout_params", "checkout_url", "checkout_id", "payment_id", "charge_id", *SOURCE),
        ),
    ),
    Part(DataKind.GIFTS, "gift_history", DonationEvent, ("at", "kind", "detail")),
    Part(DataKind.GIFTS, "refunds", Refund, ("currency", "amount_minor", "state", "reason", "requested_at")),
    Part(DataKind.GIFTS, "disputes", Dispute, ("currency", "amount_minor", "state", "reason", "opened_at")),
    Part(
        DataKind.PLEDGES,
        "monthly_gifts",
        Pledge,
        (
            *("public_id", "state", *AMOUNT, "language", "is_anonymous", *NAMES, "card_brand", "card_last4"),
            *("card_expires_on", "started_at", "next_at", "ended_at", "customer_id", "subscription_id", "due_url"),
            *SOURCE,
        ),
    ),
    Part(DataKind.PLEDGES, "monthly_gift_history", PledgeEvent, ("at", "kind", "detail")),
    Part(DataKind.PLEDGES, "monthly_gift_requests", PledgeRequest, ("requested_at", "act", "detail", "state")),
    Part(
        DataKind.PLEDGES,
        "monthly_gift_answers",
        PledgeSuccession,
        ("requested_at", "answer", "answered_at", "moved_at"),
    ),
    Part(DataKind.RECEIPTS, "receipts", Receipt, ("number", "state", "issued_at", "ended_at", "document")),
    Part(DataKind.RECEIPTS, "receipt_files", ReceiptFile, ("sha256", "made_at", "substituted")),
    Part(
        DataKind.EMAILS,
        "emails",
        Message,
        ("kind", "language", "recipient", "facts", "state", "created_at", "sent_at", "error"),
    ),
    Part(DataKind.EMAILS, "emails_to_segments", SegmentDelivery, ("left_out", "handed_over_at")),
    Part(
        DataKind.CONSENTS,
        "consents",
        DonorConsent,
        ("purpose", "text_version", "language", "source", "evidence", "given_at", "withdrawn_at"),
    ),
    Part(DataKind.NOTES, "notes", DonorNote, ("text", "written_at")),
    Part(DataKind.NOTES, "tags", DonorTag, ("name", "added_at")),
    Part(DataKind.NOTES, "parts_in_gifts", SoftCredit, ("kind", "added_at")),
    Part(DataKind.NOTES, "merges", DonorMerge, ("merged_at", "undone_at")),
    Part(DataKind.NOTES, "not_the_same_as_others", DistinctDonors, ("decided_at",)),
    Part(DataKind.NOTES, "saved_searches", DonorSegment, ("name", "filters", "saved_at")),
    Part(DataKind.NOTES, "blocks", ModerationBlock, ("typed", "created_at")),
    Part(
        DataKind.READERS,
        "news_subscriptions",
        Subscriber,
        ("email", "language", "state", "source", "consent_version", "requested_at", "confirmed_at", "left_at"),
    ),
    Part(
        DataKind.SESSIONS,
        "sessions",
        DonorSession,
        ("browser", "system", "is_remembered", "signed_in_at", "last_used_at", "expires_at", "ended_at"),
    ),
    Part(
        DataKind.EVENTS,
        "event_sign_ups",
        EventSignUp,
        (
            "name",
            "email",
            "phone",
            "language",
            "places",
            "access_needs",
            "state",
            "signed_up_at",
            "cancelled_at",
            "came",
        ),
    ),
    Part(
        DataKind.APPLICATIONS,
        "grant_applications",
        GrantApplication,
        (
            *("name", "email", "place", "language", "answers", "state", "shows_name", "shows_place", "started_at"),
            *("submitted_at", "closed_at", "award_minor", "award_currency", "reason", "letter", "letter_at"),
        ),
    ),
    Part(DataKind.APPLICATIONS, "application_files", ApplicationFile, ("name", "media_type", "length", "recorded_at")),
    Part(DataKind.APPLICATIONS, "application_reviews", ApplicationReview, ("state", "scores", "comment", "given_at")),
    Part(DataKind.APPLICATIONS, "application_links", ApplicationLink, ("made_at",)),
    Part(DataKind.PROVIDER_EVENTS, "provider_events", ProviderEvent, ("type", "created_at", "raw")),
)
"""What is in a donor's data. Search texts and folded addresses repeat names and addresses, so they are not in it."""
