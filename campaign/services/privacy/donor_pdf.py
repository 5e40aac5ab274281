"""A donor's own data as a PDF that they can read: one table for each gift, email and consent, in their language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from html import escape

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.money import Money
from campaign.i18n import day, exact_money, in_language, moment, text_of
from campaign.languages import language_name
from campaign.services.consent_log import TEXTS
from campaign.services.links.poster import font_faces, html_to_pdf
from campaign.services.organisation.profile import organisation
from campaign.services.privacy.data_map import FOR_DONORS, entry_of
from campaign.services.privacy.donor_data import DonorData, Value
from campaign.services.privacy.donor_parts import PARTS

LABELS: Mapping[str, LazyString] = {
    "email": lazy_gettext("Email address"),
    "language": lazy_gettext("Language"),
    "created_at": lazy_gettext("Written down"),
    "paid_on": lazy_gettext("Paid on"),
    "amount": lazy_gettext("Amount"),
    "refunded": lazy_gettext("Returned"),
    "payer_name": lazy_gettext("Name of the payer"),
    "receipt_name": lazy_gettext("Name for the receipt"),
    "public_name": lazy_gettext("Name for the public list"),
    "message": lazy_gettext("Message"),
    "text": lazy_gettext("Text"),
    "written_at": lazy_gettext("Written"),
    "method_brand": lazy_gettext("Card"),
    "method_last4": lazy_gettext("Last four digits"),
    "utm_source": lazy_gettext("Source of the link"),
    "referrer_host": lazy_gettext("Site with the link"),
    "card_brand": lazy_gettext("Card"),
    "card_last4": lazy_gettext("Last four digits"),
    "name": lazy_gettext("Name"),
    "phone": lazy_gettext("Telephone"),
    "place": lazy_gettext("Place"),
    "access_needs": lazy_gettext("What you need there"),
    "browser": lazy_gettext("Browser"),
    "system": lazy_gettext("System"),
    "signed_in_at": lazy_gettext("Signed in"),
    "signed_up_at": lazy_gettext("Signed up"),
    "submitted_at": lazy_gettext("Sent in"),
    "started_at": lazy_gettext("Since"),
    "ended_at": lazy_gettext("Ended"),
    "number": lazy_gettext("Number"),
    "issued_at": lazy_gettext("Issued"),
    "donor_name": lazy_gettext("Name on the receipt"),
    "recipient": lazy_gettext("Sent to"),
    "sent_at": lazy_gettext("Sent"),
    "text_version": lazy_gettext("Text"),
    "evidence": lazy_gettext("Evidence"),
    "given_at": lazy_gettext("Agreed"),
    "withdrawn_at": lazy_gettext("Withdrawn"),
    "confirmed_at": lazy_gettext("Confirmed"),
    "left_at": lazy_gettext("Unsubscribed"),
    "reason": lazy_gettext("Reason"),
    "comment": lazy_gettext("Comment"),
    "added_at": lazy_gettext("Added"),
    "saved_at": lazy_gettext("Saved"),
    "answered_at": lazy_gettext("Answered"),
    "merged_at": lazy_gettext("Merged with another donor"),
    "decided_at": lazy_gettext("Found to be another person"),
    "typed": lazy_gettext("Blocked address"),
}
"""What the PDF says of each row; the JSON file has the rest."""

STYLE = """
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt "PT Sans" } }
body { font: 9.5pt/1.4 "PT Sans", sans-serif; color: #241916; margin: 0 }
h1 { font-size: 18pt; line-height: 1.15; margin: 0 0 3mm; color: #8c1c2b }
h2 { font-size: 13pt; margin: 8mm 0 1mm; border-bottom: .4pt solid #c9b79c; padding-bottom: 1mm; break-after: avoid }
p { margin: 0 0 2mm } .why { color: #5a4030 }
table { width: 100%; border-collapse: collapse; margin: 0 0 3mm; break-inside: avoid; border: .4pt solid #e2d6c3 }
th { text-align: left; font-weight: 400; color: #5a4030; width: 34%; vertical-align: top; padding: .8mm 2mm }
td { padding: .8mm 2mm; overflow-wrap: anywhere }
tr:nth-child(even) { background: #faf6ef }
"""


def data_pdf(data: DonorData) -> bytes:
    """Return the data of a donor as a PDF in their language."""
    with in_language(data.language):
        return html_to_pdf(_page(data))


def _page(data: DonorData) -> str:
    title = _("Your data")
    made = _("What %(organisation)s stores about %(email)s", organisation=_organisation(), email=data.email or "–")
    sections = "".join(_section(data, kind) for kind in FOR_DONORS)
    more = _("The file data.json has the same in full, for programs. Receipts are separate files.")
    return f"""<!DOCTYPE html>
<html lang="{escape(data.language)}"><head><meta charset="utf-8"><title>{escape(title)}</title>
<style>{font_faces()} {STYLE}</style></head><body>
<h1>{escape(title)}</h1><p>{escape(made)}, {escape(moment(data.made_at))}.</p><p class="why">{escape(more)}</p>
{sections}</body></html>"""


def _organisation() -> str:
    return text_of(organisation().name) or _("the organisation")


def _section(data: DonorData, kind: str) -> str:
    entry = entry_of(kind)  # type: ignore[arg-type]  # a member of the enum
    tables = "".join(
        _table(_facts(row)) for part in PARTS if part.kind == kind for row in data.rows[part.name] if _facts(row)
    )
    nothing = _("Nothing is stored.")
    body = tables or f"<p>{escape(nothing)}</p>"
    return f'<h2>{escape(str(entry.title))}</h2><p class="why">{escape(str(entry.why))}</p>{body}'


def _table(facts: Sequence[tuple[str, str]]) -> str:
    lines = "".join(f'<tr><th scope="row">{escape(label)}</th><td>{escape(text)}</td></tr>' for label, text in facts)
    return f"<table>{lines}</table>"


def _facts(row: Mapping[str, Value]) -> list[tuple[str, str]]:
    return [(str(LABELS[name]), text) for name, text in _texts(row) if text and name in LABELS]


def _texts(row: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    for name, value in row.items():
        if name == "currency":
            yield from _amounts(row)
        elif name == "document" and isinstance(value, dict):
            yield "donor_name", str(value.get("donor_name") or "")
        elif name == "text_version":
            yield name, str(TEXTS[ConsentPurpose(str(row["purpose"]))].get(str(value), value))
        elif isinstance(value, str):
            yield name, _in_words(name, value)


def _amounts(row: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    code = str(row["currency"])
    minor = sum(int(str(row[name])) for name in ("gift_minor", "cover_minor", "amount_minor") if name in row)
    yield "amount", exact_money(Money(minor, code))
    back = sum(int(str(row[name])) for name in ("refunded_minor", "charged_back_minor") if name in row)
    if back:
        yield "refunded", exact_money(Money(back, code))


def _in_words(name: str, value: str) -> str:
    if name.endswith("_on"):
        return day(date.fromisoformat(value))
    if name.endswith("_at"):
        return moment(datetime.fromisoformat(value))
    if name.endswith("_brand"):
        return value.title()
    return language_name(value) if name == "language" else value
