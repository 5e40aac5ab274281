"""A donor's own data as a PDF that they can read: one table for each gift, email and consent, in their language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from html import escape

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

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
    "email": _l("Email address"),
    "language": _l("Language"),
    "created_at": _l("Written down"),
    "paid_on": _l("Paid on"),
    "amount": _l("Amount"),
    "refunded": _l("Returned"),
    "payer_name": _l("Name of the payer"),
    "receipt_name": _l("Name for the receipt"),
    "public_name": _l("Name for the public list"),
    "message": _l("Message"),
    "text": _l("Text"),
    "written_at": _l("Written"),
    "method_brand": _l("Card"),
    "method_last4": _l("Last four digits"),
    "utm_source": _l("Source of the link"),
    "referrer_host": _l("Site with the link"),
    "card_brand": _l("Card"),
    "card_last4": _l("Last four digits"),
    "name": _l("Name"),
    "phone": _l("Telephone"),
    "place": _l("Place"),
    "access_needs": _l("What you need there"),
    "signed_up_at": _l("Signed up"),
    "submitted_at": _l("Sent in"),
    "started_at": _l("Since"),
    "ended_at": _l("Ended"),
    "number": _l("Number"),
    "issued_at": _l("Issued"),
    "donor_name": _l("Name on the receipt"),
    "recipient": _l("Sent to"),
    "sent_at": _l("Sent"),
    "text_version": _l("Text"),
    "evidence": _l("Evidence"),
    "given_at": _l("Agreed"),
    "withdrawn_at": _l("Withdrawn"),
    "confirmed_at": _l("Confirmed"),
    "left_at": _l("Unsubscribed"),
    "reason": _l("Reason"),
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
    body = tables or f"<p>{escape(_('Nothing is stored.'))}</p>"
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
