"""A statement as a PDF, in the family of the receipts: who received what, and what the paper is and is not."""

from html import escape

from flask_babel import gettext as _

from campaign.domain.money import Money
from campaign.i18n import day, exact_money, in_language, text_of
from campaign.services.donor_account.statement import Statement, StatementLine
from campaign.services.links.poster import font_faces, html_to_pdf
from campaign.services.organisation.profile import OrganisationProfile, organisation

STYLE = """
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt "PT Sans" } }
body { font: 9.5pt/1.4 "PT Sans", sans-serif; color: #241916; margin: 0 }
h1 { font-size: 18pt; line-height: 1.15; margin: 6mm 0 1mm; color: #8c1c2b }
h2 { font-size: 12pt; margin: 7mm 0 2mm; break-after: avoid }
p { margin: 0 0 2mm } .quiet { color: #5a4030 } .lines { white-space: pre-line }
.band { height: 3mm; background: #8c1c2b; border-bottom: 1.2mm solid #d89f34; margin-bottom: 6mm }
.test { border: .6pt solid #d89f34; background: #fbf1dc; padding: 2mm 3mm }
table { width: 100%; border-collapse: collapse; margin: 0 0 3mm } thead { display: table-header-group }
th { text-align: left; font-weight: 700; vertical-align: bottom; border-bottom: .8pt solid #8c1c2b; padding: 1mm 2mm }
td { vertical-align: top; border-bottom: .4pt solid #e2d6c3; padding: 1mm 2mm; overflow-wrap: anywhere }
tr { break-inside: avoid } .num { text-align: right } .whole { white-space: nowrap }
"""


def statement_pdf(statement: Statement, language: str) -> bytes:
    """Return a statement as an accessible PDF in a language."""
    with in_language(language):
        return html_to_pdf(_page(statement, language))


def _page(statement: Statement, language: str) -> str:
    title = _("Statement of gifts")
    period = _("%(since)s to %(until)s", since=day(statement.since), until=day(statement.until))
    test = _("Test gifts: no real money was moved.")
    is_test = any(line.is_test for line in statement.lines)
    return f"""<!DOCTYPE html>
<html lang="{escape(language)}"><head><meta charset="utf-8"><title>{escape(title)}</title>
<style>{font_faces()} {STYLE}</style></head><body>
<div class="band"></div>{_issuer(organisation())}
<h1>{escape(title)}</h1><p><b>{escape(period)}</b></p>{_donor(statement)}
{f'<p class="test">{escape(test)}</p>' if is_test else ""}
{_totals(statement)}{_lines(statement)}{_notes(statement)}</body></html>"""


def _issuer(profile: OrganisationProfile) -> str:
    facts = (text_of(profile.address), text_of(profile.registration), profile.contact_email)
    lines = "".join(f'<br><span class="lines">{escape(fact)}</span>' for fact in facts if fact)
    return f"<p><b>{escape(text_of(profile.legal_name))}</b>{lines}</p>"


def _donor(statement: Statement) -> str:
    label = _("Donor")
    names = "".join(f"{escape(name)}<br>" for name in statement.names[:5])
    return f'<p><span class="quiet">{escape(label)}</span><br>{names}{escape(statement.email)}</p>'


def _totals(statement: Statement) -> str:
    heads = (_("Currency"), _("Gifts"), _("Given"), _("Returned"), _("Remaining"))
    rows = [
        (total.given.currency, str(total.gifts), *map(_sum, (total.given, total.returned, total.remaining)))
        for total in statement.totals
    ]
    return _heading(_("Totals")) + _table(heads, rows, numeric=(1, 2, 3, 4))


def _lines(statement: Statement) -> str:
    heads = (_("Date"), _("Campaign and purpose"), _("Receipt"), _("Given"), _("Returned"))
    return _heading(_("Gifts")) + _table(heads, [_row(line) for line in statement.lines], numeric=(3, 4), long=1)


def _row(line: StatementLine) -> tuple[str, ...]:
    what = f"{text_of(line.campaign_name)} · {text_of(line.purpose)}"
    returned = _sum(line.returned) if line.returned.minor else "–"
    return day(line.paid_on), what, line.receipt_number or "–", _sum(line.given), returned


def _sum(amount: Money) -> str:
    return exact_money(amount)


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]], *, numeric: tuple[int, ...], long: int = -1) -> str:
    """Return a table; only the cells of the column `long` are wrapped."""

    def cells(tag: str, texts: tuple[str, ...]) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        marks = [
            f"{'num ' if place in numeric else ''}{'whole' if place != long else ''}" for place in range(len(texts))
        ]
        return "".join(
            f'<{tag}{scope} class="{mark}">{escape(text)}</{tag}>' for text, mark in zip(texts, marks, strict=True)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', heads)}</tr></thead><tbody>{body}</tbody></table>"


def _notes(statement: Statement) -> str:
    made_on = day(statement.made_on)
    notes = (
        _(
            "This statement lists the gifts that we received from you in these days, as our books have them on %(day)s.",
            day=made_on,
        ),
        _(
            "It is no receipt: the receipts with these numbers acknowledge each gift. “Returned” is what went back to you "
            "until that day."
        ),
        _(
            "Gifts made with another email address are not in it. Whether a gift reduces your tax depends on the law where "
            "you live."
        ),
    )
    paragraphs = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return _heading(_("What this is")) + paragraphs


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"
