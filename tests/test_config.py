"""Settings: read whole, and refused in one sentence when they are unknown or unsafe."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from campaign import create_app
from campaign.cli.serve import warnings_about
from campaign.config import BadSetting, read_config, refuse_to_serve
from tests.support.tree import ROOT

PRODUCTION = {
    "APP_ENV": "production",
    "SECRET_KEY": "0123456789abcdef" * 2,
    "PUBLIC_URL": "https://give.example",
}


def test_development_needs_no_setting(tmp_path: Path) -> None:
    config = read_config({"INSTANCE_DIR": str(tmp_path)})
    assert config.is_development
    assert config.database_url == f"sqlite:///{tmp_path / 'kurak.sqlite'}"
    assert config.payment_mode == "none"


def test_developments_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = read_config({"INSTANCE_DIR": str(tmp_path)})
    assert read_config({"INSTANCE_DIR": str(tmp_path)}).secret_key == first.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_the_port_is_part_of_developments_address(tmp_path: Path) -> None:
    config = read_config({"INSTANCE_DIR": str(tmp_path), "PORT": "8123"})
    assert (config.port, config.public_url) == (8123, "http://127.0.0.1:8123")


def test_an_empty_setting_is_no_setting(tmp_path: Path) -> None:
    config = read_config({"INSTANCE_DIR": str(tmp_path), "PORT": "", "STRIPE_SECRET_KEY": "", "MAIL_URL": ""})
    assert (config.port, config.stripe_secret_key, config.mail_url) == (8000, None, None)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text('# a note\n\nLOG_LEVEL="debug"\nMAIL_FROM=A <a@example.org>\n', encoding="utf-8")
    config = read_config({"INSTANCE_DIR": str(tmp_path), "LOG_LEVEL": "ERROR"}, dotenv=dotenv)
    assert (config.log_level, config.mail_from) == ("ERROR", "A <a@example.org>")


def test_a_secret_can_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40 + "\n", encoding="ascii")
    config = read_config({"INSTANCE_DIR": str(tmp_path), "SECRET_KEY_FILE": str(tmp_path / "key")})
    assert config.secret_key == "k" * 40


def test_several_webhook_secrets_are_taken_while_one_is_replaced(tmp_path: Path) -> None:
    config = read_config({"INSTANCE_DIR": str(tmp_path), "STRIPE_WEBHOOK_SECRET": "whsec_a, whsec_b,"})
    assert config.stripe_webhook_secrets == ("whsec_a", "whsec_b")


def test_the_time_zone_is_the_demos_in_development_and_utc_in_production(tmp_path: Path) -> None:
    here = {"INSTANCE_DIR": str(tmp_path)}
    assert read_config(here).time_zone.key == "Asia/Bishkek"
    assert read_config({**here, **PRODUCTION}).time_zone.key == "UTC"
    assert read_config({**here, **PRODUCTION, "TIME_ZONE": "Europe/Berlin"}).time_zone.key == "Europe/Berlin"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"TIME_ZONE": "Asia/Bishkeck"}, "not 'Asia/Bishkeck' (did you mean Asia/Bishkek?)."),
        ({"TIME_ZONE": "../UTC"}, "TIME_ZONE is a name like Asia/Bishkek or UTC, not '../UTC'"),
        ({"TIME_ZONE": "UTC+6"}, "TIME_ZONE is a name like Asia/Bishkek or UTC, not 'UTC+6'"),
        ({"STRIPE_SECRET_KYE": "x"}, "STRIPE_SECRET_KYE is not a setting of Kurak (did you mean STRIPE_SECRET_KEY?)"),
        ({"KURAK_PORT": "1"}, "KURAK_PORT is not a setting of Kurak"),
        ({"PLEDGE_LINK_DAYS": "30"}, "PLEDGE_LINK_DAYS is a number from 31 to 3660, not '30'."),
        ({"RETENTION_EMAIL_DAYS": "13"}, "RETENTION_EMAIL_DAYS is a number of days from 14 to 36525, not '13'."),
        ({"RETENTION_UNPAID_DAYS": "-1"}, "RETENTION_UNPAID_DAYS is a number of days from 14 to 36525, not '-1'."),
        ({"PLEDGE_LINK_DAYS": "-1"}, "PLEDGE_LINK_DAYS is a number from 31 to 3660, not '-1'."),
        ({"PORT": "eighty"}, "PORT is a number from 1 to 65535, not 'eighty'."),
        ({"PORT": "70000"}, "PORT is a number from 1 to 65535"),
        ({"APP_ENV": "prod"}, "APP_ENV is development or production, not 'prod'."),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is DEBUG, INFO, WARNING or ERROR"),
        ({"DATABASE_URL": "notaurl"}, "DATABASE_URL begins with one of postgresql+psycopg://, sqlite://;"),
        ({"DATABASE_URL": "postgresql://db/kurak"}, "DATABASE_URL begins with one of postgresql+psycopg://"),
        ({"LIMITS_URL": "foo://bar"}, "LIMITS_URL begins with one of memory://, redis://"),
        ({"JOBS_URL": "nonsense"}, "JOBS_URL begins with one of"),
        ({"MAIL_URL": "foo://bar"}, "MAIL_URL begins with one of smtp://, smtps://;"),
        ({"MAIL_URL": "smtp://mail.example:smtp"}, "MAIL_URL has a port that is no number from 1 to 65535."),
        ({"MAIL_URL": "smtp://mail.example:99999"}, "MAIL_URL has a port"),
        ({"MAIL_URL": "smtps://mail.example:0"}, "MAIL_URL has a port"),
        ({"JOBS_URL": "redis://cache:one"}, "JOBS_URL has a port"),
        ({"HOLD_ELEVATED_RISK": "yes"}, "HOLD_ELEVATED_RISK is on or off, not 'yes'."),
        ({"MAIL_TLS": "off"}, "MAIL_TLS is required or offered, not 'off'."),
        ({"PUBLIC_URL": "https://give.example/kurak"}, "PUBLIC_URL is a scheme and a host alone"),
        ({"PUBLIC_URL": "https://give.example?a=b"}, "PUBLIC_URL is a scheme and a host alone"),
        ({"PUBLIC_URL": "https://me@give.example"}, "PUBLIC_URL is a scheme and a host alone"),
        ({"PUBLIC_URL": "foo"}, "PUBLIC_URL begins with one of http://, https://;"),
        ({"STRIPE_SECRET_KEY": "pk_test_1"}, "not a publishable one"),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "A live Stripe key needs APP_ENV=production."),
        ({"SECRET_KEY_FILE": "/no/such/file"}, "SECRET_KEY_FILE names /no/such/file, which cannot be read"),
        ({"PUBLIC_URL": "https://"}, "PUBLIC_URL has no host"),
        ({"PUBLIC_URL": "https://give example.org"}, "PUBLIC_URL has no host"),
        ({"PUBLIC_URL": "https://[::1"}, "PUBLIC_URL has no host"),
        ({"FIELD_ADDRESS": "Updates+x@example.org"}, "FIELD_ADDRESS is a mailbox of at most 13 small letters"),
        ({"BOUNCE_ADDRESS": "Kurak <bounces@example.org>"}, "BOUNCE_ADDRESS is an address without a name"),
        ({"FILES_URL": "ftp://host"}, "FILES_URL begins with one of database://, file://, s3://"),
        ({"FILES_URL": "file://files"}, "FILES_URL names a folder from the root"),
        ({"FILES_URL": "s3://s3.example.org/bucket"}, "FILES_URL is like s3://KEY:SECRET@"),
        ({"FILES_URL": "s3://key:secret@s3.example.org"}, "FILES_URL is like s3://KEY:SECRET@"),
        ({"MAIL_URL": "smtp://user:secret@"}, "MAIL_URL is a scheme and a host"),
        ({"MAIL_URL": "smtp://user:pass#word@mail.example"}, "MAIL_URL is a scheme and a host"),
        ({"MAIL_FROM": "nobody"}, "MAIL_FROM is one name and address"),
        ({"MAIL_FROM": "a@give.example, b@give.example"}, "MAIL_FROM is one name and address"),
        ({"MAIL_FROM": "a@give.example\nBcc: b@evil.example"}, "MAIL_FROM has a line break"),
        ({"SECRET_KEY": "\udcff" * 40}, "SECRET_KEY is not UTF-8 text."),
        ({"DATABASE_URL": "sqlite://var/kurak.sqlite"}, "DATABASE_URL names a file after three slashes"),
        ({"JOBS_URL": "sqlite://"}, "JOBS_URL names a file after three slashes"),
        ({"STRIPE_SECRET_KEY": "sk_live_ключ"}, "STRIPE_SECRET_KEY is a key like"),
        ({"STRIPE_SECRET_KEY": "sk_live_a b"}, "STRIPE_SECRET_KEY is a key like"),
        ({"STRIPE_WEBHOOK_SECRET": "we_1"}, "STRIPE_WEBHOOK_SECRET is whsec_"),
        ({"PROXIES": "1" * 5000}, "PROXIES is a short number"),
        ({"HOST": "give example"}, "HOST is an address or a name of this machine"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({**PRODUCTION, "SECRET_KEY": "short"}, "SECRET_KEY must have at least 32 characters"),
        ({**PRODUCTION, "SECRET_KEY": "k" * 40}, "SECRET_KEY can be guessed"),
        ({**PRODUCTION, "SECRET_KEY": "abcabc" * 8}, "SECRET_KEY can be guessed"),
        ({**PRODUCTION, "PUBLIC_URL": "http://give.example"}, "PUBLIC_URL must begin with https://"),
        ({**PRODUCTION, "STRIPE_SECRET_KEY": "sk_test_sandbox_1"}, "The sandbox's key is for development"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(tmp_path: Path, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read_config({"INSTANCE_DIR": str(tmp_path), **given})
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["JOBS_URL", "LIMITS_URL"])
def test_redis_without_its_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(BadSetting, match=f"^{name} needs the Python package redis"):
        read_config({"INSTANCE_DIR": str(tmp_path), name: "redis://cache"})


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    instance = {"INSTANCE_DIR": str(tmp_path)}
    with pytest.raises(BadSetting, match=r"^SECRET_KEY_FILE names .*key, which is not UTF-8 text\.$"):
        read_config({**instance, "SECRET_KEY_FILE": str(tmp_path / "key")})
    with pytest.raises(BadSetting, match=r"^key is not UTF-8 text\.$"):
        read_config(instance, dotenv=tmp_path / "key")


def test_a_byte_order_mark_in_the_file_of_settings_is_no_setting(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\ufeffPORT=8123\n", encoding="utf-8")
    assert read_config({"INSTANCE_DIR": str(tmp_path)}, dotenv=tmp_path / ".env").port == 8123


def test_mail_leaves_production_encrypted_unless_the_setting_says_otherwise(tmp_path: Path) -> None:
    instance = {"INSTANCE_DIR": str(tmp_path)}
    assert read_config({**instance, **PRODUCTION}).mail_tls == "required"
    assert read_config({**instance, **PRODUCTION, "MAIL_TLS": "offered"}).mail_tls == "offered"
    assert read_config(instance).mail_tls == "offered"
    assert read_config({**instance, "MAIL_TLS": "required"}).mail_tls == "required"
    assert read_config(instance).holds_elevated_risk
    assert not read_config({**instance, "HOLD_ELEVATED_RISK": "off"}).holds_elevated_risk


def test_a_live_key_serves_nobody_without_its_webhook_secret_but_can_be_set_up(tmp_path: Path) -> None:
    config = read_config({"INSTANCE_DIR": str(tmp_path), **PRODUCTION, "STRIPE_SECRET_KEY": "sk_live_1"})
    with pytest.raises(BadSetting, match="A live Stripe key needs STRIPE_WEBHOOK_SECRET"):
        create_app(config)
    refuse_to_serve(replace(config, stripe_webhook_secrets=("whsec_1",)))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, []),
        ({"HOST": "192.0.2.1"}, ["HOST"]),
        ({"HOST": "::"}, ["HOST"]),
        ({"HOST": "::", **PRODUCTION}, ["PROXIES"]),
        ({"HOST": "::", **PRODUCTION, "PROXIES": "1"}, []),
    ],
)
def test_settings_that_are_likely_mistakes_give_a_warning(
    tmp_path: Path, given: dict[str, str], words: list[str]
) -> None:
    warnings = warnings_about(read_config({"INSTANCE_DIR": str(tmp_path), **given}))
    assert [warning.split()[0] for warning in warnings] == words


def test_an_unknown_name_in_the_file_is_refused_with_its_line(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("PORT=8000\nDATABSE_URL=sqlite://\n", encoding="utf-8")
    with pytest.raises(
        BadSetting, match=r"^\.env, line 2: DATABSE_URL is not a setting of Kurak \(did you mean DATABASE"
    ):
        read_config({"INSTANCE_DIR": str(tmp_path)}, dotenv=dotenv)


@pytest.mark.parametrize("address", ["http://192.0.2.1:1", "https://api.stripe.com", "http://localhost.example:1"])
def test_the_sandboxs_key_never_leaves_the_machine(tmp_path: Path, address: str) -> None:
    (tmp_path / "sandbox").mkdir()
    settings = f'{{"api_base": "{address}", "api_key": "sk_test_sandbox_1", "webhook_secret": "whsec_1"}}'
    (tmp_path / "sandbox" / "sandbox.json").write_text(settings, encoding="utf-8")
    with pytest.raises(BadSetting, match="only on this machine"):
        read_config({"INSTANCE_DIR": str(tmp_path)})


def test_a_stripe_key_turns_the_sandbox_off(tmp_path: Path) -> None:
    (tmp_path / "sandbox").mkdir()
    settings = '{"api_base": "http://127.0.0.1:1", "api_key": "sk_test_sandbox_1", "webhook_secret": "whsec_1"}'
    (tmp_path / "sandbox" / "sandbox.json").write_text(settings, encoding="utf-8")
    config = read_config({"INSTANCE_DIR": str(tmp_path), "STRIPE_SECRET_KEY": "sk_test_mine"})
    assert (config.payment_mode, config.stripe_api_base, config.sandbox_url) == ("test", None, None)


def test_the_file_may_quote_comment_and_span_lines(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        "export PORT=8001 # ours\nMAIL_FROM='Ай \\'#1\\' <a@example.org>'\nSECRET_KEY=\"two\nlines $HOME\"\n",
        encoding="utf-8",
    )
    config = read_config({"INSTANCE_DIR": str(tmp_path)}, dotenv=dotenv)
    assert (config.port, config.mail_from) == (8001, "Ай '#1' <a@example.org>")
    assert config.secret_key == "two\nlines $HOME"


@pytest.mark.parametrize("line", ["MAIL_FROM='never closed", "PORT"])
def test_a_line_of_the_file_that_is_no_setting_is_refused(tmp_path: Path, line: str) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"HOST=127.0.0.1\n{line}\n", encoding="utf-8")
    with pytest.raises(BadSetting, match=r"^\.env, line 2"):
        read_config({"INSTANCE_DIR": str(tmp_path)}, dotenv=dotenv)


def test_a_relative_instance_folder_is_beside_the_project_wherever_the_program_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = read_config({"INSTANCE_DIR": "elsewhere", "SECRET_KEY": "a"})
    assert config.instance_dir == ROOT / "elsewhere"
