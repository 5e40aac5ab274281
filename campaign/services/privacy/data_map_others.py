"""The data map of those who are no donors: visitors, people in pictures, payees and staff."""

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext

from campaign.domain.privacy import DataKind, LegalBasis, Recipient
from campaign.domain.retention import RetentionName
from campaign.services.privacy.data_entry import DataEntry, columns_of

OTHERS: tuple[DataEntry, ...] = (
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
            *columns_of("attempt_count", "key"),
            *columns_of("erasure", "email_digest"),
            *columns_of("gift_start", "address_key", "network_key", "email_key", "email_near_key"),
        ),
    ),
    DataEntry(
        kind=DataKind.PICTURES,
        title=_("Pictures of people"),
        what=_(
            "Pictures, and who of the people shown agreed to what, until when, where the paper is, and a scan of it or a "
            "recording of their voice."
        ),
        why=_("To show what the campaign does, with the consent of those shown."),
        basis=LegalBasis.CONSENT,
        periods=(
            _("until the consent ends or is withdrawn; the record of it stays as proof"),
            RetentionName.CONSENT_FILES,
        ),
        recipients=(Recipient.PUBLIC,),
        columns=(
            *columns_of("consent", "person", "purpose", "language", "stored_at"),
            *columns_of("consent_file", "name", "body"),
            *columns_of("picture", "alt", "credit"),
            *columns_of("picture_file", "body"),
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
        columns=columns_of("disbursement", "payee", "evidence"),
    ),
    DataEntry(
        kind=DataKind.STAFF,
        title=lazy_pgettext("privacy", "Staff"),
        what=_(
            "Name, email address and language, what is needed to sign in, browsers and times of signing in, what "
            "somebody did at the staff pages, and the signature of whoever signs receipts."
        ),
        why=_("To let people work here, each with their own rights, and to know who decided what about money."),
        basis=LegalBasis.WORK,
        periods=(
            _("as long as somebody works here; what they decided stays with their name"),
            RetentionName.STAFF_SESSIONS,
            RetentionName.STAFF_DEVICES,
            RetentionName.STAFF_LINKS,
            _("the signature: on receipts that were issued, as long as these"),
        ),
        recipients=(Recipient.MAIL,),
        columns=(
            *columns_of("staff", "email", "name", "language", "password", "fs_uniquifier", "tf_primary_method"),
            *columns_of("staff", "tf_totp_secret", "mf_recovery_codes", "fs_webauthn_user_handle", "mail_nonce"),
            *columns_of("staff_session", "browser", "system"),
            *columns_of("staff_device", "digest"),
            *columns_of("staff_link", "digest"),
            *columns_of("staff_passkey", "name", "credential_id", "public_key", "transports", "extensions"),
            *columns_of("audit_event", "detail"),
            *columns_of("organisation_logo", "content"),
            *columns_of("receipt_picture", "content"),
        ),
    ),
)
