"""An installation to measure: a folder with a migrated database, the demo campaign and as many gifts as requested."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select, text, update

from campaign import create_app
from campaign.database import transaction
from campaign.extensions import db
from campaign.gateways.clock import SystemClock
from campaign.gateways.context import Context
from campaign.models.campaign import Campaign
from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from tests.bench.bulk import add_gifts
from tests.support.databases import config_for, migrate
from tests.support.fakes import FakePayments

SECRET_KEY = "a key for benchmarks that keeps nothing secret"
API_KEY = "sk_test_sandbox_benchmark"
WEBHOOK_SECRET = "whsec_benchmark"


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder as INSTANCE_DIR has it, and the database in it (or elsewhere)."""

    folder: Path
    database_url: str

    def environment(self, *, port: int, provider_port: int) -> dict[str, str]:
        """The settings of a server of this installation; the sandbox's place is taken by a stand-in of ours."""
        addresses = self.folder / "sandbox" / "sandbox.json"
        addresses.parent.mkdir(exist_ok=True)
        addresses.write_text(
            json.dumps(
                {
                    "api_base": f"http://127.0.0.1:{provider_port}",
                    "api_key": API_KEY,
                    "webhook_secret": WEBHOOK_SECRET,
                    "webhook_url": f"http://127.0.0.1:{port}/webhooks/stripe",
                }
            ),
            encoding="ascii",
        )
        return {
            "APP_ENV": "development",
            "INSTANCE_DIR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            "SECRET_KEY": SECRET_KEY,
            "LOG_LEVEL": "ERROR",
        }

    @contextmanager
    def app(self, payments: FakePayments | None = None) -> Iterator[Flask]:
        """The app on this database in our own process, its context pushed."""
        config = config_for(self.database_url, instance=self.folder)
        payments = payments or FakePayments()
        app = create_app(config, Context(clock=SystemClock(), payments=payments, public_url=config.public_url))
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


def install(folder: Path, *, gifts: int = 0, database_url: str | None = None) -> Installation:
    """A new installation in `folder`: migrations, the demo campaign, open today, and `gifts` gifts."""
    folder.mkdir(parents=True)
    made = Installation(folder, database_url or f"sqlite:///{folder / 'kurak.sqlite'}")
    migrate(made.database_url, instance=folder)
    with made.app():
        load_campaign(load_plan(), clock=SystemClock())
        _open_today()
        if gifts:
            give(gifts)
    return made


def copy_of(template: Installation, folder: Path, *, gifts: int = 0) -> Installation:
    """Another installation on a copy of an SQLite database, with more gifts."""
    folder.mkdir(parents=True)
    shutil.copyfile(template.folder / "kurak.sqlite", folder / "kurak.sqlite")
    made = Installation(folder, f"sqlite:///{folder / 'kurak.sqlite'}")
    if gifts:
        with made.app():
            give(gifts)
    return made


def give(gifts: int) -> None:
    """Gifts in bulk, in one transaction; PostgreSQL gets what autovacuum and its sequences would else learn."""
    with transaction() as session:
        campaign = session.execute(select(Campaign).where(Campaign.is_featured)).scalar_one()
        add_gifts(session, campaign, gifts=gifts, until=SystemClock().now())
    if db.engine.dialect.name == "postgresql":
        with transaction() as session:
            for name in ("donation", "receipt"):  # their rows were numbered by us
                session.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT MAX(id) FROM {name}))")  # noqa: S608
                )
            session.execute(text("ANALYZE"))


def _open_today() -> None:
    """The campaign takes gifts now, whenever the benchmark is run."""
    today = SystemClock().now().date()
    with transaction() as session:
        session.execute(
            update(Campaign).values(starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=90))
        )
