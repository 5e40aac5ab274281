"""The data map: which personal data is stored where, why, on what legal basis, how long, and who receives it.

The public privacy page, a donor's own data and erasure are made from it. A test holds that every column with text is in it
or known to say nothing about anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString, lazy_pgettext
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
    RetentionName.STAFF_DEVICES: _("of a browser that is not used any more: %(days)s"),
    RetentionName.STAFF_LINKS: _("of a one-time link that has expired: %(days)s"),
    RetentionName.EVENT_EMAILS: _("emails about the event: %(days)s after it"),
    RetentionName.EVENT_NEEDS: _("what you need there: %(days)s after the event"),
    RetentionName.EVENT_PEOPLE: _("names and addresses: %(days)s after the event"),
    RetentionName.APPLICATIONS: _("of an application that ended without a grant: %(days)s"),
    RetentionName.APPLICATION_EMAILS: _("emails about the application: %(days)s"),
    RetentionName.RECEIPTS: _("%(days)s after the day of issue"),
    RetentionName.DONORS: _("of a paid gift: %(days)s after your last one, or earlier if you ask us to erase it"),
    RetentionName.FORM_VIEWS: _("of counts of opened forms, which are about nobody: %(days)s"),
}
"""How long, with the period of this installation in place of `days`."""

GIFT_NAMES = ("payer_name", "receipt_name", "public_name")
SOURCE = ("utm_source", "utm_medium", "utm_campaign", "referrer_host")


def _columns(table: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{table}.{name}" for name in names)


DATA_MAP: Sequence[DataEntry] = (
    DataEntry(
        kind=DataKind.GIFTS,
        title=_("Gifts"),
        what=_(
            "Your name, your email address, the name for the receipt, the name and the message that you let us show, the "
            "amount, the purpose, the language, the brand and the last four digits of the card, and the link that led you "
            "to the form. We never see the number of your card."
        ),
        why=_("To receive your gift, to thank you, to answer your questions and to keep honest books."),
        basis=LegalBasis.GIFT,
        periods=(RetentionName.UNPAID_GIFTS, RetentionName.DONORS),
        recipients=(Recipient.PROVIDER, Recipient.PUBLIC, Recipient.AUTHORITIES),
        columns=(
            *_columns("donor", "email", "email_key", "language"),
            *_columns("donation", *GIFT_NAMES, "message", "search_text", "public_search_text", "checkout_params"),
            *_columns("donation", "checkout_url", "method_brand", "method_last4", "language", *SOURCE),
        ),
    ),
    DataEntry(
        kind=DataKind.PLEDGES,
        title=_("Monthly gifts"),
        what=_("The same for each month, and the brand, the last four digits and the last month of the card."),
        why=_("To charge your gift each month, and to write to you before something changes."),
        basis=LegalBasis.GIFT,
        periods=(_("until you ask us to erase it, once the monthly gift has ended"),),
        recipients=(Recipient.PROVIDER, Recipient.MAIL),
        columns=(
            *_columns("pledge", *GIFT_NAMES, "language", "card_brand", "card_last4", "due_url", *SOURCE),
            *_columns("pledge", "customer_id"),
            *_columns("pledge_request", "detail"),
        ),
    ),
    DataEntry(
        kind=DataKind.RECEIPTS,
        title=_("Receipts"),
        what=_(
            "The name for the receipt, the amount, the day, the purpose, the last four digits of the card, and the PDF."
        ),
        why=_("To acknowledge your gift, and to prove it to authorities."),
        basis=LegalBasis.LAW,
        periods=(RetentionName.RECEIPTS,),
        recipients=(Recipient.MAIL, Recipient.AUTHORITIES),
        columns=(
            *_columns("receipt", "document", "language"),
            *_columns("receipt_file", "pdf", "substituted"),
        ),
    ),
    DataEntry(
        kind=DataKind.EMAILS,
        title=_("Emails to you"),
        what=_("Your address, and what the email said."),
        why=_("To send receipts and news of your gift, and to know whether they arrived."),
        basis=LegalBasis.GIFT,
        periods=(RetentionName.EMAILS, RetentionName.CODE_EMAILS),
        recipients=(Recipient.MAIL,),
        columns=_columns("message", "recipient", "search_text", "facts", "error", "language", "dedupe_key"),
    ),
    DataEntry(
        kind=DataKind.CONSENTS,
        title=_("What you agreed to"),
        what=_("To which text you agreed, when, in which language and how, and when you withdrew it."),
        why=_("To write to you only where you agreed, and to prove that."),
        basis=LegalBasis.CONSENT,
        periods=(_("until you ask us to erase it"),),
        recipients=(),
        columns=_columns("donor_consent", "evidence", "language"),
    ),
    DataEntry(
        kind=DataKind.NOTES,
        title=_("Notes of our staff"),
        what=_(
            "What our staff noted after a talk with you, words under which they filed you, and whose gift you had a part in."
        ),
        why=_("To remember what you told us, and to thank the right people."),
        basis=LegalBasis.INTEREST,
        periods=(RetentionName.DONORS,),
        recipients=(),
        columns=(
            *_columns("donor_note", "text"),
            *_columns("donor_tag", "name", "name_key"),
            *_columns("donor_segment", "name", "name_key", "filters"),
        ),
    ),
    DataEntry(
        kind=DataKind.READERS,
        title=_("News by email"),
        what=_("Your address and your language."),
        why=_("To send you the updates of a campaign."),
        basis=LegalBasis.CONSENT,
        periods=(
            _("as long as you get the updates"),
            RetentionName.READERS_UNCONFIRMED,
            RetentionName.READERS_LEFT,
        ),
        recipients=(Recipient.MAIL,),
        columns=_columns("subscriber", "email", "email_key", "language"),
    ),
    DataEntry(
        kind=DataKind.EVENTS,
        title=_("Sign-up for an event"),
        what=_(
            "Your name, email address, telephone number and language, how many come with you, and what you need there."
        ),
        why=_("To keep a place for you, and to tell you when something changes."),
        basis=LegalBasis.CONSENT,
        periods=(RetentionName.EVENT_PEOPLE, RetentionName.EVENT_NEEDS, RetentionName.EVENT_EMAILS),
        recipients=(Recipient.MAIL,),
        columns=_columns("event_sign_up", "name", "email", "email_key", "phone", "language", "access_needs"),
    ),
    DataEntry(
        kind=DataKind.APPLICATIONS,
        title=_("Applications for a grant"),
        what=_(
            "Your name, address and place, your answers and files, what reviewers wrote, and the decision with its letter."
        ),
        why=_("To decide about your application fairly, and to account for the grants."),
        basis=LegalBasis.CONSENT,
        periods=(
            RetentionName.APPLICATIONS,
            RetentionName.APPLICATION_EMAILS,
            _("where a grant is paid: as long as the law on accounting requires"),
        ),
        recipients=(Recipient.MAIL, Recipient.PUBLIC, Recipient.AUTHORITIES),
        columns=(
            *_columns("grant_application", "email", "email_key", "language", "name", "place", "answers", "reason"),
            *_columns("grant_application", "letter"),
            *_columns("application_link", "digest"),
            *_columns("application_file", "name", "body"),
            *_columns("application_review", "scores", "comment"),
        ),
    ),
    DataEntry(
        kind=DataKind.PROVIDER_EVENTS,
        title=_("Messages of the payment provider"),
        what=_("What the provider told us about your payment, with name, address and card as under “Gifts”."),
        why=_("To record payments, refunds and disputes, and to look into what went wrong."),
        basis=LegalBasis.GIFT,
        periods=(RetentionName.PROVIDER_EVENTS,),
        recipients=(Recipient.PROVIDER,),
        columns=(*_columns("provider_event", "raw", "error"), *_columns("provider_transaction", "description")),
    ),
    DataEntry(
        kind=DataKind.SECURITY,
        title=_("Protection against misuse"),
        what=_(
            "How often somebody tried to give, counted by scrambled network and email addresses, not by the addresses."
        ),
        why=_("To stop people who try stolen cards."),
        basis=LegalBasis.INTEREST,
        periods=(
            RetentionName.ATTEMPTS,
            RetentionName.GIFT_STARTS,
            _("the scrambled address of somebody who was erased: without end, so that no backup brings them back"),
        ),
        recipients=(),
        columns=(
            *_columns("attempt_count", "key"),
            *_columns("erasure", "email_digest"),
            *_columns("gift_start", "address_key", "network_key", "email_key", "email_near_key"),
        ),
    ),
    DataEntry(
        kind=DataKind.PICTURES,
        title=_("Pictures of people"),
        what=_("Pictures, and who of the people shown agreed to what, until when, and where the paper is."),
        why=_("To show what the campaign does, with the consent of those shown."),
        basis=LegalBasis.CONSENT,
        periods=(_("until the consent ends or is withdrawn; the record of it stays as proof"),),
        recipients=(Recipient.PUBLIC,),
        columns=(
            *_columns("consent", "person", "purpose", "language", "stored_at"),
            *_columns("picture", "alt", "credit"),
            *_columns("picture_file", "body"),
        ),
    ),
    DataEntry(
        kind=DataKind.PAYEES,
        title=_("People and firms that are paid"),
        what=_("Who was paid, how much, for what, and the evidence of it."),
        why=_("To account for what the gifts were spent on."),
        basis=LegalBasis.LAW,
        periods=(_("as long as the law on accounting requires"),),
        recipients=(Recipient.AUTHORITIES,),
        columns=_columns("disbursement", "payee", "evidence"),
    ),
    DataEntry(
        kind=DataKind.STAFF,
        title=lazy_pgettext("privacy", "Staff"),
        what=_(
            "Name, email address and language, what is needed to sign in, browsers and times of signing in, and what "
            "somebody did at the staff pages."
        ),
        why=_("To let people work here, each with their own rights, and to know who decided what about money."),
        basis=LegalBasis.WORK,
        periods=(
            _("as long as somebody works here; what they decided stays with their name"),
            RetentionName.STAFF_SESSIONS,
            RetentionName.STAFF_DEVICES,
            RetentionName.STAFF_LINKS,
        ),
        recipients=(Recipient.MAIL,),
        columns=(
            *_columns("staff", "email", "name", "language", "password", "fs_uniquifier", "tf_primary_method"),
            *_columns("staff", "tf_totp_secret", "mf_recovery_codes", "fs_webauthn_user_handle"),
            *_columns("staff_session", "browser", "system"),
            *_columns("staff_device", "digest"),
            *_columns("staff_link", "digest"),
            *_columns("staff_passkey", "name", "credential_id", "public_key", "transports", "extensions"),
            *_columns("audit_event", "detail"),
        ),
    ),
)
"""Everything that is stored about anybody, in the order of the privacy page."""
FOR_DONORS = tuple(
    kind for kind in DataKind if kind not in {DataKind.PICTURES, DataKind.PAYEES, DataKind.STAFF, DataKind.SECURITY}
)
"""What may be about a donor, and is in the file with their data."""


def entry_of(kind: DataKind) -> DataEntry:
    """Return the entry of a kind."""
    return next(entry for entry in DATA_MAP if entry.kind is kind)
