"""Kinds of personal data, why it is lawful to store them, and who receives them. Pure."""

from enum import StrEnum


class DataKind(StrEnum):
    """Personal data that is stored for one purpose."""

    GIFTS = "gifts"
    PLEDGES = "monthly_gifts"
    RECEIPTS = "receipts"
    EMAILS = "emails"
    CONSENTS = "consents"
    NOTES = "notes"
    READERS = "news"
    SESSIONS = "sessions"
    EVENTS = "events"
    APPLICATIONS = "grant_applications"
    PROVIDER_EVENTS = "provider_events"
    SECURITY = "security"
    PICTURES = "pictures"
    PAYEES = "payees"
    STAFF = "staff"


class LegalBasis(StrEnum):
    """Why it is lawful to store something."""

    GIFT = "gift"
    LAW = "law"
    CONSENT = "consent"
    INTEREST = "interest"
    WORK = "work"


class Recipient(StrEnum):
    """Who gets something besides the organisation."""

    PROVIDER = "provider"
    MAIL = "mail"
    PUBLIC = "public"
    AUTHORITIES = "authorities"
