"""What the data map says of one kind of personal data, and the words for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.privacy import DataKind, LegalBasis, Recipient
from campaign.domain.retention import RetentionName


@dataclass(frozen=True, slots=True, kw_only=True)
class DataEntry:
    """One kind of personal data.

    Attributes:
        kind: Which one.
        title, what, why: Texts for everybody.
        basis: Why it is lawful.
        periods: How long it is stored: rules of the retention job, or a text where no day is fixed.
        recipients: Who gets it besides the organisation.
        columns: Where it is, as `table.column`.
    """

    kind: DataKind
    title: LazyString
    what: LazyString
    why: LazyString
    basis: LegalBasis
    periods: tuple[RetentionName | LazyString, ...]
    recipients: tuple[Recipient, ...]
    columns: tuple[str, ...]


BASES: Mapping[LegalBasis, LazyString] = {
    LegalBasis.GIFT: _("We need it to carry out the gift that you asked for."),
    LegalBasis.LAW: _("The law on accounting requires it."),
    LegalBasis.CONSENT: _("You agreed, and can withdraw that at any time."),
    LegalBasis.INTEREST: _("We have a legitimate interest: safe payments and honest records."),
    LegalBasis.WORK: _("We need it for the work that people do for the organisation."),
}
RECIPIENTS: Mapping[Recipient, LazyString] = {
    Recipient.PROVIDER: _("the payment provider, Stripe"),
    Recipient.MAIL: _("the operator of our mail server"),
    Recipient.PUBLIC: _("everybody, where you chose so"),
    Recipient.AUTHORITIES: _("auditors and authorities, where the law requires it"),
}
PERIODS: Mapping[RetentionName, LazyString] = {
    RetentionName.UNPAID_GIFTS: _("of a gift that was not paid: %(days)s after its payment page closed"),
    RetentionName.EMAILS: _("%(days)s after the email was written"),
    RetentionName.PROVIDER_EVENTS: _("%(days)s after the message arrived"),
    RetentionName.READERS_UNCONFIRMED: _("of an address that was never confirmed: %(days)s"),
    RetentionName.READERS_LEFT: _("after you unsubscribe: %(days)s"),
    RetentionName.CODE_EMAILS: _("of emails with a code or a link to confirm: %(days)s"),
    RetentionName.ATTEMPTS: _("of counts by network address, email or form: %(days)s"),
    RetentionName.CAMPAIGN_ATTEMPTS: _("of counts by campaign, which are about nobody: %(days)s"),
    RetentionName.GIFT_STARTS: _("of the place from which a payment was started: %(days)s"),
    RetentionName.STAFF_SESSIONS: _("of a session that has ended: %(days)s"),
    RetentionName.DONOR_SESSIONS: _("of a session on your own pages that has ended: %(days)s"),
    RetentionName.STAFF_DEVICES: _("of a browser that is not used any more: %(days)s"),
    RetentionName.STAFF_LINKS: _("of a one-time link that has expired: %(days)s"),
    RetentionName.EVENT_LINKS: _("emails with a link that confirms a sign-up: %(days)s"),
    RetentionName.EVENT_UNCONFIRMED: _("of a sign-up that was never confirmed: %(days)s"),
    RetentionName.EVENT_EMAILS: _("emails about the event: %(days)s after it"),
    RetentionName.EVENT_NEEDS: _("what you need there: %(days)s after the event"),
    RetentionName.EVENT_PEOPLE: _("names and addresses: %(days)s after the event"),
    RetentionName.APPLICATIONS: _("of an application that ended without a grant: %(days)s"),
    RetentionName.APPLICATION_EMAILS: _("emails about the application: %(days)s"),
    RetentionName.CONSENT_FILES: _("scans and recordings of a consent: %(days)s after it ended or was withdrawn"),
    RetentionName.RECEIPTS: _("%(days)s after the day of issue"),
    RetentionName.DONORS: _("of a paid gift: %(days)s after your last one, or earlier if you ask us to erase it"),
    RetentionName.FORM_VIEWS: _("of counts of opened forms, which are about nobody: %(days)s"),
}
"""How long, with the period of this installation in place of `days`."""

GIFT_NAMES = ("payer_name", "receipt_name", "public_name")
SOURCE = ("utm_source", "utm_medium", "utm_campaign", "referrer_host")


def columns_of(table: str, *names: str) -> tuple[str, ...]:
    """Return columns as the map names them."""
    return tuple(f"{table}.{name}" for name in names)
