"""Statements of gifts: by year, or for any days, in any language."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.my import bp
from campaign.blueprints.my.browser_session import current_donor, page, to_sign_in
from campaign.blueprints.my.files import pdf_answer
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES
from campaign.services.donor_account.sessions import SignedInDonor
from campaign.services.donor_account.statement import (
    MAX_LINES,
    StatementEmpty,
    StatementTooLong,
    statement_of,
    years_of,
)
from campaign.services.donor_account.statement_pdf import statement_pdf
from campaign.web.security_headers import discreet


@dataclass(frozen=True, slots=True)
class StatementChoice:
    """The days and the language that were chosen, as they were typed."""

    since: str
    until: str
    language: str

    @classmethod
    def of_request(cls, lang: str) -> "StatementChoice":
        """Read the address; a language that is not installed is the page's."""
        language = request.args.get("language", "")
        since, until = (request.args.get(name, "")[:10] for name in ("since", "until"))
        return cls(since, until, language if language in LANGUAGES else lang)

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day; None where they are no days in this order."""
        try:
            since, until = date.fromisoformat(self.since), date.fromisoformat(self.until)
        except ValueError:
            return None
        return (since, until) if since <= until else None


@bp.get("/<language:lang>/my/statements")
def statements(lang: str) -> ResponseReturnValue:
    """The years with gifts, and the form for other days."""
    donor = current_donor()
    return _page(donor, StatementChoice.of_request(lang)) if donor else to_sign_in(lang)


@bp.get("/<language:lang>/my/statement.pdf")
@limiter.limit("20 per 10 minutes")
def statement(lang: str) -> ResponseReturnValue:
    """Download the statement of the chosen days."""
    donor = current_donor()
    if donor is None:
        return to_sign_in(lang)
    choice = StatementChoice.of_request(lang)
    if choice.days is None:
        return _page(donor, choice, _("Enter two days, the first one not after the last one."))
    try:
        made = statement_of(donor, *choice.days, clock=current_context().clock)
    except StatementEmpty:
        return _page(donor, choice, _("There are no gifts in these days. Choose others."))
    except StatementTooLong:
        return _page(donor, choice, _("There are more than %(max)d gifts in these days. Choose fewer.", max=MAX_LINES))
    name = f"statement-{made.since}-{made.until}.pdf"
    return discreet(pdf_answer(statement_pdf(made, choice.language), name))


def _page(donor: SignedInDonor, choice: StatementChoice, error: str | None = None) -> ResponseReturnValue:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return page(
        "my/statements.html",
        years=years_of(donor),
        choice=choice,
        error=error,
        languages=list(LANGUAGES),
        status=status,
    )
