"""The desk's words for disputes: what the bank gives as its reason, where the dispute stands, what there is to do."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.services.claims import DisputeRow

STATES: Mapping[str, tuple[LazyString, str]] = {
    "inquiry": (_("The bank asks"), "warn"),
    "open": (_("Open: the bank holds the money"), "bad"),
    "won": (_("Won: the money is back"), "good"),
    "lost": (_("Lost: the donor keeps the money"), "bad"),
    "closed": (_("Closed: no money moved"), "good"),
}
REASONS: Mapping[str, LazyString] = {
    "bank_cannot_process": _("The bank could not process the payment."),
    "check_returned": _("The cheque was returned."),
    "credit_not_processed": _("The donor says that a promised refund did not come."),
    "customer_initiated": _("The donor asked the bank to take the payment back."),
    "debit_not_authorized": _("The donor says that she did not allow this debit."),
    "duplicate": _("The donor says that she was charged twice."),
    "fraudulent": _("The owner of the card says that she did not make this payment."),
    "general": _("The bank gives no reason."),
    "incorrect_account_details": _("The account's details were wrong."),
    "insufficient_funds": _("There was not enough money on the account."),
    "noncompliant": _("The bank says that a rule of the card network was broken."),
    "product_not_received": _("The donor says that she did not receive what she paid for."),
    "product_unacceptable": _("The donor says that it was not what she paid for."),
    "subscription_canceled": _("The donor says that she had stopped her monthly gift."),
    "unrecognized": _("The owner of the card does not recognise this payment."),
}
_ANSWER_INQUIRY = _(
    "The bank only asks; no money has moved. Answer it at the provider, or send the whole gift back: that ends it."
)
_ANSWER = _(
    "Answer at the provider before the day named here: upload what shows that the donor gave, such as the receipt that she "
    "was sent. If she is right, accept the dispute there; do not send the money back from here."
)
_WAIT = _("Nothing to do now: the bank is deciding.")
_OVER: Mapping[str, LazyString] = {
    "won": _("Nothing to do: the gift stands."),
    "lost": _(
        "Nothing to do: the books and the receipt have followed. The provider sends no more of this payment back."
    ),
    "closed": _("Nothing to do."),
}


def reason_of(dispute: DisputeRow) -> str:
    """The bank's reason as a sentence; an unknown word as it is."""
    return str(REASONS.get(dispute.reason, dispute.reason))


def what_to_do(dispute: DisputeRow) -> str:
    """The next step for a person."""
    if dispute.state in _OVER:
        return str(_OVER[dispute.state])
    if not dispute.waits_for_us:
        return str(_WAIT)
    return str(_ANSWER_INQUIRY if dispute.state == "inquiry" else _ANSWER)
