"""One app whose database is put back to the same beginning before every history."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from flask import Flask
from psycopg.conninfo import make_conninfo
from sqlalchemy import event, make_url, select

from campaign import create_app
from campaign.database import reading
from campaign.extensions import db
from campaign.models.fund import Fund, FundTransferRule
from tests.support.builders import a_campaign, a_fund, a_member_of_staff, a_restricted_child, general_fund_of
from tests.support.databases import config_for
from tests.support.db_snapshot import Beginning


@dataclass(frozen=True)
class Place:
    """A fund by the three names that it has."""

    id: int
    public_id: str
    code: str
    kind: str


@dataclass(frozen=True)
class Cast:
    """The campaign, its funds and its people, as plain facts that outlive any session."""

    campaign_id: int
    slug: str
    funds: dict[str, Place]
    reach: frozenset[tuple[int, int]]
    proposer: int
    approver: int


class Store(Protocol):
    """Where the beginning is kept, and how the app's database is made equal to it."""

    def keep(self) -> None: ...

    def restore(self) -> None: ...

    def forget(self) -> None: ...


class SqliteStore:
    def __init__(self, url: str) -> None:
        self._path = Path(make_url(url).database or "")
        self._snapshot = self._path.with_suffix(".beginning")

    def keep(self) -> None:
        shutil.copyfile(self._path, self._snapshot)

    def restore(self) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{self._path}{end}").unlink(missing_ok=True)
        shutil.copyfile(self._snapshot, self._path)

    def forget(self) -> None:
        self._snapshot.unlink(missing_ok=True)


class PostgresqlStore:
    def __init__(self, url: str) -> None:
        address = make_url(url)
        self._conninfo = make_conninfo(host=str(address.query["host"]), user="postgres", dbname=address.database)

    def keep(self) -> None:
        self._snapshot = Beginning.of(self._conninfo)

    def restore(self) -> None:
        assert self._snapshot.restore(), "somebody has changed the schema"

    def forget(self) -> None:
        self._snapshot.close()


@dataclass
class LedgerScenario:
    """The app with a campaign that takes gifts for three purposes and spends on two targets."""

    app: Flask
    cast: Cast
    store: Store
    prepare: list[Callable[[], None]] = field(default_factory=list)  # done to every fresh copy

    def reset(self) -> None:
        """Back to the beginning: no gift, no entry."""
        self.leave()
        self.store.restore()
        for act in self.prepare:
            act()

    def leave(self) -> None:
        """Let go of every connection."""
        db.session.remove()
        db.engine.dispose()


@contextmanager
def stage_on(database_url: str, *, instance: Path) -> Iterator[LedgerScenario]:
    """A stage on a migrated, empty database."""
    app = create_app(config_for(database_url, instance=instance))
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(
                db.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF")
            )  # no one pulls a plug
        cast = _set()
        store: Store = SqliteStore(database_url) if database_url.startswith("sqlite") else PostgresqlStore(database_url)
        stage = LedgerScenario(app, cast, store)
        stage.leave()
        store.keep()
        yield stage
        stage.leave()
        store.forget()


def _set() -> Cast:
    campaign = a_campaign()
    themes = {name: a_fund(campaign=campaign, code=f"THEME-{name}") for name in ("EVENTS", "GRANTS")}
    event_fund = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    grant_fund = a_fund(campaign=campaign, code="GRANT-1", kind="grant")
    a_restricted_child(theme=themes["EVENTS"], target=event_fund)
    a_restricted_child(theme=themes["GRANTS"], target=grant_fund)
    general_fund_of(campaign)
    proposer, approver = a_member_of_staff(role="campaign"), a_member_of_staff(role="approver")
    with reading() as session:
        funds = session.execute(select(Fund.id, Fund.public_id, Fund.code, Fund.kind)).all()
        reach = session.execute(select(FundTransferRule.source_id, FundTransferRule.target_id)).all()
        return Cast(
            campaign_id=campaign.id,
            slug=campaign.slug,
            funds={row.code: Place(*row) for row in funds},
            reach=frozenset((row[0], row[1]) for row in reach),
            proposer=proposer.id,
            approver=approver.id,
        )
