"""Every setting, read once from the environment into one frozen object; unknown or unsafe settings are refused."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from dotenv.parser import parse_stream

from campaign.domain.retention import SETTINGS as RETENTION_SETTINGS
from campaign.domain.retention import RetentionName
from campaign.project import HOME
from campaign.setting_values import has_bad_port, is_loopback, problem_of
from campaign.settings import SETTINGS

PaymentMode = Literal["none", "sandbox", "test", "live"]
PROXY_HEADERS = ("X-Forwarded-For", "Forwarded")
DEFAULT_TIME_ZONES = {"development": "Asia/Bishkek", "production": "UTC"}
"""Development shows the demo campaign, which is in Bishkek."""

MIN_SECRET_CHARACTERS = 8
"""How many different characters a secret has: random hexadecimal digits lack them once in a million times."""


class BadSetting(Exception):
    """A setting is unknown, missing or unsafe; the message is one sentence that says which and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The configuration of this process, complete and checked. Tests build their own."""

    app_env: Literal["development", "production"]
    public_url: str  # no slash at the end
    secret_key: str
    database_url: str
    jobs_url: str
    limits_url: str
    instance_dir: Path
    stripe_secret_key: str | None = None
    stripe_webhook_secrets: tuple[str, ...] = ()
    stripe_api_base: str | None = None  # the sandbox's loopback address; never set for Stripe itself
    mail_url: str | None = None
    files_url: str = "database://"
    erasures_url: str = ""
    holds_elevated_risk: bool = True
    field_address: str = ""
    bounce_address: str = ""
    mail_tls: Literal["required", "offered"] = "required"
    mail_from: str = "no-reply@kurak.example"
    time_zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009  # immutable
    pledge_link_days: int = 400
    retention_days: Mapping[RetentionName, int] = field(default_factory=dict)  # where they differ from the defaults
    log_level: str = "INFO"
    host: str = "127.0.0.1"
    port: int = 8000
    proxies: int = 0  # their word on the visitor's address is believed, and nobody else's
    proxy_header: str = "X-Forwarded-For"
    shield: Literal["on", "off"] = "on"
    testing: bool = False

    @property
    def payment_mode(self) -> PaymentMode:
        """Return the mode, which depends on the key alone."""
        return payment_mode_of(self.stripe_secret_key)

    @property
    def is_development(self) -> bool:
        return self.app_env == "development"

    @property
    def sandbox_url(self) -> str | None:
        """Return where the sandbox listens, when it takes the payments."""
        return self.stripe_api_base if self.payment_mode == "sandbox" else None


def payment_mode_of(key: str | None) -> PaymentMode:
    """Return none, sandbox, test or live.

    Raises:
        BadSetting: the key is of another kind.
    """
    if not key:
        return "none"
    if key.startswith("sk_test_sandbox_"):
        return "sandbox"
    if key.startswith(("sk_test_", "rk_test_")):
        return "test"
    if key.startswith(("sk_live_", "rk_live_")):
        return "live"
    raise BadSetting("STRIPE_SECRET_KEY must be a secret (sk_…) or restricted (rk_…) key, not a publishable one.")


def read_config(environ: Mapping[str, str], *, dotenv: Path | None = None) -> Config:
    """Read the configuration from the environment, completed from a `.env` file that may not name an unknown setting."""
    given = {**_dotenv(dotenv), **{k: v for k, v in environ.items() if _is_ours(k)}}
    values = {name: value for name, value in _with_files(given).items() if value}
    _refuse_bad_texts(values)
    app_env = _app_env(values.get("APP_ENV", "development"))
    instance = (HOME / values.get("INSTANCE_DIR", "instance")).resolve()
    port = _port(values.get("PORT", "8000"))
    sandbox = _sandbox(instance) if app_env == "development" and not values.get("STRIPE_SECRET_KEY") else {}
    config = Config(
        app_env=app_env,
        public_url=values.get("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        secret_key=values.get("SECRET_KEY") or _stored_secret(instance, app_env),
        database_url=values.get("DATABASE_URL", f"sqlite:///{instance / 'kurak.sqlite'}"),
        jobs_url=values.get("JOBS_URL", f"sqlite:///{instance / 'jobs.sqlite'}"),
        limits_url=values.get("LIMITS_URL", "memory://"),
        instance_dir=instance,
        stripe_secret_key=values.get("STRIPE_SECRET_KEY") or sandbox.get("api_key"),
        stripe_webhook_secrets=_parts(values.get("STRIPE_WEBHOOK_SECRET", sandbox.get("webhook_secret", ""))),
        stripe_api_base=sandbox.get("api_base"),
        mail_url=values.get("MAIL_URL"),
        files_url=values.get("FILES_URL", "database://"),
        erasures_url=values.get("ERASURES_URL", ""),
        holds_elevated_risk=values.get("HOLD_ELEVATED_RISK", "on") == "on",
        field_address=values.get("FIELD_ADDRESS", ""),
        bounce_address=values.get("BOUNCE_ADDRESS", ""),
        mail_tls=_mail_tls(values.get("MAIL_TLS"), app_env),
        mail_from=values.get("MAIL_FROM", "no-reply@kurak.example"),
        time_zone=_time_zone(values.get("TIME_ZONE") or DEFAULT_TIME_ZONES[app_env]),
        pledge_link_days=_pledge_link_days(values.get("PLEDGE_LINK_DAYS", "400")),
        retention_days={kind: int(values[name]) for name, kind in RETENTION_SETTINGS.items() if name in values},
        log_level=values.get("LOG_LEVEL", "INFO").upper(),
        host=values.get("HOST", "127.0.0.1"),
        port=port,
        proxies=_proxies(values.get("PROXIES", "0")),
        proxy_header=_proxy_header(values.get("PROXY_HEADER", PROXY_HEADERS[0])),
        shield=_shield(values.get("SHIELD", "on")),
    )
    refuse_unsafe(config)
    _refuse_missing_packages(config)
    return config


def refuse_unsafe(config: Config) -> None:
    """Refuse what must never run: a live key outside production, a key sent to a foreign host.

    Raises:
        BadSetting: it names the setting.
    """
    _refuse_strange_addresses(config)
    if config.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise BadSetting(f"LOG_LEVEL is DEBUG, INFO, WARNING or ERROR, not {config.log_level!r}.")
    if config.payment_mode == "live" and config.is_development:
        raise BadSetting("A live Stripe key needs APP_ENV=production.")
    if config.stripe_api_base and not (config.payment_mode == "sandbox" and is_loopback(config.stripe_api_base)):
        raise BadSetting(
            "Only the sandbox's own key may be sent to another address than Stripe's, and only on this machine."
        )
    if config.app_env == "production":
        _refuse_unsafe_production(config)


def _refuse_unsafe_production(config: Config) -> None:
    if config.payment_mode == "sandbox":
        raise BadSetting("The sandbox's key is for development; production needs a Stripe key or none.")
    if len(config.secret_key) < 32:
        raise BadSetting("SECRET_KEY must have at least 32 characters in production.")
    if len(set(config.secret_key)) < MIN_SECRET_CHARACTERS:
        raise BadSetting("SECRET_KEY can be guessed: make one with `openssl rand -base64 48`.")
    if not config.public_url.startswith("https://"):
        raise BadSetting("PUBLIC_URL must begin with https:// in production.")


def refuse_to_serve(config: Config) -> None:
    """Refuse to serve visitors, although commands may run: with them the rest is set up.

    Raises:
        BadSetting: it names the setting.
    """
    if config.payment_mode == "live" and not config.stripe_webhook_secrets:
        raise BadSetting("A live Stripe key needs STRIPE_WEBHOOK_SECRET: `flask --app wsgi stripe setup` shows it.")


def _refuse_strange_addresses(config: Config) -> None:
    for name, value, schemes in (
        ("PUBLIC_URL", config.public_url, {"http", "https"}),
        ("DATABASE_URL", config.database_url, {"sqlite", "postgresql+psycopg"}),
        ("JOBS_URL", config.jobs_url, {"sqlite", "postgresql", "postgresql+psycopg", "redis", "rediss", "memory"}),
        ("LIMITS_URL", config.limits_url, {"memory", "redis", "rediss"}),
        ("MAIL_URL", config.mail_url or "smtp://", {"smtp", "smtps"}),
        ("FILES_URL", config.files_url, {"database", "file", "s3"}),
        ("ERASURES_URL", config.erasures_url or "file://", {"file", "s3"}),
    ):
        if value.partition("://")[0] not in schemes or "://" not in value:
            known = ", ".join(f"{scheme}://" for scheme in sorted(schemes))
            raise BadSetting(f"{name} begins with one of {known}; docs/settings.md shows how it goes on.")
        if has_bad_port(value):
            raise BadSetting(f"{name} has a port that is no number from 1 to 65535.")
    if urlsplit(config.public_url).path or set("?#@") & set(config.public_url):
        raise BadSetting("PUBLIC_URL is a scheme and a host alone, like https://give.example, without a path.")


def _refuse_bad_texts(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        if problem := problem_of(name, value):
            raise BadSetting(f"{name} {problem}")


def _refuse_missing_packages(config: Config) -> None:
    """Refuse a queue or a counter whose package is not installed; BadSetting names the package."""
    for name, url in (("JOBS_URL", config.jobs_url), ("LIMITS_URL", config.limits_url)):
        if url.startswith("redis") and find_spec("redis") is None:
            raise BadSetting(f"{name} needs the Python package redis: install it with `.venv/bin/pip install redis`.")


def _is_ours(name: str) -> bool:
    known = name in SETTINGS or name.removesuffix("_FILE") in SETTINGS
    if not known and name.startswith(("STRIPE_", "KURAK_")):
        raise BadSetting(f"{name} is not a setting of Kurak{_perhaps(name)}; docs/settings.md lists them.")
    return known


def _perhaps(name: str) -> str:
    near = get_close_matches(name, SETTINGS, n=1, cutoff=0.75)
    return f" (did you mean {near[0]}?)" if near else ""


def _app_env(text: str) -> Literal["development", "production"]:
    if text not in {"development", "production"}:
        raise BadSetting(f"APP_ENV is development or production, not {text!r}.")
    return "production" if text == "production" else "development"


def _parts(text: str) -> tuple[str, ...]:
    """Return the values of a list with commas, without the empty ones."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _proxy_header(text: str) -> str:
    for known in PROXY_HEADERS:
        if text.lower() == known.lower():
            return known
    raise BadSetting(f"PROXY_HEADER is {' or '.join(PROXY_HEADERS)}, not {text!r}.")


