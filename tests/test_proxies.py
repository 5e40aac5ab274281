"""Whose address counts: the proxy's own word, as far as it is trusted, and which hosts are answered in production."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import request

from campaign import create_app
from campaign.config import BadSetting, Config, read_config
from campaign.gateways.payments import NoPayments
from campaign.wiring import Gateways
from tests.databases import config_for
from tests.fakes import RecordingMailer, SettableClock

GATEWAYS = Gateways(clock=SettableClock(), payments=NoPayments(), mailer=RecordingMailer())


def config(folder: Path) -> Config:
    return config_for(f"sqlite:///{folder / 'none.sqlite'}", instance=folder)


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.7"), (2, "198.51.100.1")])
def test_as_many_forwarded_addresses_are_believed_as_there_are_proxies(tmp_path: Path, proxies: int, seen: str) -> None:
    app = create_app(replace(config(tmp_path), proxies=proxies), GATEWAYS)
    app.add_url_rule("/who", view_func=lambda: request.remote_addr or "")
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    assert app.test_client().get("/who", headers=forwarded).text == seen


@pytest.mark.parametrize("given", ["-1", "six", "99", "١"])
def test_a_senseless_number_of_proxies_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(BadSetting, match="PROXIES"):
        read_config({"INSTANCE_DIR": str(tmp_path), "PROXIES": given})


def test_production_answers_to_its_own_name_only(tmp_path: Path) -> None:
    told = replace(config(tmp_path), app_env="production", public_url="https://quilt.example", secret_key="x" * 40)
    client = create_app(told, GATEWAYS).test_client()
    assert client.get("/healthz", base_url="https://quilt.example").status_code == 200
    assert client.get("/healthz", base_url="https://elsewhere.example").status_code == 400
