"""The words for what happens to a gift."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from campaign.blueprints.admin.words import Word

TIMELINE: Mapping[str, Word] = {
    "donation:created": (_("The donor pressed “Donate”"), ""),
    "donation:renewed": (_("Another month of a monthly gift was charged"), ""),
    "donation:open": (_("The payment page was opened"), ""),
    "donation:opened": (_("The payment page was opened"), ""),
    "donation:reopened": (_("The payment page was opened again"), ""),
    "donation:processing": (_("The payment is under way"), ""),
    "donation:paid": (_("Paid"), "good"),
    "donation:expired": (_("The payment page was not used in time"), ""),
    "donation:failed": (_("The payment failed"), "bad"),
    "donation:settled": (_("The money reached our balance"), "good"),
    "donation:refund_requested": (_("A refund was requested"), ""),
    "donation:refund_pending": (_("The refund is under way"), ""),
    "donation:refund_succeeded": (_("The refund was sent"), ""),
    "donation:refund_failed": (_("The refund failed"), "bad"),
    "donation:refund_canceled": (_("The refund was cancelled"), ""),
    "donation:paid_again": (_("The same gift was paid once more, on another page"), "bad"),
    "donation:paid_before": (_("A gift that had already been paid was paid again here"), "bad"),
    "donation:dispute_inquiry": (_("The donor’s bank asks about the payment"), "warn"),
    "donation:dispute_open": (_("Dispute: the donor’s bank holds the money"), "bad"),
    "donation:dispute_won": (_("Dispute won: the money is back"), "good"),
    "donation:dispute_lost": (_("Dispute lost: the donor keeps the money"), "bad"),
    "donation:dispute_closed": (_("Dispute closed: no money moved"), "good"),
    "donation:fraud_warning": (_("The card’s bank suspects fraud"), "bad"),
    "donation:fraud_warning_over": (_("The suspicion of fraud is dealt with"), ""),
    "donation:fraud_review": (_("The payment provider wants somebody to review the payment"), "bad"),
    "donation:fraud_review_over": (_("The review at the payment provider is closed"), ""),
    "donation:fraud_risk": (_("The payment provider says that the risk is elevated"), "bad"),
    "donation:fraud_risk_over": (_("The suspicion of fraud is dealt with"), ""),
    "donation:held": (_("Held until somebody decides"), "bad"),
    "donation:released": (_("No longer held"), ""),
    "donation:suspicion_approved": (_("Approved: the gift is good"), "good"),
    "donation:corrected": (_("Name or address corrected"), ""),
    "donation:wall_blocked": (_("Name hidden: it has a blocked word, or the address is blocked"), ""),
    "donation:wall_hidden": (_("Taken off the supporters list"), ""),
    "donation:wall_shown": (_("Put back on the supporters list"), ""),
    "provider:event": (_("The provider told us"), ""),
    "mail:queued": (_("An email is waiting"), ""),
    "mail:sent": (_("An email was sent"), ""),
    "mail:stored": (_("An email was saved"), ""),
    "mail:held": (_("An email is held"), "bad"),
    "mail:failed_permanently": (_("An email could not be sent"), "bad"),
    "receipt:issued": (_("Receipt issued"), ""),
    "receipt:replaced": (_("Receipt replaced"), ""),
    "receipt:void": (_("Receipt is void"), ""),
}
