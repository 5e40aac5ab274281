"""The words for donors: what their gifts say about them."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _

from campaign.domain import donor, segment_mailing
from campaign.domain.donor import CreditKind, DonorStatus
from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.donor_match import DuplicateSign
from campaign.domain.errors import DomainError
from campaign.domain.segment_mailing import LeftOut

STATUSES: Mapping[str, LazyString] = {
    DonorStatus.NEW: lazy_pgettext("donors", "New: first gift in this time"),
    DonorStatus.RETURNING: lazy_pgettext("donors", "Returning: gave in this time and before"),
    DonorStatus.LAPSED: lazy_pgettext("donors", "Lapsed: gave before, not in this time"),
}
CREDITS: Mapping[str, LazyString] = {
    CreditKind.INTRODUCED: _("Introduced the donor"),
    CreditKind.EMPLOYER: _("Given on their behalf"),
    CreditKind.MATCHED: _("Matches a gift of theirs"),
    CreditKind.HONOURED: _("Given in their honour or memory"),
}
"""What part somebody has in another donor's gift."""
DUPLICATE_SIGNS: Mapping[str, LazyString] = {
    DuplicateSign.DOMAIN_TYPO: _("a slip in the domain"),
    DuplicateSign.SAME_NAME: _("the same name, and a similar address"),
}
"""Why two donors are proposed for merging."""
MAIL_PURPOSES: Mapping[str, LazyString] = {
    ConsentPurpose.THANKS: _("Thanks, and news of what the gifts became"),
    ConsentPurpose.INVITATIONS: _("An invitation"),
}
"""What staff write to a segment about; each needs a consent of its own."""
LEFT_OUT: Mapping[str, LazyString] = {
    LeftOut.CONSENT: _("Left out: have not agreed"),
    LeftOut.ADDRESS: _("Left out: the address cannot receive email"),
}
"""Why a donor of a segment gets no email."""
ACTS: Mapping[str, LazyString] = {
    "segment_mailing:start": _("Began to send an email to a segment"),
    "segment_mailing:pause": _("Paused the sending to a segment"),
    "segment_mailing:resume": _("Resumed the sending to a segment"),
    "donor:merge": _("Merged two donors"),
    "donor:undo_merge": _("Undid a merge of donors"),
    "donor:distinct": _("Said that two donors are not one person"),
    "donation:credit": _("Credited a gift to somebody else too"),
    "donation:uncredit": _("Took a soft credit back"),
    "donor:note": _("Noted something about a donor"),
    "donor:remove_note": _("Removed a note about a donor"),
    "donor:tag": _("Gave a donor a tag"),
    "donor:untag": _("Took a tag off a donor"),
    "segment:save": _("Saved a segment of donors"),
    "segment:change": _("Changed a segment of donors"),
    "segment:remove": _("Removed a segment of donors"),
}
"""Acts of the audit trail."""
BROKEN_RULES: Mapping[type[DomainError], LazyString] = {
    donor.TooManyTags: _("This donor has 20 tags. Remove one first."),
    donor.TooManyNotes: _("This donor has 200 notes. Remove one first."),
    donor.SameDonor: _("Both are the same donor already."),
    donor.MergeOfErased: _("The personal data of one of the two donors were erased. Nothing was changed."),
    donor.DonorsMergedAway: _(
        "This merge can no longer be undone: one of its gifts has gone to another donor since, by a correction of its "
        "address or by another merge. Undo that first."
    ),
    donor.OwnGift: _("This is the donor who gave the gift. Enter somebody else’s address."),
    donor.CreditedAlready: _("The gift is credited to this address already."),
    donor.TooManyCredits: _("This gift has 10 credits. Remove one first."),
    segment_mailing.MailingIncomplete: _(
        "Write a subject and a text in at least one language, and both in each language that you use."
    ),
    segment_mailing.NobodyAgreed: _("Nobody in the segment has agreed to emails of this kind and can receive one."),
    segment_mailing.TooManyRecipients: _("More than 20,000 donors are in this segment. Narrow its filters."),
    donor.SegmentExists: _("Another segment has this name. Choose a different one."),
    donor.TooManySegments: _("The campaign has 100 segments. Remove one first."),
    donor.SegmentUnreadable: _("The filters of this segment cannot be read."),
}
