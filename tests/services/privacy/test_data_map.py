"""The data map is whole: a new column with text stands in it, or is known to say nothing about anybody."""

import importlib
import pkgutil

from sqlalchemy import JSON, LargeBinary, String

import campaign.models
from campaign.domain.privacy import DataKind, LegalBasis, Recipient
from campaign.domain.retention import RetentionName
from campaign.extensions import Model
from campaign.services.privacy.data_entry import BASES, PERIODS, RECIPIENTS
from campaign.services.privacy.data_map import DATA_MAP

WITHOUT_PEOPLE = {
    *("alarm", "allocation", "budget_line", "campaign", "campaign_currency", "campaign_goals", "campaign_revision"),
    *("campaign_update", "dispute", "document", "document_version", "drill", "event", "form_views"),
    *("fraud_warning", "fund", "fund_reach", "grant", "journal_entry", "lease", "milestone", "milestone_note"),
    *("observation", "organisation", "payout", "picture_consent", "picture_place", "pledge_event"),
    *("posting", "receipt_counter", "reconciliation", "role", "section", "shield_period", "staff_grant"),
    *(
        "campaign_succession",
        "pledge_succession",
        "segment_delivery",
        "weekly_report",
        "call_question",
        "text_consent",
        "grant_call",
        "suggested_amount",
        "update_delivery",
        "update_mailing",
    ),
}
"""Tables of figures, published texts, ids and decisions: they name people by keys alone."""
ABOUT_NOBODY = {
    "application_file": {"public_id", "media_type"},
    "application_link": set(),
    "application_review": {"state"},
    "attempt_count": {"kind"},
    "audit_event": {"action", "subject"},
    "consent": {"public_id", "form", "withdrawal_places"},
    "consent_file": {"public_id", "kind", "digest", "version"},
    "disbursement": {"public_id", "currency"},
    "donation": {
        *("public_id", "form_id", "origin", "shown_form_id", "superseded_form_id", "frequency", "wall", "state"),
        *(
            "checkout_id",
            "payment_id",
            "charge_id",
            "method",
            "settlement_id",
            "settled_currency",
            "rate",
            "invoice_id",
        ),
        *("currency", "fee_bearer", "fraud_hold"),
    },
    "customer_deletion": {"state", "error"},
    "donation_event": {"kind"},
    "donor": {"public_id"},
    "donor_merge": {"public_id", "moved"},
    "donor_note": {"public_id"},
    "donor_segment": {"public_id"},
    "donor_tag": set(),
    "donor_consent": {"public_id", "purpose", "text_version", "source"},
    "erasure": {"public_id", "counts"},
    "event_sign_up": {"public_id", "consent_version", "state"},
    "gift_start": {"form_id", "campaign"},
    "grant_application": {"public_id", "state", "consent_version", "award_currency"},
    "message": {"public_id", "kind", "state", "failure", "hold_reason"},
    "moderation_block": {"public_id", "kind"},
    "organisation_logo": {"kind", "media_type", "digest", "sha256"},
    "picture": {"public_id", "version"},
    "picture_file": {"format"},
    "pledge": {
        *("public_id", "state", "status", "subscription_id", "item_id", "due_invoice_id", "due_reason", "end_reason"),
        *("currency", "fee_bearer"),
    },
    "pledge_request": {"public_id", "act", "state", "requested_by", "error"},
    "provider_event": {"event_id", "type", "object_id", "api_version", "state", "reason"},
    "provider_transaction": {
        *("provider_id", "type", "category", "source_id", "payment_id", "currency", "matched_by"),
    },
    "receipt": {
        *("series", "number", "currency", "verify_code", "document_sha256", "state", "end_reason"),
    },
    "receipt_erasure": {"document_sha256"},
    "receipt_file": {"sha256"},
    "receipt_picture": {"sha256", "media_type"},
    "refund": {"public_id", "currency", "state", "provider_id", "settlement_id", "failure_settlement_id", "error"},
    "soft_credit": {"public_id", "kind"},
    "segment_mailing": {"public_id", "purpose", "state"},
    "donor_session": {"public_id", "sign_in_id"},
    "staff": set(),
    "staff_device": set(),
    "staff_link": {"purpose"},
    "staff_passkey": {"device_type", "usage"},
    "staff_session": {"public_id"},
    "subscriber": {"public_id", "state", "source", "consent_version"},
}
"""Columns of the other tables that say nothing about anybody: kinds, states, numbers and the provider's names."""


def columns_with_text() -> set[str]:
    for module in pkgutil.iter_modules(campaign.models.__path__, "campaign.models."):
        importlib.import_module(module.name)
    return {
        f"{table.name}.{column.name}"
        for table in Model.metadata.tables.values()
        if table.name not in WITHOUT_PEOPLE
        for column in table.c
        if isinstance(column.type, String | JSON | LargeBinary)
    }


def test_every_column_with_text_is_in_the_map_or_about_nobody() -> None:
    mapped = {column for entry in DATA_MAP for column in entry.columns}
    about_nobody = {f"{table}.{name}" for table, names in ABOUT_NOBODY.items() for name in names}
    assert columns_with_text() - mapped - about_nobody == set(), "add it to the data map, or to ABOUT_NOBODY"
    assert (mapped | about_nobody) - columns_with_text() == set()
    assert mapped & about_nobody == set()
    tables = {table.name for table in Model.metadata.tables.values()}
    assert set(WITHOUT_PEOPLE) - tables == set()


def test_every_kind_basis_recipient_and_period_is_said_in_words() -> None:
    assert [entry.kind for entry in DATA_MAP] == list(DataKind)
    assert (set(BASES), set(RECIPIENTS), set(PERIODS)) == (set(LegalBasis), set(Recipient), set(RetentionName))
    about_nobody = {RetentionName.CAMPAIGN_ATTEMPTS, RetentionName.FORM_VIEWS}
    shown = {period for entry in DATA_MAP for period in entry.periods if isinstance(period, RetentionName)}
    assert shown == set(RetentionName) - about_nobody