def _proxies(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 5):
        raise BadSetting(f"PROXIES is a number from 0 to 5, not {text!r}.")
    return int(text)


def _time_zone(name: str) -> ZoneInfo:
    known = available_timezones()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        perhaps = f" (did you mean {near[0]}?)" if near else ""
        raise BadSetting(f"TIME_ZONE is a name like Asia/Bishkek or UTC, not {name!r}{perhaps}.")
    return ZoneInfo(name)


def _pledge_link_days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 31 <= int(text) <= 3660):
        raise BadSetting(f"PLEDGE_LINK_DAYS is a number from 31 to 3660, not {text!r}.")
    return int(text)


def _shield(text: str) -> Literal["on", "off"]:
    if text not in {"on", "off"}:
        raise BadSetting(f"SHIELD is on or off, not {text!r}.")
    return "off" if text == "off" else "on"


def _mail_tls(text: str | None, app_env: str) -> Literal["required", "offered"]:
    if text not in {None, "required", "offered"}:
        raise BadSetting(f"MAIL_TLS is required or offered, not {text!r}.")
    return "offered" if text == "offered" or (text is None and app_env == "development") else "required"


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise BadSetting(f"PORT is a number from 1 to 65535, not {text!r}.")
    return int(text)


def _dotenv(path: Path | None) -> dict[str, str]:
    values: dict[str, str] = {}
    if path is None or not path.exists():
        return values
    for binding in parse_stream(StringIO(_text_of(path, path.name))):
        name, line = binding.key, binding.original.line
        if binding.error:
            raise BadSetting(
                f"{path.name}, line {line} is not NAME=value: close its quotation marks, or comment it out."
            )
        if name is None:  # a comment or an empty line
            continue
        if binding.value is None or not (name in SETTINGS or name.removesuffix("_FILE") in SETTINGS):
            raise BadSetting(
                f"{path.name}, line {line}: {name} is not a setting of Kurak{_perhaps(name)}; docs/settings.md lists them."
            )
        values[name] = binding.value
    return values


