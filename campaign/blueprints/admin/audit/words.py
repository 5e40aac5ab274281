"""The words for the details of an audit event."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _

from campaign.blueprints.admin.privacy.words import PURPOSES, SOURCES
from campaign.blueprints.admin.texts.words import DOCUMENT_NAMES, document_name
from campaign.blueprints.admin.words import SHIELD_CAUSES, grants_in_words
from campaign.domain.documents.kinds import UPDATE
from campaign.domain.money import CURRENCIES, Money
from campaign.domain.staff_link import LinkPurpose
from campaign.i18n import day, exact_money, moment, number

KEYS: Mapping[str, LazyString] = {
    "from": lazy_pgettext("fund", "From"),
    "to": lazy_pgettext("fund", "To"),
    "fund": _("Fund"),
    "currency": _("Currency"),
    "publish_at": _("To be published"),
    "place": _("Place"),
    "places": _("Places"),
    "paid_on": _("Paid on"),
    "reason": _("Reason"),
    "slug": _("Address"),
    "why": _("Reason"),
    "refund": _("Refund"),
    "roles": _("Roles"),
    "before": _("Roles before"),
    "after": _("Roles after"),
    "campaign_before": _("Campaign before"),
    "campaign": _("Campaign"),
    "active": _("May sign in"),
    "format": _("Format"),
    "filters": _("Filters in use"),
    "since": _("From"),
    "until": _("Until"),
    "count": _("How many"),
    "events": lazy_pgettext("inbox", "Events"),
    "mails": _("Emails"),
    "name_corrected": _("Name corrected"),
    "address_corrected": _("Address corrected"),
    "replaced": _("Receipt replaced"),
    "replaced_by": _("Replaced by"),
    "to_other_address": _("To another address"),
    "cause": _("Cause"),
    "document": _("Text"),
    "version": _("Version"),
    "failed": _("Payments failed in the last hour"),
    "started": _("Payment pages opened in the last hour"),
    "is_ours": _("Ours"),
    "changed": _("Changed"),
    "gifts": _("Number of gifts"),
    "donors": _("Number of donors"),
    "logo": _("Logo, icon or signature"),
    "purpose": _("Purpose"),
    "source": _("How"),
    "consents": _("Consents"),
    "subscriptions": _("Subscriptions"),
    "sign_ups": _("Sign-ups"),
    "tags": lazy_pgettext("donors", "Tags"),
    "notes": _("Notes"),
    "parts_in_gifts": _("Parts in gifts of others"),
    "pledges": _("Monthly gifts"),
    "unsent_mails": _("Emails that were not sent"),
    "again": _("Again, after a backup was restored"),
    "step": _("Step"),
    "password": _("Password reset"),
    "staff": _("Team member"),
    "allocation": _("Allocation"),
    "second_step": _("Second step removed"),
    "all": lazy_pgettext("sessions", "All"),
    "renamed": _("Renamed"),
}
"""Key of a detail → its word, in the order in which they are shown; an unknown key comes last, as it is."""
FILTERS: Mapping[str, LazyString] = {
    "text": _("Name, email or number"),
    "state": _("State"),
    "frequency": _("How often"),
    "since": _("Paid from"),
    "until": _("Paid until"),
    "currency": _("Currency"),
    "language": _("Language"),
    "fund": _("Purpose"),
    "least": _("At least"),
    "most": _("At most"),
    "tag": lazy_pgettext("donors", "Tag"),
    "first_since": _("First gift from"),
    "first_until": _("First gift until"),
    "last_since": _("Last gift from"),
    "last_until": _("Last gift until"),
    "status": lazy_pgettext("donors", "Activity"),
}
"""The filters of the lists of donations and donors, by their names in their addresses."""
PLACES = {key: place for place, key in enumerate(KEYS)}
AMOUNTS = ("amount_minor", "minor")
INTERNAL = frozenset({"form", "figures", "gift_starts", "requests", *AMOUNTS})
"""Keys that are for the program alone: which form an act was sent with, balances in minor units, an amount without currency."""
NAMED: Mapping[str, Mapping[str, LazyString]] = {
    "cause": SHIELD_CAUSES,
    "document": DOCUMENT_NAMES,
    "source": SOURCES,
    "purpose": {**PURPOSES, LinkPurpose.INVITATION: _("Invitation"), LinkPurpose.RESET: _("Password reset")},
    "step": {
        "login": _("Password"),
        "verify": _("Password"),
        "change_password": _("Password"),
        "two_factor_token_validation": _("Code from the app"),
        "mf_recovery": _("Recovery code"),
        "wan_signin_response": _("Passkey"),
    },
}
"""Key of a detail → the words for its values."""
MOMENTS = ("publish_at",)
DAYS = ("paid_on", "since", "until")
ROLES = ("roles", "before", "after")


def details(detail: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the details of an event as (word, text); empty ones are left out."""
    if detail == {"after": "quiet"}:  # the shield went away by itself
        yield str(_("Reason")), str(_("no attempts for 30 minutes"))
        return
    currency = detail.get("currency")
    amount = next((key for key in AMOUNTS if isinstance(detail.get(key), int) and currency in CURRENCIES), None)
    for key, value in sorted(detail.items(), key=lambda item: (PLACES.get(item[0], len(PLACES)), item[0])):
        if key == "currency" and amount:
            yield str(_("Amount")), exact_money(Money(int(str(detail[amount])), str(currency)))
        elif value not in (None, "", []) and key != amount and key not in INTERNAL:
            yield str(KEYS.get(key, key)), _text(key, value)


def _text(key: str, value: object) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int):
        return number(value)
    if isinstance(value, list):
        return _list_text(key, [str(part) for part in value])
    text = str(value)
    if key == "document" and text.startswith(UPDATE):
        return document_name(text)
    named: Mapping[str, LazyString] = NAMED.get(key, {})
    return str(named[text]) if text in named else _date_text(key, text)


def _date_text(key: str, text: str) -> str:
    if key in MOMENTS:
        return moment(datetime.fromisoformat(text))
    return _day(text) if key in DAYS else text


def _list_text(key: str, parts: list[str]) -> str:
    if key == "filters":
        return ", ".join(str(FILTERS[part]) for part in parts if part in FILTERS)
    return (grants_in_words(parts) if key in ROLES else "") or ", ".join(parts)


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text
