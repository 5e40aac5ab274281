"""A ledger with money in it, and every way around the services by which a row could be changed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from campaign.extensions import db

Line = tuple[int, int | None, str, int]  # account, fund, currency, minor units


@dataclass
class Books:
    """A hundred dollars for anything, fifty for events; thirty were allocated to an event, ten of them are spent."""

    campaign: int
    general: int
    theme: int
    event: int
    child: int

    def entry(self, kind: str, *lines: Line, source: str = "attack", reverses: str | None = None) -> None:
        """Lines first, header last, as the triggers expect it."""
        self.lines("attack", *lines)
        self.header("attack", kind, source=source, reverses=reverses)

    def lines(self, entry_id: str, *lines: Line, first: int = 1, how: str = "INSERT") -> None:
        for number, (account, fund, currency, minor) in enumerate(lines, start=first):
            run(
                f"{how} INTO posting (entry_id, transaction_id, line, account, fund_id, currency, amount_minor, reference)"
                " VALUES (:entry, 0, :line, :account, :fund, :currency, :minor, '')",
                entry=entry_id,
                line=number,
                account=account,
                fund=fund,
                currency=currency,
                minor=minor,
            )

    def header(
        self, entry_id: str, kind: str, *, source: str, reverses: str | None = None, how: str = "INSERT"
    ) -> None:
        run(
            f"{how} INTO journal_entry (id, transaction_id, campaign_id, source, request_hash, kind, subject,"
            " effective_on, recorded_at, reverses, note)"
            " VALUES (:id, 0, :campaign, :source, '', :kind, 'attack', '2026-12-01', '2026-12-01', :reverses, '')",
            id=entry_id,
            campaign=self.campaign,
            source=source,
            kind=kind,
            reverses=reverses,
        )

    def move(self, kind: str, source: int, target: int, minor: int, currency: str = "USD") -> None:
        self.entry(kind, (4800, source, currency, minor), (4800, target, currency, -minor))

    def reverse(
        self,
        source: str,
        *,
        times: int = 1,
        named: str | None = "the same",
        kind: str = "reversal",
        name: str = "attack",
    ) -> None:
        """The lines of an entry turned round, under a header that says so."""
        run(
            "INSERT INTO posting (entry_id, transaction_id, line, account, fund_id, currency, amount_minor, reference)"
            " SELECT :name, 0, line, account, fund_id, currency, -amount_minor * :times, '' FROM posting"
            " WHERE entry_id = (SELECT id FROM journal_entry WHERE source = :source)",
            name=name,
            source=source,
            times=times,
        )
        self.header(name, kind, source=name, reverses=source if named == "the same" else named)


def run(statement: str, **values: Any) -> None:
    db.session.execute(text(statement), values)


def entry_id() -> str:
    name: str = db.session.execute(text("SELECT id FROM journal_entry WHERE source = 'allocation:moved'")).scalar_one()
    return name
