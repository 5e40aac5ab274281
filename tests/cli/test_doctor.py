"""`flask doctor` names what is missing, and lets nothing unsafe go live."""

import dataclasses
from pathlib import Path

import pytest
from flask import Flask

from campaign.cli.doctor import examine
from campaign.cli.findings import Verdict
from campaign.config import Config
from campaign.gateways.clock import SystemClock
from campaign.project import version
from campaign.services.drill.record import waive
from campaign.services.organisation.profile import save_organisation
from tests.services.organisation.test_setup import COMPLETE
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.databases import config_for
from tests.support.fakes import SettableClock


def production(config: Config) -> Config:
    """A configuration with nothing to be said against it, on the test's own database."""
    return dataclasses.replace(
        config,
        app_env="production",
        public_url="https://give.example",
        limits_url="redis://localhost",
        proxies=1,
        stripe_secret_key="sk_live_1",
        stripe_webhook_secrets=("whsec_1",),
        mail_url="smtp://mail.example.org",
        erasures_url="file:///mnt/elsewhere/kurak",
        mail_tls="required",
        mail_from="Kurak <hello@kurak.org>",
    )


@pytest.fixture
def peopled(app: Flask, clock: SettableClock) -> None:
    """An organisation, a campaign that is no demonstration, and people who look after it."""
    save_organisation(COMPLETE, actor_id=None, clock=clock)
    a_campaign()
    for role in ("admin", "campaign", "finance", "approver"):
        a_member_of_staff(role=role)
    a_member_of_staff(role="admin", email="second@library.example")


def unsafe(config: Config) -> list[str]:
    return [finding.sentence for finding in examine(config) if finding.verdict is Verdict.UNSAFE]


@pytest.mark.usefixtures("peopled")
def test_a_complete_production_may_go_live(app: Flask) -> None:
    waive("it was drilled on the machine beside this one", clock=SystemClock())
    findings = list(examine(production(app.config["KURAK"])))
    assert {finding.verdict for finding in findings} == {Verdict.OK}


@pytest.mark.database("sqlite")
@pytest.mark.usefixtures("peopled")
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"app_env": "development"}, "APP_ENV is development"),
        ({"public_url": "http://give.example"}, "is not https"),
        ({"stripe_secret_key": "sk_test_1"}, "STRIPE_SECRET_KEY is a test key"),
        ({"stripe_secret_key": "sk_test_sandbox_1"}, "STRIPE_SECRET_KEY is a sandbox key"),
        ({"proxies": 0}, "PROXIES is 0"),
        ({"stripe_webhook_secrets": ()}, "STRIPE_WEBHOOK_SECRET is not set"),
        ({"stripe_webhook_secrets": ("we_1",)}, "STRIPE_WEBHOOK_SECRET is not a signing secret"),
    ],
)
def test_what_is_unsafe_must_not_go_live(app: Flask, changed: dict[str, object], expected: str) -> None:
    waive("it was drilled on the machine beside this one", clock=SystemClock())
    config = dataclasses.replace(production(app.config["KURAK"]), **changed)  # type: ignore[arg-type]  # the table's columns
    assert len(unsafe(config)) == 1
    assert expected in unsafe(config)[0]


@pytest.mark.database("sqlite")
@pytest.mark.usefixtures("peopled")
def test_missing_settings_are_reported_and_do_not_block_going_live(app: Flask) -> None:
    config = dataclasses.replace(production(app.config["KURAK"]), mail_url=None, stripe_secret_key=None)
    missing = [finding.sentence for finding in examine(config) if finding.verdict is Verdict.MISSING]
    assert [text.partition(":")[0].partition(" is ")[0] for text in missing] == [
        *("MAIL_URL", "STRIPE_SECRET_KEY", "Set-up, payments", "Set-up, email"),
    ]
    assert unsafe(config) == []
    in_the_clear = dataclasses.replace(production(app.config["KURAK"]), mail_tls="offered")
    [sentence] = [finding.sentence for finding in examine(in_the_clear) if finding.verdict is Verdict.MISSING]
    assert "MAIL_TLS" in sentence


def test_without_a_campaign_and_without_staff_it_must_not_go_live(app: Flask) -> None:
    waive("it was drilled on the machine beside this one", clock=SystemClock())
    sentences = unsafe(production(app.config["KURAK"]))
    assert [sentence.split(":")[0] for sentence in sentences] == [
        "There is no campaign",
        "Nobody can sign in to the desk",
    ]


def test_demo_data_must_not_go_live(app: Flask) -> None:
    waive("it was drilled on the machine beside this one", clock=SystemClock())
    a_member_of_staff(role="admin")
    a_campaign(slug="show", is_demo=True)
    assert unsafe(production(app.config["KURAK"])) == ["Demo data is in this database: show."]


@pytest.mark.database("sqlite")
def test_the_command_ends_with_1_in_development(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "UNSAFE  APP_ENV is development" in result.output
    assert "Must not go live" in result.output


def test_an_empty_database_must_not_go_live(tmp_path: Path) -> None:
    from campaign import create_app

    app = create_app(config_for(f"sqlite:///{tmp_path / 'empty.sqlite'}", instance=tmp_path))
    with app.app_context():
        assert "The database is at empty" in unsafe(production(app.config["KURAK"]))[0]


def test_it_begins_with_the_running_version(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["doctor", "--offline"]).output.startswith(f"Kurak {version()}\n")


@pytest.mark.parametrize("command", ["users", "roles"])
def test_staff_are_changed_by_commands_that_write_to_the_audit_log_alone(app: Flask, command: str) -> None:
    assert "staff" in app.cli.commands
    assert command not in app.cli.commands


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("command", [["ledger", "check"], ["inbox", "list"], ["doctor", "--offline"]])
@pytest.mark.parametrize("kind", ["nobody answers", "no database"])
def test_a_command_without_a_database_says_so_in_one_sentence(tmp_path: Path, command: list[str], kind: str) -> None:
    from campaign import create_app

    (tmp_path / "note.txt").write_text("This is no database. " * 100)
    nobody = "postgresql+psycopg://kurak:secret@127.0.0.1:1/kurak"
    url = nobody if kind == "nobody answers" else f"sqlite:///{tmp_path / 'note.txt'}"
    app = create_app(dataclasses.replace(config_for(url, instance=tmp_path), database_url=url))
    result = app.test_cli_runner().invoke(args=command)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    lines = [
        line for line in result.output.splitlines() if "database cannot be used" in line or "does not answer" in line
    ]
    assert len(lines) == 1
    assert "secret" not in result.output


@pytest.mark.database("sqlite")
def test_a_command_on_an_empty_database_says_what_to_do(tmp_path: Path) -> None:
    from campaign import create_app

    url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    app = create_app(dataclasses.replace(config_for(url, instance=tmp_path), database_url=url))
    result = app.test_cli_runner().invoke(args=["ledger", "check"])
    assert str(result.exception).endswith("run `flask --app wsgi prepare` first.")
