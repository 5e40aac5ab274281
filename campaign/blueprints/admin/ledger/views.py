"""The ledger on screen and as files: journal, trial balance, fund statement."""

from datetime import datetime

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.filters import ListFilters, list_filters
from campaign.blueprints.admin.frame import campaign, file_answer
from campaign.blueprints.admin.guard import covers_organisation, person
from campaign.domain.errors import NotFound
from campaign.domain.journal import EntryKind
from campaign.gateway_registry import current_context
from campaign.i18n import text_of
from campaign.services import audit
from campaign.services.exports.ledger import fund_statement_file, ledger_file, period_of, trial_balance_file
from campaign.services.funds.balances import FundRow, fund, funds
from campaign.services.funds.statement import COLUMNS, fund_statement_of
from campaign.services.ledger import reports
from campaign.services.ledger.entries import LedgerFilter, LedgerRow
from campaign.services.ledger.words import KINDS
from campaign.services.reconciliation.subject_search import subjects_about
from campaign.services.spreadsheets import FileFormat

PAGE_ROWS = 100


@bp.get("/ledger")
def ledger() -> ResponseReturnValue:
    """The journal line by line, oldest first, a hundred lines a page."""
    filters = list_filters()
    criteria = _criteria(filters)
    rows = reports.journal_page(criteria, after=_place(filters), limit=PAGE_ROWS) if not filters.mistakes else []
    page = render_template(
        "admin/ledger/journal.html",
        filters=filters,
        rows=rows,
        funds=funds(campaign().id),
        kinds=KINDS,
        pager=filters.pager(_place_of(rows[-1]) if len(rows) == PAGE_ROWS else None, cursor="after"),
    )
    return page, filters.status


@bp.get("/ledger/trial-balance")
def trial_balance() -> ResponseReturnValue:
    """The balance of each account, and the ledger's invariants that are broken, if any."""
    return render_template(
        "admin/ledger/trial_balance.html",
        balances=reports.trial_balance(campaign().id),
        problems=reports.problems(),
        shows_rows=covers_organisation(),
        checked_at=current_context().clock.now(),
    )


@bp.get("/ledger/funds")
def fund_statement() -> ResponseReturnValue:
    """What came into and went out of every fund: the rows, columns and totals of the file."""
    named = {row.id: row for row in funds(campaign().id)}
    return render_template(
        "admin/ledger/fund_statement.html", statement=fund_statement_of(campaign().id), columns=COLUMNS, named=named
    )


@bp.get("/ledger/journal.<any(csv,xlsx):file_format>")
def journal_file(file_format: FileFormat) -> Response:
    """The same lines as on screen, all of them, with totals."""
    filters, clock = list_filters(), current_context().clock
    criteria = _criteria(filters)
    filters.refuse_mistakes()
    about = [*period_of(criteria.since, criteria.until, made_at=clock.now()), *_about(filters, criteria)]
    file = ledger_file(criteria, about=about, file_format=file_format)
    _note(
        "ledger:download",
        {"format": file_format, "since": str(criteria.since or ""), "until": str(criteria.until or "")},
    )
    return file_answer(file, "ledger", file_format)


@bp.get("/ledger/trial-balance.<any(csv,xlsx):file_format>")
def balance_file(file_format: FileFormat) -> Response:
    """Send the trial balance as a file."""
    about = period_of(None, None, made_at=current_context().clock.now())
    file = trial_balance_file(campaign().id, about=about, file_format=file_format)
    return file_answer(file, "trial-balance", file_format)


@bp.get("/ledger/funds.<any(csv,xlsx):file_format>")
def statement_file(file_format: FileFormat) -> Response:
    """Send the statement of all funds as a file."""
    about, here = period_of(None, None, made_at=current_context().clock.now()), campaign().id
    file = fund_statement_file(here, funds=funds(here), about=about, file_format=file_format)
    return file_answer(file, "funds", file_format)


def _criteria(filters: ListFilters) -> LedgerFilter:
    kind, chosen = filters.choice("kind", tuple(KINDS)), _fund(filters)
    since, until = filters.period()
    return LedgerFilter(
        campaign_id=campaign().id,
        since=since,
        until=until,
        fund_id=chosen.id if chosen else None,
        kinds=frozenset({kind}) if kind else frozenset(),
        subjects=subjects_about(campaign().id, text) if (text := filters.text("subject")) else None,
    )


def _fund(filters: ListFilters) -> FundRow | None:
    if not filters.text("fund"):
        return None
    try:
        return fund(campaign().id, filters.text("fund"))
    except NotFound:
        filters.mistakes.append(("fund", _("There is no such fund.")))
        return None


def _about(filters: ListFilters, criteria: LedgerFilter) -> list[tuple[str, str]]:
    chosen = _fund(filters)
    said = {
        _("Fund"): f"{chosen.code} {text_of(chosen.title)}" if chosen else "",
        _("Kind"): ", ".join(str(KINDS[EntryKind(kind)]) for kind in criteria.kinds),
        _("About"): filters.text("subject"),
    }
    return [(label, value) for label, value in said.items() if value]


def _place(filters: ListFilters) -> tuple[datetime, str, int] | None:
    """Return where the previous page ended; None for the first page."""
    at, _sep, rest = filters.text("after").partition("~")
    entry_id, _sep, line = rest.partition("~")
    try:
        return datetime.fromisoformat(at), entry_id, int(line)
    except ValueError:
        return None


def _place_of(row: LedgerRow) -> str:
    return f"{row.recorded_at.isoformat()}~{row.entry_id}~{row.line}"


def _note(action: str, detail: dict[str, object]) -> None:
    subject = f"campaign:{campaign().slug}"
    audit.record_access(
        actor_id=person().id, action=action, subject=subject, detail=detail, clock=current_context().clock
    )
