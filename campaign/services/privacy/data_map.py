"""The data map: which personal data is stored where, why, on what legal basis, how long, and who receives it.

The public privacy page, a donor's own data and erasure are made from it. A test holds that every column with text is in it
or known to say nothing about anybody.
"""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _

from campaign.domain.privacy import DataKind, LegalBasis, Recipient
from campaign.domain.retention import RetentionName
from campaign.services.privacy.data_entry import GIFT_NAMES, SOURCE, DataEntry, columns_of
from campaign.services.privacy.data_map_others import OTHERS

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
            *columns_of("donor", "email", "email_key", "language"),
            *columns_of("donation", *GIFT_NAMES, "message", "search_text", "public_search_text", "checkout_params"),
            *columns_of("donation", "checkout_url", "method_brand", "method_last4", "language", *SOURCE),
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
            *columns_of("pledge", *GIFT_NAMES, "language", "card_brand", "card_last4", "due_url", *SOURCE),
            *columns_of("pledge", "customer_id"),
            *columns_of("customer_deletion", "customer_id"),
            *columns_of("pledge_request", "detail"),
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
            *columns_of("receipt", "document", "language"),
            *columns_of("receipt_file", "pdf", "substituted"),
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
        columns=columns_of("message", "recipient", "search_text", "facts", "error", "language", "dedupe_key"),
    ),
    DataEntry(
        kind=DataKind.CONSENTS,
        title=_("What you agreed to"),
        what=_("To which text you agreed, when, in which language and how, and when you withdrew it."),
        why=_("To write to you only where you agreed, and to prove that."),
        basis=LegalBasis.CONSENT,
        periods=(_("until you ask us to erase it"),),
        recipients=(),
        columns=columns_of("donor_consent", "evidence", "language"),
    ),
    DataEntry(
        kind=DataKind.NOTES,
        title=_("Notes of our staff"),
        what=_(
            "What our staff noted after a talk with you, words under which they filed you, segments with your name, who had a "
            "part in whose gift, whether two addresses are one person, why a gift was returned, and an address whose names we "
            "do not show."
        ),
        why=_("To remember what you told us, and to thank the right people."),
        basis=LegalBasis.INTEREST,
        periods=(
            RetentionName.DONORS,
            _("why a gift was returned or put right: without end, as part of the books’ history"),
            _(
                "an address whose names we do not show: until staff remove it; after an erasure as a code from which the "
                "address cannot be read"
            ),
        ),
        recipients=(),
        columns=(
            *columns_of("donor_note", "text"),
            *columns_of("refund", "reason"),
            *columns_of("donation_event", "detail"),
            *columns_of("donor_tag", "name", "name_key"),
            *columns_of("donor_segment", "name", "name_key", "filters"),
            *columns_of("segment_mailing", "segment_name", "title", "body"),
            *columns_of("moderation_block", "typed", "value"),
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
        columns=columns_of("subscriber", "email", "email_key", "language"),
    ),
    DataEntry(
        kind=DataKind.SESSIONS,
        title=_("Sessions on your own pages"),
        what=_("In which browser and on which system you signed in to your own pages, and when."),
        why=_("To keep you signed in, and to let you see and end your sessions."),
        basis=LegalBasis.GIFT,
        periods=(RetentionName.DONOR_SESSIONS,),
        recipients=(),
        columns=columns_of("donor_session", "browser", "system"),
    ),
    DataEntry(
        kind=DataKind.EVENTS,
        title=_("Sign-up for an event"),
        what=_(
            "Your name, email address, telephone number and language, how many come with you, and what you need there."
        ),
        why=_("To keep a place for you, and to tell you when something changes."),
        basis=LegalBasis.CONSENT,
        periods=(
            RetentionName.EVENT_UNCONFIRMED,
            RetentionName.EVENT_PEOPLE,
            RetentionName.EVENT_NEEDS,
            RetentionName.EVENT_LINKS,
            RetentionName.EVENT_EMAILS,
        ),
        recipients=(Recipient.MAIL,),
        columns=columns_of("event_sign_up", "name", "email", "email_key", "phone", "language", "access_needs"),
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
            *columns_of("grant_application", "email", "email_key", "language", "name", "place", "answers", "reason"),
            *columns_of("grant_application", "letter"),
            *columns_of("application_link", "digest"),
            *columns_of("application_file", "name", "body"),
            *columns_of("application_review", "scores", "comment"),
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
        columns=(*columns_of("provider_event", "raw", "error"), *columns_of("provider_transaction", "description")),
    ),
    *OTHERS,
)
"""Everything that is stored about anybody, in the order of the privacy page."""
FOR_DONORS = tuple(
    kind for kind in DataKind if kind not in {DataKind.PICTURES, DataKind.PAYEES, DataKind.STAFF, DataKind.SECURITY}
)
"""What may be about a donor, and is in the file with their data."""


def entry_of(kind: DataKind) -> DataEntry:
    """Return the entry of a kind."""
    return next(entry for entry in DATA_MAP if entry.kind is kind)
