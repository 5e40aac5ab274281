"""How long personal data is stored. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class RetentionName(StrEnum):
    """One kind of personal data with a period of its own."""

    UNPAID_GIFTS = "unpaid_gifts"
    EMAILS = "emails"
    PROVIDER_EVENTS = "provider_events"
    READERS_UNCONFIRMED = "readers_unconfirmed"
    READERS_LEFT = "readers_left"
    CODE_EMAILS = "code_emails"
    EVENT_LINKS = "event_links"
    EVENT_UNCONFIRMED = "event_unconfirmed"
    EVENT_EMAILS = "event_emails"
    EVENT_NEEDS = "event_needs"
    EVENT_PEOPLE = "event_people"
    ATTEMPTS = "attempts"
    CAMPAIGN_ATTEMPTS = "campaign_attempts"
    GIFT_STARTS = "gift_starts"
    STAFF_SESSIONS = "staff_sessions"
    STAFF_DEVICES = "staff_devices"
    STAFF_LINKS = "staff_links"
    DONOR_SESSIONS = "donor_sessions"
    FORM_VIEWS = "form_views"
    APPLICATIONS = "applications"
    APPLICATION_EMAILS = "application_emails"
    RECEIPTS = "receipts"
    DONORS = "donors"
    CONSENT_FILES = "consent_files"


DAYS: Mapping[RetentionName, int] = {
    RetentionName.UNPAID_GIFTS: 90,
    RetentionName.EMAILS: 730,
    RetentionName.PROVIDER_EVENTS: 90,
    RetentionName.READERS_UNCONFIRMED: 30,
    RetentionName.READERS_LEFT: 30,
    RetentionName.CODE_EMAILS: 2,
    RetentionName.EVENT_LINKS: 2,
    RetentionName.EVENT_UNCONFIRMED: 2,
    RetentionName.EVENT_EMAILS: 90,
    RetentionName.EVENT_NEEDS: 7,
    RetentionName.EVENT_PEOPLE: 90,
    RetentionName.ATTEMPTS: 2,
    RetentionName.CAMPAIGN_ATTEMPTS: 28,
    RetentionName.GIFT_STARTS: 8,
    RetentionName.STAFF_SESSIONS: 1,
    RetentionName.STAFF_DEVICES: 400,
    RetentionName.STAFF_LINKS: 30,
    RetentionName.DONOR_SESSIONS: 1,
    RetentionName.FORM_VIEWS: 1096,
    RetentionName.APPLICATIONS: 180,
    RetentionName.APPLICATION_EMAILS: 365,
    RetentionName.RECEIPTS: 3653,
    RetentionName.DONORS: 3653,
    RetentionName.CONSENT_FILES: 1096,
}
"""The period of each kind in days, where no setting says otherwise."""
SETTINGS: Mapping[str, RetentionName] = {
    "RETENTION_UNPAID_DAYS": RetentionName.UNPAID_GIFTS,
    "RETENTION_EMAIL_DAYS": RetentionName.EMAILS,
    "RETENTION_RECEIPT_DAYS": RetentionName.RECEIPTS,
    "RETENTION_DONOR_DAYS": RetentionName.DONORS,
}
"""Settings of periods that differ between organisations."""
MIN_DAYS, MAX_DAYS = 14, 36_525
"""A payment may come two weeks late; a century is as good as for ever."""
