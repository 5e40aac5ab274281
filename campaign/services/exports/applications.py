"""The file of a campaign's applications for grants: who applied, what they answered, and what was decided."""

from collections.abc import Iterator
from typing import IO

from flask_babel import gettext as _

from campaign.days import time_zone
from campaign.domain.grant_call import QuestionKind
from campaign.i18n import colon_after, language_in_words, text_of
from campaign.services.exports.state_words import APPLICATIONS, in_words
from campaign.services.grants.desk import DeskApplication, Reader, list_applications, one_application
from campaign.services.spreadsheets import Cell, FileFormat, Sheet, render_sheet

MAX_ROWS = 2000


def applications_sheet(reader: Reader, *, state: str, file_format: FileFormat) -> IO[bytes]:
    """Return the applications that this person may read; averages of scores only where both are given."""
    sheet = Sheet(
        zone=time_zone(),
        title=_("Applications"),
        about=(),
        columns=(
            _("Application"),
            _("Grant"),
            _("State"),
            _("Name"),
            _("Place"),
            _("Email"),
            _("Language"),
            _("Submitted at (%(zone)s)", zone=time_zone().key),
            _("Average score"),
            _("Award"),
            _("Currency"),
            _("Answers"),
        ),
        rows=_rows(reader, state),
    )
    return render_sheet(sheet, file_format)


def _rows(reader: Reader, state: str) -> Iterator[tuple[Cell, ...]]:
    rows, _has_more = list_applications(reader, state=state, limit=MAX_ROWS)
    for row in rows:
        known = one_application(reader, row.public_id)
        own, award = known.own, known.decision.award if known.decision else None
        yield (
            row.public_id,
            text_of(row.grant_title),
            in_words(APPLICATIONS, row.state),
            row.name,
            row.place,
            own.email if own else "",
            language_in_words(known.language),
            row.submitted_at,
            f"{row.average:.2f}" if row.average is not None else "",
            award.decimal if award else None,
            award.currency if award else "",
            _answers(known),
        )


def _answers(known: DeskApplication) -> str:
    if known.own is None:
        return ""
    lines = []
    for question in known.questions:
        answer = known.own.answers.get(question.public_id, "")
        if question.kind is QuestionKind.CHOICE and answer:
            answer = text_of(question.options[int(answer)])
        if question.kind is QuestionKind.ELIGIBILITY and answer:
            answer = _("Yes") if answer == "yes" else _("No")
        if answer:
            label = text_of(question.label)
            lines.append(f"{label}{colon_after(label)} {answer}")
    return "\n".join(lines)
