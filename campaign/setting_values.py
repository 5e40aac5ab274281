"""What is wrong with the text of a setting, as the end of a sentence that begins with the setting's name."""

import re
from collections.abc import Callable
from email.utils import getaddresses
from ipaddress import ip_address
from urllib.parse import urlsplit

from campaign.domain.retention import MAX_DAYS, MIN_DAYS
from campaign.domain.retention import SETTINGS as RETENTION_SETTINGS

_LABEL = r"(?:[^\W_]|[^\W_][\w-]*[^\W_])"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
"""Labels of letters and digits of any script."""
_BARE_ADDRESS = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+")
_STRIPE_TEXT = re.compile(r"[A-Za-z0-9_-]+")
_PATH_OF_SQLITE = "sqlite:///"


def problem_of(name: str, value: str) -> str | None:
    """What is wrong with this value, whatever the other settings are; None where nothing is."""
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        return "is not UTF-8 text."
    if not value.isprintable() and name != "SECRET_KEY":  # of which a file may hold several lines
        return "has a line break, a tab or another control character in it."
    judge = _JUDGES.get(name)
    return judge(value) if judge else None


def has_bad_port(url: str) -> bool:
    """Whether an address, other than a file's, names a port that is no number from 1 to 65535."""
    if url.startswith("sqlite"):
        return False
    try:
        return urlsplit(url).port == 0
    except ValueError:
        return True


def is_loopback(url: str) -> bool:
    """Whether an address names this machine by number."""
    try:
        return ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return False


def _of_public_url(value: str) -> str | None:
    return None if _has_host(value) else "has no host that people could reach, like https://give.example."


def _of_mail_url(value: str) -> str | None:
    if _has_host(value) and not set("?#") & set(value) and not urlsplit(value).path.strip("/"):
        return None
    return (
        "is a scheme and a host, like smtp://user:password@mail.example:587; "
        "in a password, write @ : / # ? as %40 %3A %2F %23 %3F."
    )


def _of_files_url(value: str) -> str | None:
    scheme, _separator, rest = value.partition("://")
    if scheme == "file" and not rest.startswith("/"):
        return "names a folder from the root after three slashes, like file:///srv/kurak/files."
    if scheme != "s3":
        return None
    parts = urlsplit(value)
    if parts.username and parts.password and _has_host(value) and re.fullmatch(r"/[a-z0-9][a-z0-9.-]+", parts.path):
        return None
    return "is like s3://KEY:SECRET@s3.example.org/bucket?region=eu-1; in a secret, write / + @ as %2F %2B %40."


def _of_switch(value: str) -> str | None:
    return None if value in {"on", "off"} else f"is on or off, not {value!r}."


def _of_field_address(value: str) -> str | None:
    local, _at, domain = value.partition("@")
    if re.fullmatch(r"[a-z0-9._-]{1,13}", local) and re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", domain):
        return None
    return "is a mailbox of at most 13 small letters before the @, like updates@example.org."


def _of_bounce_address(value: str) -> str | None:
    if _BARE_ADDRESS.fullmatch(value):
        return None
    return "is an address without a name, like bounces@example.org."


def _of_sqlite(value: str) -> str | None:
    if not value.startswith("sqlite:"):
        return None
    if value.startswith(_PATH_OF_SQLITE) and len(value) > len(_PATH_OF_SQLITE):
        return None
    return (
        "names a file after three slashes, like sqlite:////var/lib/kurak/kurak.sqlite (four with a path from the root)."
    )


def _of_sender(value: str) -> str | None:
    senders = getaddresses([value])
    if len(senders) == 1 and _BARE_ADDRESS.fullmatch(senders[0][1]):
        return None
    return "is one name and address, like Library <give@library.example>; a name with a comma in it stands in quotation marks."


def _of_stripe_key(value: str) -> str | None:
    if _STRIPE_TEXT.fullmatch(value) and not value.endswith("_"):
        return None
    return "is a key like sk_live_…, of Latin letters, digits and underscores: copy it again from Stripe’s dashboard."


def _of_webhook_secrets(value: str) -> str | None:
    secrets = [secret.strip() for secret in value.split(",") if secret.strip()]
    if secrets and all(secret.startswith("whsec_") and secret.isascii() for secret in secrets):
        return None
    return "is whsec_…, or several of them with commas between: `flask --app wsgi stripe setup` shows it."


def _of_listening_host(value: str) -> str | None:
    return None if _is_host(value) else "is an address or a name of this machine, like 127.0.0.1."


def _of_retention(value: str) -> str | None:
    if value.isascii() and value.isdigit() and len(value) <= 5 and MIN_DAYS <= int(value) <= MAX_DAYS:
        return None
    return f"is a number of days from {MIN_DAYS} to {MAX_DAYS}, not {value!r}."


def _of_count(value: str) -> str | None:
    return None if len(value) <= 20 else "is a short number."


def _has_host(url: str) -> bool:
    """Whether it names a host; True also for what is no address at all, of which the scheme's sentence speaks."""
    if "://" not in url:
        return True
    try:
        return _is_host(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _is_host(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return bool(_HOST_NAME.fullmatch(text)) and not text.replace(".", "").isdecimal()
    return True


_JUDGES: dict[str, Callable[[str], str | None]] = {
    "PUBLIC_URL": _of_public_url,
    "MAIL_URL": _of_mail_url,
    "FIELD_ADDRESS": _of_field_address,
    "BOUNCE_ADDRESS": _of_bounce_address,
    "HOLD_ELEVATED_RISK": _of_switch,
    **dict.fromkeys(("FILES_URL", "ERASURES_URL"), _of_files_url),
    "DATABASE_URL": _of_sqlite,
    "JOBS_URL": _of_sqlite,
    "MAIL_FROM": _of_sender,
    "STRIPE_SECRET_KEY": _of_stripe_key,
    "STRIPE_WEBHOOK_SECRET": _of_webhook_secrets,
    "HOST": _of_listening_host,
    "PORT": _of_count,
    **dict.fromkeys(RETENTION_SETTINGS, _of_retention),
    "PROXIES": _of_count,
}