def _with_files(given: Mapping[str, str]) -> dict[str, str]:
    values = {k: v for k, v in given.items() if k in SETTINGS}
    for name, path in given.items():
        if name not in SETTINGS and path:
            values[name.removesuffix("_FILE")] = _text_of(Path(path), f"{name} names {path}, which").strip()
    return values


def _text_of(path: Path, subject: str) -> str:
    """Return a file's text, with or without a byte-order mark.

    Raises:
        BadSetting: about `subject`, when it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadSetting(f"{subject} cannot be read ({error.strerror}).") from None
    except ValueError:
        raise BadSetting(f"{subject} is not UTF-8 text.") from None


def _stored_secret(instance: Path, app_env: str) -> str:
    """Development's SECRET_KEY: made once and kept, so that a restart signs nobody out."""
    if app_env == "production":
        raise BadSetting("SECRET_KEY is missing: production needs one of at least 32 characters.")
    path = instance / "secret_key"
    try:
        if not path.exists():
            instance.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise BadSetting(f"INSTANCE_DIR {instance} cannot be written ({error.strerror}).") from None


def _sandbox(instance: Path) -> dict[str, str]:
    """Return what the running sandbox wrote about itself; nothing when it never ran here."""
    try:
        return dict(json.loads((instance / "sandbox" / "sandbox.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
