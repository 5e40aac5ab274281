"""The words for the kinds of emails."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.blueprints.admin.grants.words import GRANT_MAILS

MAIL_KINDS: Mapping[str, LazyString] = {
    **GRANT_MAILS,
    "receipt": _("Receipt"),
    "receipt_void": _("Receipt is void"),
    "transfer_due": _("The donor is to send a bank transfer"),
    "processing": _("The payment takes some days"),
    "payment_failed": _("The payment did not arrive"),
    "paid_again": _("The same gift came twice"),
    "receipt_void_dispute": _("Receipt is void after a dispute"),
    "refund": _("Refund"),
    "refund_failed": _("Refund failed"),
    "gift_code": _("Code for a donor"),
    "news_confirm": _("News by email: confirmation"),
    "update": _("Update"),
    "segment_mail": _("Email to a segment of donors"),
    "event_sign_up": _("Sign-up for an event"),
    "staff_invitation": _("Invitation to the staff pages"),
    "staff_notice": _("Notice to a person on the staff pages"),
    "shield_up": _("Protection is on"),
    "weekly_report": _("Weekly email of the dashboard"),
    "alarm_raised": _("Alarm"),
    "alarm_over": _("Alarm is over"),
    "pledge_links": _("Monthly gifts: link to all of a mailbox"),
    "pledge_link": _("Monthly gift: new link"),
    "my_sign_in": _("Sign-in to a donor’s own pages"),
    "pledge_code": _("Monthly gift: code for its page"),
    "pledge_changed": _("Monthly gift: change confirmed"),
    "pledge_successor": _("Monthly gift: whether it continues in the campaign that follows"),
    "pledge_ending": _("Monthly gift: ends with the campaign"),
    "pledge_reminder": _("Monthly gift: before the first renewal"),
    "pledge_unpaid": _("Monthly gift: could not be charged"),
    "pledge_confirm": _("Monthly gift: the bank asks to confirm"),
    "pledge_card": _("Monthly gift: the card expires soon"),
    "pledge_stopped": _("Monthly gift: ends"),
}
