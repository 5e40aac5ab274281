"""The totals of a database: plain SQL, so that it runs on a copy as well as on the database in use."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from campaign.services.backup.manifest import Totals

Execute = Callable[[str], Iterable[Any]]
"""Runs a query and returns its rows: a driver's own `execute`, or SQLAlchemy's `exec_driver_sql`."""

GIFTS = "SELECT currency, COUNT(*), SUM(gift_minor + cover_minor) FROM donation WHERE state = 'paid' GROUP BY currency"
RECEIPTS = "SELECT currency, COUNT(*), SUM(amount_minor) FROM receipt GROUP BY currency"
ENTRIES = "SELECT currency, COUNT(DISTINCT entry_id) FROM posting GROUP BY currency"
AMOUNTS = ((GIFTS, ("gifts", "gifts_minor")), (RECEIPTS, ("receipts", "receipts_minor")), (ENTRIES, ("entries",)))
"""Queries with a row for each currency, and the names of what follows it."""
BALANCES = "SELECT currency, account, SUM(amount_minor) FROM posting GROUP BY currency, account"
LAST_RECEIPTS = "SELECT series, year, last_number FROM receipt_counter"


def read_totals(execute: Execute) -> Totals:
    """Return the totals of the database that answers these queries."""
    currencies: dict[str, dict[str, int]] = defaultdict(dict)
    for query, names in AMOUNTS:
        for currency, *values in execute(query):
            currencies[currency] |= {name: int(value) for name, value in zip(names, values, strict=True)}
    for currency, account, balance in execute(BALANCES):
        currencies[currency][f"account {account}"] = int(balance)
    last = {f"{series}-{year}": int(number) for series, year, number in execute(LAST_RECEIPTS)}
    return Totals(
        currencies={currency: dict(sorted(of_one.items())) for currency, of_one in sorted(currencies.items())},
        last_receipts=dict(sorted(last.items())),
    )


def differences(stored: Totals, restored: Totals) -> list[str]:
    """Return what differs between the manifest's totals and those of the restored database, one sentence each."""
    before, after = _flat(stored), _flat(restored)
    return [
        f"{name}: {before.get(name, 0)} in the manifest, {after.get(name, 0)} in the database"
        for name in sorted(before | after)
        if before.get(name) != after.get(name)
    ]


def _flat(totals: Totals) -> dict[str, int]:
    amounts = {
        f"{currency} {name}": value for currency, of_one in totals.currencies.items() for name, value in of_one.items()
    }
    return {**amounts, **{f"last receipt {series}": number for series, number in totals.last_receipts.items()}}
