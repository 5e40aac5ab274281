"""The words for disputes: the bank's reason, the state, and what to do; and for suspicions of fraud."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.disputes import DisputeState
from campaign.domain.fraud_hold import FraudHold, FraudSign
from campaign.services.gifts.disputes_and_warnings import DisputeRow

STATES: Mapping[str, tuple[LazyString, str]] = {
    DisputeState.INQUIRY: (_("The bank asks"), "warn"),
    DisputeState.OPEN: (_("Open: the bank holds the money"), "bad"),
    DisputeState.WON: (_("Won: the money is back"), "good"),
    DisputeState.LOST: (_("Lost: the donor keeps the money"), "bad"),
    DisputeState.CLOSED: (_("Closed: no money moved"), "good"),
}
REASONS: Mapping[str, LazyString] = {
    "bank_cannot_process": _("The bank could not process the payment."),
    "check_returned": _("The cheque was returned."),
    "credit_not_processed": _("The donor says that a promised refund did not come."),
    "customer_initiated": _("The donor asked the bank to take the payment back."),
    "debit_not_authorized": _("The donor says that they did not authorise this debit."),
    "duplicate": _("The donor says that they were charged twice."),
    "fraudulent": _("The owner of the card says that they did not make this payment."),
    "general": _("The bank gives no reason."),
    "incorrect_account_details": _("The account details were wrong."),
    "insufficient_funds": _("There was not enough money on the account."),
    "noncompliant": _("The bank says that a rule of the card network was broken."),
    "product_not_received": _("The donor says that they did not receive what they paid for."),
    "product_unacceptable": _("The donor says that it was not what they paid for."),
    "subscription_canceled": _("The donor says that they had stopped their monthly gift."),
    "unrecognized": _("The owner of the card does not recognise this payment."),
}
_ANSWER_INQUIRY = _(
    "The bank is only asking; no money has moved. Respond at the payment provider, or refund the "
    "whole gift to close it."
)
_ANSWER = _(
    "Respond at the payment provider before this date: upload evidence that the donor gave, such as "
    "the receipt they were sent. If the donor is right, accept the dispute there; do not refund it "
    "here."
)
_WAIT = _("Nothing to do now: the bank is deciding.")
_OVER: Mapping[str, LazyString] = {
    DisputeState.WON: _("Nothing to do: the gift is kept."),
    DisputeState.LOST: _(
        "Nothing to do: the accounts and the receipt have been updated. The payment provider will "
        "refund no more of this payment."
    ),
    DisputeState.CLOSED: _("Nothing to do."),
}


def reason_of(dispute: DisputeRow) -> str:
    """Return the bank's reason as a sentence; an unknown code as it is."""
    return str(REASONS.get(dispute.reason, dispute.reason))


def what_to_do(dispute: DisputeRow) -> str:
    """Return what staff should do next."""
    if dispute.state in _OVER:
        return str(_OVER[dispute.state])
    if not dispute.waits_for_us:
        return str(_WAIT)
    return str(_ANSWER_INQUIRY if dispute.state == DisputeState.INQUIRY else _ANSWER)


SIGNS: Mapping[str, LazyString] = {
    FraudSign.WARNING: _("The card’s bank suspects that its owner did not make this payment."),
    FraudSign.REVIEW: _("The payment provider wants somebody to review this payment."),
    FraudSign.RISK: _("The payment provider says that the risk of fraud is elevated."),
}
HOLDS: Mapping[str, tuple[LazyString, str]] = {
    FraudHold.NONE: (_("Not suspected"), ""),
    FraudHold.WAITING: (_("Held: fraud is suspected"), "bad"),
    FraudHold.DISPUTED: (_("Held: the donor’s bank decides"), "bad"),
    FraudHold.APPROVED: (_("Suspicion of fraud: approved"), "good"),
    FraudHold.ENDED: (_("Suspicion of fraud: the money went back"), ""),
}
