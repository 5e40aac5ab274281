"""What hangs on a part of the plan or on a campaign, by the foreign keys of the database.

A table that refers to what is to be removed goes with it, or holds it back: a new one holds it back until it is named here.
"""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Table, delete, or_, select
from sqlalchemy.orm import Session

from campaign.domain.removal import RemovalBlock
from campaign.extensions import Model
from campaign.models.fund import Fund

Conditions = dict[str, ColumnElement[bool]]
GO_WITH_FUND = frozenset({"event", "grant", "budget_line", "fund_reach", "grant_call", "call_question"})
GO_WITH_CAMPAIGN = GO_WITH_FUND | {
    *("campaign_currency", "campaign_goals", "campaign_revision", "campaign_update", "document", "document_version"),
    *("form_views", "fund", "milestone", "milestone_note", "moderation_block", "section", "staff_grant"),
    *("suggested_amount", "text_consent", "weekly_report"),
}
MONEY = frozenset(
    {"posting", "allocation", "disbursement", "donation", "pledge", "pledge_succession", "journal_entry", "payout"}
)
BLOCKS: Mapping[str, RemovalBlock] = {
    **dict.fromkeys(MONEY, RemovalBlock.MONEY),
    "event_sign_up": RemovalBlock.SIGN_UPS,
    "grant_application": RemovalBlock.APPLICATIONS,
    "fund": RemovalBlock.TARGETS,
    **dict.fromkeys(("picture", "picture_place", "consent"), RemovalBlock.PICTURES),
}
"""Table → what its rows are to the people who read why something stays; all others belong to people."""


def is_booked(session: Session, funds: Sequence[Fund]) -> bool:
    """Return whether money is booked on one of these funds, or is proposed to be."""
    return RemovalBlock.MONEY in blocks_of(session, fund_conditions(funds), GO_WITH_FUND)


def fund_conditions(funds: Sequence[Fund]) -> Conditions:
    """Return the condition for the rows of these funds, the target first and then its children."""
    return {"fund": Model.metadata.tables["fund"].c.id.in_([fund.id for fund in funds])}


def blocks_of(session: Session, root: Conditions, goes_with: frozenset[str]) -> tuple[RemovalBlock, ...]:
    """Return what holds back the rows of `root`, each once."""
    blocks = (
        BLOCKS.get(table.name, RemovalBlock.PEOPLE)
        for table, condition in _dependents(dict(root), goes_with)
        if session.execute(select(1).select_from(table).where(condition).limit(1)).first() is not None
    )
    return tuple(dict.fromkeys(blocks))


def delete_with(session: Session, root: Conditions, goes_with: frozenset[str]) -> None:
    """Delete the rows of `root` with what goes with them; the database refuses where anything else refers to them."""
    conditions = dict(root)
    list(_dependents(conditions, goes_with))  # adds the conditions
    for table in reversed(Model.metadata.sorted_tables):
        if table.name in conditions:
            session.execute(delete(table).where(conditions[table.name]))


def _dependents(conditions: Conditions, goes_with: frozenset[str]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Add the condition of each table that goes with the rows, and yield the others that refer to them."""
    for table in Model.metadata.sorted_tables:
        refers = [
            key.parent.in_(select(key.column).where(conditions[key.column.table.name]))
            for key in table.foreign_keys
            if key.column.table.name in conditions and key.column.table is not table
        ]
        if refers and table.name in goes_with:
            conditions[table.name] = or_(*refers)
        elif refers:
            yield table, or_(*refers)
