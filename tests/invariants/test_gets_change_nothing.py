"""GET and HEAD change nothing: every address is opened twice, signed in and not, and the database is compared."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, IntegerConverter
from werkzeug.routing import Rule as Route

from campaign.extensions import Model, db
from campaign.models.allocation import Allocation
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.models.staff import Staff
from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_paid_gift
from tests.support.fakes import SettableClock

pytestmark = [
    pytest.mark.faults,  # a thousand pages
    pytest.mark.database("postgresql"),  # every page is read here; most tests of pages use SQLite
]
READS_ARE_RECORDED = "audit_event"
"""Who downloads names or money is written into the audit trail: that a GET was made, not a change of anything."""
FILLED_IN = {
    "lang": "en",
    "name": "about",
    "mark": "logo",
    "file_format": "csv",
    "number": "NO-1",
    "token": "none",
    "path": "css/site.css",
}


def rows(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but the record of readings."""
    session.rollback()
    tables = [table for table in Model.metadata.sorted_tables if table.name != READS_ARE_RECORDED]
    return {table.name: [tuple(row) for row in session.execute(select(table))] for table in tables}


@contextmanager
def statements_that_write(endpoint: str) -> Iterator[list[tuple[str, str]]]:
    """What an address makes the database do beside reading, to name it where something has changed."""
    statements: list[tuple[str, str]] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and READS_ARE_RECORDED not in statement:
            statements.append((endpoint, statement[:80]))

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


def addresses(app: Flask, session: Session) -> Iterator[tuple[str, str]]:
    """(endpoint, path) of every address that takes GET, filled in with things that are there."""
    firsts = {
        "admin.donation": select(Donation.public_id),
        "admin.receipt_file": select(Receipt.number),
        "admin.person": select(Staff.id),
        "admin.allocation": select(Allocation.public_id),
        "admin.inbox_event": select(ProviderEvent.event_id),
        "admin.mail_again": select(Message.public_id),
    }
    keys = {name: session.execute(query.limit(1)).scalar() for name, query in firsts.items()}
    slug = load_plan().slug
    for route in app.url_map.iter_rules():
        if "GET" not in (route.methods or ()) or route.endpoint == "static":
            continue
        yield route.endpoint, _filled(app, route, {**FILLED_IN, "slug": slug}, keys.get(route.endpoint))


def _filled(app: Flask, route: Route, values: dict[str, str], first: object) -> str:
    given = {name: first or values.get(name, "zzzzzzzzzzzzzzzz") for name in route.arguments}
    given |= {name: values[name] for name in ("lang", "file_format", "slug") if name in route.arguments}
    given |= dict(route.defaults or {})
    for name, converter in route._converters.items():
        if isinstance(converter, IntegerConverter):
            given[name] = first if isinstance(first, int) else 1
        if isinstance(converter, AnyConverter) and name in given and given[name] not in converter.items:
            given[name] = min(converter.items)
    return str(app.url_map.bind("localhost").build(route.endpoint, given))


@pytest.mark.parametrize("role", [None, "admin", "finance"])
def test_opening_every_address_twice_changes_no_row(
    app: Flask, client: FlaskClient, session: Session, clock: SettableClock, role: str | None
) -> None:
    load_campaign(load_plan(), clock=clock)
    a_paid_gift(campaign=session.execute(select(Campaign)).scalars().one())
    browser = sign_in_as(app, clock, role=role).client if role else client
    before = rows(session)
    opened = list(addresses(app, session))
    assert len(opened) > 70
    written: list[tuple[str, str]] = []
    for endpoint, path in opened:
        with statements_that_write(endpoint) as statements:
            for method in (browser.get, browser.get, browser.head):
                answer = method(path)
                answer.close()
                assert answer.status_code < 500, (endpoint, path)
        written += statements
    after = rows(session)
    assert [name for name in before if before[name] != after[name]] == [], written
    if role:
        assert browser.get("/staff/account").status_code == 200  # and nobody was signed out on the way
