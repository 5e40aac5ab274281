"""A PostgreSQL server whose disk is full, that lacks memory, or only reads after a failover: 503, and nothing is lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from campaign import jobs
from campaign.database import DatabaseUnavailable, transaction
from campaign.extensions import db
from campaign.models.inbox import ProviderEvent
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.blueprints.donations.pledge_page import DonorsPage
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge
from tests.support.fakes import SIGNATURE, FakePayments, RecordingMailer, SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = [pytest.mark.faults, pytest.mark.database("postgresql")]
DISK_FULL, READ_ONLY = "53100", "25006"


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return Engine.started(app, payments, mailer, clock)


@contextmanager
def outage(state: str) -> Iterator[None]:
    """The server itself answers every writing with this SQLSTATE."""
    if state == READ_ONLY:
        _run("ALTER DATABASE lent SET default_transaction_read_only = on")
        db.engine.dispose()
    else:
        _run(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '{state}'; END $$"
        )
        for table in _tables():
            _run(f"CREATE TRIGGER a_fail BEFORE INSERT OR UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION fail()")
    try:
        yield
    finally:
        if state == READ_ONLY:
            _run("SET default_transaction_read_only = off", "ALTER DATABASE lent RESET default_transaction_read_only")
        else:
            _run("DROP FUNCTION fail() CASCADE")


def _run(*statements: str) -> None:
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.invalidate()


def _tables() -> list[str]:
    with db.engine.connect() as connection:
        names = connection.execute(text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"))
        return [name for name in names.scalars() if name != "alembic_version"]


@pytest.mark.parametrize("state", ["53200", "53300", "53400", "57P03"])
def test_what_passes_by_itself_is_an_outage_and_no_fault(app: Flask, state: str) -> None:
    with pytest.raises(DatabaseUnavailable), transaction() as session:
        session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'later' USING ERRCODE = '{state}'; END $$"))


@pytest.mark.parametrize("state", [DISK_FULL, READ_ONLY])
def test_everybody_gets_a_503_with_retry_after_and_nothing_is_lost(
    engine: Engine, client: FlaskClient, state: str
) -> None:
    donor = DonorsPage(client, engine, begin_pledge(engine), language="ru")
    paid = engine.open()
    checkout = engine.checkout_of(paid)
    engine.payments.pay(checkout)
    engine.tell("checkout.session.completed", checkout)
    form = fetch_address(client, "/ky/donate")
    engine.clock.advance(seconds=10)
    desk = sign_in_as(engine.app, engine.clock, role="finance").client
    staff_page, token = f"/staff/pledges/{donor.pledge.public_id}/links", token_of(desk)
    body = engine.payments.event("checkout.session.completed", checkout, event_id="evt_in_outage")
    sent = len(engine.mailer.sent)
    with outage(state):
        answers = {
            "webhook": client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": SIGNATURE}),
            "form": form.submit(client, "form[data-give]", amount="1000", message="Рахмат"),
            "donor": donor.press("stop"),
            "staff": desk.post(staff_page, data={"csrf_token": token}),
        }
        assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 503)
        assert all(answer.headers["Retry-After"] for answer in answers.values())
        assert "Карта менен төлөө азыр иштебей" in Page(answers["form"]).text()
        assert Page(answers["form"]).one("textarea[name=message]").get_text().strip() == "Рахмат"
        assert Page(answers["donor"]).one("html")["lang"] == "ru"
        assert jobs.work_off_everything() == 0
        assert client.get("/en/").status_code == 200
        assert client.get("/healthz").status_code == 200
        ready, alarms = client.get("/readyz"), client.get("/healthz/alarms")
        assert ready.status_code == (503 if state == READ_ONLY else 200)
        if state == DISK_FULL:
            assert alarms.status_code == 503
    assert engine.donation(paid).state == "open"
    engine.clock.advance(hours=1)
    again = client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": SIGNATURE})
    assert again.status_code == 200
    engine.work()
    assert engine.donation(paid).state == "paid"
    assert len(engine.mailer.sent) > sent
    assert form.submit(client, "form[data-give]", amount="1000").status_code == 303
    assert set(engine.session.execute(select(ProviderEvent.state)).scalars()) == {"processed"}
    assert client.get("/readyz").status_code == 200
