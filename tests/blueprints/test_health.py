"""The addresses that monitoring reads."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.database import transaction
from campaign.models.inbox import ProviderEvent
from campaign.services.schema import head
from tests.support.databases import config_for
from tests.support.fakes import SettableClock


def an_event(clock: SettableClock, *, state: str, age_seconds: int) -> None:
    at = clock.now() - timedelta(seconds=age_seconds)
    with transaction() as session:
        session.add(
            ProviderEvent(
                event_id=f"evt_{state}_{age_seconds}",
                type="charge.updated",
                object_id="ch_1",
                livemode=False,
                created_at=at,
                raw=b"{}",
                received_at=at,
                state=state,
                next_try_at=at,
            )
        )


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_migrated_database_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "has_database": True,
        "is_read_only": False,
        "schema": head(),
        "schema_wanted": head(),
        "oldest_event_seconds": None,
    }


def test_the_oldest_waiting_event_reveals_a_stopped_worker(client: FlaskClient, clock: SettableClock) -> None:
    for state, age_seconds in (("processed", 900), ("new", 60), ("failed", 300)):
        an_event(clock, state=state, age_seconds=age_seconds)
    assert (client.get("/readyz").json or {})["oldest_event_seconds"] == 300


def test_a_database_that_is_not_migrated_is_not_ready(tmp_path: object) -> None:
    from pathlib import Path

    from campaign import create_app

    folder = Path(str(tmp_path))
    app = create_app(config_for(f"sqlite:///{folder / 'empty.sqlite'}", instance=folder))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert (answer.json or {})["schema"] is None


@pytest.mark.database("sqlite")
def test_a_database_that_cannot_be_reached_is_not_ready(app: Flask) -> None:
    from campaign import create_app

    instance = app.config["KURAK"].instance_dir
    lost = create_app(config_for("sqlite:////no/such/folder/kurak.sqlite", instance=instance))
    assert lost.test_client().get("/readyz").status_code == 503
    assert lost.test_client().get("/healthz").status_code == 200


class TestAlarms:
    """A monitor learns that something is wrong, and not what."""

    def test_an_installation_without_trouble_is_well(self, client: FlaskClient) -> None:
        answer = client.get("/healthz/alarms")
        assert (answer.status_code, answer.json) == (200, {"status": "ok"})

    def test_an_urgent_alarm_is_reported_without_a_detail(self, client: FlaskClient, clock: SettableClock) -> None:
        an_event(clock, state="failed_permanently", age_seconds=60)
        answer = client.get("/healthz/alarms")
        assert (answer.status_code, answer.json) == (503, {"status": "not ok"})

    def test_the_checks_run_once_in_a_while(self, client: FlaskClient, clock: SettableClock) -> None:
        assert client.get("/healthz/alarms").status_code == 200
        an_event(clock, state="failed_permanently", age_seconds=60)
        assert client.get("/healthz/alarms").status_code == 200
        clock.advance(seconds=16)
        assert client.get("/healthz/alarms").status_code == 503
