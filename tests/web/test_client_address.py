"""Whose address counts: the proxy's own word, as far as it is trusted, and which hosts are answered in production."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import request
from flask.testing import FlaskClient

from campaign import create_app
from campaign.config import BadSetting, Config, read_config
from campaign.gateways.context import Context
from campaign.gateways.payments import NoPayments
from campaign.web.client_address import normalized_address
from tests.support.builders import a_campaign
from tests.support.databases import config_for
from tests.support.fakes import RecordingMailer, SettableClock

pytestmark = pytest.mark.database("sqlite")  # addresses and headers, not the database, is what is tested

CONTEXT = Context(clock=SettableClock(), payments=NoPayments(), mailer=RecordingMailer(), public_url="http://localhost")


def config(folder: Path) -> Config:
    return config_for(f"sqlite:///{folder / 'none.sqlite'}", instance=folder)


@pytest.mark.parametrize(("proxies", "expected"), [(0, "127.0.0.1"), (1, "203.0.113.7"), (2, "198.51.100.1")])
def test_as_many_forwarded_addresses_are_believed_as_there_are_proxies(
    tmp_path: Path, proxies: int, expected: str
) -> None:
    app = create_app(replace(config(tmp_path), proxies=proxies), CONTEXT)
    app.add_url_rule("/who", view_func=lambda: request.remote_addr or "")
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    assert app.test_client().get("/who", headers=forwarded).text == expected


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:443", "203.0.113.7"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", None),
        ("203.0.113.7, 6.6.6.6", None),
        ("", None),
    ],
)
def test_one_visitor_has_one_address_however_it_is_written(written: str, address: str | None) -> None:
    assert normalized_address(written) == address


def test_a_forwarded_address_with_a_port_is_the_same_visitor(tmp_path: Path) -> None:
    app = create_app(replace(config(tmp_path), proxies=1), CONTEXT)
    app.add_url_rule("/who", view_func=lambda: request.remote_addr or "")
    for entry in ("203.0.113.7", "203.0.113.7:8080", "::ffff:203.0.113.7"):
        assert app.test_client().get("/who", headers={"X-Forwarded-For": entry}).text == "203.0.113.7"


def test_only_the_header_that_the_proxy_is_set_to_send_is_believed(tmp_path: Path) -> None:
    app = create_app(replace(config(tmp_path), proxies=1, proxy_header="Forwarded"), CONTEXT)
    app.add_url_rule("/who", view_func=lambda: request.remote_addr or "")
    headers = {"Forwarded": 'for="[2001:db8::1]:443";proto=https', "X-Forwarded-For": "6.6.6.6"}
    assert app.test_client().get("/who", headers=headers).text == "2001:db8::1"
    assert app.test_client().get("/who", headers={"X_Forwarded_For": "6.6.6.6"}).text == "127.0.0.1"


def test_an_unknown_header_of_proxies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="PROXY_HEADER"):
        read_config({"INSTANCE_DIR": str(tmp_path), "PROXY_HEADER": "X-Whoever"})


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://[::1", 403),
        ("null", 403),
        ("https://localhost", 403),
        ("http://localhost.evil.example", 403),
        ("http://localhost", 422),
    ],
)
def test_an_origin_is_compared_whole_and_a_broken_one_is_foreign(client: FlaskClient, origin: str, status: int) -> None:
    a_campaign()
    answer = client.post("/en/donate", headers={"Origin": origin}, data={})
    assert answer.status_code == status


@pytest.mark.parametrize("accepted", ["gzip; q=0", "gzip;q=0.0, identity", "GZIP;Q=0", "BR;q=0, identity", ""])
def test_a_client_that_refuses_compression_gets_plain_bytes_from_memory_too(client: FlaskClient, accepted: str) -> None:
    a_campaign()
    for _ in range(2):
        answer = client.get("/en/", headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in answer.headers
        assert answer.data.startswith(b"<!doctype html>")
    assert "Content-Encoding" not in client.get("/static/css/site.css", headers={"Accept-Encoding": accepted}).headers


@pytest.mark.parametrize("given", ["-1", "six", "99", "١"])
def test_an_impossible_number_of_proxies_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(BadSetting, match="PROXIES"):
        read_config({"INSTANCE_DIR": str(tmp_path), "PROXIES": given})


def test_production_answers_to_its_own_name_only(tmp_path: Path) -> None:
    settings = replace(config(tmp_path), app_env="production", public_url="https://quilt.example", secret_key="x" * 40)
    client = create_app(settings, CONTEXT).test_client()
    assert client.get("/healthz", base_url="https://quilt.example").status_code == 200
    assert client.get("/healthz", base_url="https://elsewhere.example").status_code == 400
