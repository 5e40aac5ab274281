"""The table of settings: each name with its default, its purpose and an example.

`docs/settings.md` and `.env.example` are generated from it: `make settings` writes both, `--check` compares them.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from campaign.project import CHECKOUT


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setting is for, in Markdown, and what is set when nobody sets it."""

    default: str
    purpose: str
    example: str = ""


SETTINGS: dict[str, Setting] = {
    "APP_ENV": Setting(
        "`development`",
        "`production` refuses short secrets, plain http and the sandbox, and takes `/dev/` and `/sandbox/` away",
        "development",
    ),
    "PUBLIC_URL": Setting(
        "`http://127.0.0.1:$PORT`",
        "the address at which people reach the site, a scheme and a host without a path; it stands in mails, "
        "receipts and QR codes. `https://` in production",
        "http://127.0.0.1:8000",
    ),
    "SECRET_KEY": Setting(
        "made and kept in `INSTANCE_DIR`",
        "signs cookies and forms; at least 32 characters in production",
        "",
    ),
    "DATABASE_URL": Setting(
        "`sqlite:///` in `INSTANCE_DIR`",
        "or `postgresql+psycopg://user:password@host/name`",
        "sqlite:////srv/kurak/kurak.sqlite",
    ),
    "JOBS_URL": Setting(
        "`sqlite:///` in `INSTANCE_DIR`",
        "the queue that wakes the workers; `postgresql://…` or `redis://…` for workers on several machines",
        "sqlite:////srv/kurak/jobs.sqlite",
    ),
    "LIMITS_URL": Setting(
        "`memory://`",
        "where requests are counted against the limits; `redis://…` counts for all processes together",
        "memory://",
    ),
    "STRIPE_SECRET_KEY": Setting(
        "–",
        "`sk_…` or `rk_…`. Without it, development pays at the sandbox, and production takes no card gifts",
        "",
    ),
    "STRIPE_WEBHOOK_SECRET": Setting(
        "–",
        "`whsec_…`; several with commas while one is being replaced",
        "",
    ),
    "MAIL_URL": Setting(
        "–",
        "`smtp://user:password@host:587` (with STARTTLS) or `smtps://…`. Without it, mail stays in the "
        "outbox; development shows it at `/dev/mail`",
        "smtp://user:password@mail.example:587",
    ),
    "MAIL_TLS": Setting(
        "`required` in production, `offered` in development",
        "`required`: a mail server that offers no STARTTLS gets no mail; `offered`: mail leaves unencrypted "
        "where the server offers none, for one on this machine. A certificate that is not valid is never "
        "taken",
        "required",
    ),
    "MAIL_FROM": Setting(
        "`no-reply@kurak.example`",
        "the sender of every mail",
        "School Library <give@library.example>",
    ),
    "BOUNCE_ADDRESS": Setting(
        "the address of `MAIL_FROM`",
        "where mail servers return what they cannot deliver: the envelope sender of every mail. Let its mail server hand what "
        "comes there to `kurak mail receive`, so that nothing more goes to addresses that do not exist (docs/operations.md)",
        "bounces@example.org",
    ),
    "FIELD_ADDRESS": Setting(
        "none",
        "the mailbox for updates by email, whose mail server hands `updates+…@` to `kurak mail receive` (docs/operations.md). "
        "Each member of the campaign staff then has a secret address of it on their account page",
        "updates@example.org",
    ),
    "FILES_URL": Setting(
        "`database://`",
        "where the files of pictures are: in the database, so that a backup has them; in a folder that all machines "
        "share, `file:///srv/kurak/files`; or in a private bucket, `s3://KEY:SECRET@host/bucket?region=…`, by TLS. Both of "
        "these have backups of their own. Files that are stored already stay where they are: choose it before the first picture",
        "s3://KEY:SECRET@s3.example.org/kurak-files?region=eu-1",
    ),
    "HOLD_ELEVATED_RISK": Setting(
        "`on`",
        "whether a payment that the provider rates of elevated risk, and of which it says nothing else, is held from public "
        "sums and its receipt until a person approves it. With `off` only an issuer’s warning and a review hold a gift; what "
        "is held already stays so until somebody decides",
        "off",
    ),
    "ERASURES_URL": Setting(
        "none",
        "where the second copy of the list of erasures is, so that a restored backup brings nobody back: a folder of another "
        "machine, `file:///mnt/elsewhere/kurak`, or a private bucket, `s3://KEY:SECRET@host/bucket?region=…`. It names nobody; "
        "keep it apart from the machine and from the backups (docs/operations.md)",
        "s3://KEY:SECRET@s3.example.org/kurak-erasures?region=eu-1",
    ),
    "TIME_ZONE": Setting(
        "`Asia/Bishkek` in development, `UTC` in production",
        "the organisation's time zone, by its IANA name, unless the organisation's staff page names another. Receipt dates "
        "and the year of their numbers, days in "
        "the ledger, “ends on”, filters, reports and charts are days of it; the database keeps instants in "
        "UTC. Choose it before the first gift: days that are written down do not change with it",
        "Asia/Bishkek",
    ),
    "PLEDGE_LINK_DAYS": Setting(
        "`400`",
        "for how many days the link to a monthly gift works after its email was written, from 31 to 3660. The "
        "newest email’s link works as long as the gift runs, and anybody can have a new link emailed",
        "400",
    ),
    "RETENTION_UNPAID_DAYS": Setting(
        "`90`",
        "after how many days the name, the address and the message of a gift that was never paid are deleted, from 14",
        "90",
    ),
    "RETENTION_EMAIL_DAYS": Setting(
        "`730`",
        "after how many days the addresses and the content of emails are deleted; that they were sent stays. From 14",
        "730",
    ),
    "RETENTION_RECEIPT_DAYS": Setting(
        "`3653`",
        "for how many days after its issue a receipt of an erased donor is stored, shown to nobody, as the law on accounting "
        "requires: then its name and its PDF are deleted",
        "3653",
    ),
    "RETENTION_DONOR_DAYS": Setting(
        "`3653`",
        "after how many days without a gift a donor’s personal data are erased",
        "3653",
    ),
    "INSTANCE_DIR": Setting(
        "`instance`",
        "the folder for the database, the queue and the sandbox's state",
        "instance",
    ),
    "LOG_LEVEL": Setting(
        "`INFO`",
        "`DEBUG`, `INFO`, `WARNING` or `ERROR`",
        "INFO",
    ),
    "HOST": Setting(
        "`127.0.0.1`",
        "the address that `make run` listens on",
        "127.0.0.1",
    ),
    "PORT": Setting(
        "`8000`",
        "the port that `make run` listens on",
        "8000",
    ),
    "PROXY_HEADER": Setting(
        "`X-Forwarded-For`",
        "the one header in which those proxies name the visitor, or `Forwarded`. With the default, the proxy "
        "must drop headers with underscores, as nginx does: a visitor’s `X_Forwarded_For` looks the same to "
        "the program",
        "X-Forwarded-For",
    ),
    "PROXIES": Setting(
        "`0`",
        "how many proxies of your own stand in front; that many entries of `PROXY_HEADER` are believed. "
        "Without it, behind a proxy, all visitors share one limit",
        "0",
    ),
    "SHIELD": Setting(
        "`on`",
        "counts attempts to give against card testing, and puts a shield up by itself; `off`, for a load "
        "test, asks nobody anything",
        "on",
    ),
}
"""Each is also read from the file that NAME_FILE names."""

TABLE_HEAD = "| setting | default | what it is |\n|---|---|---|\n"
ENV_HEAD = """# Copy this to .env and fill in what you need: nothing is needed for development.
# docs/settings.md explains each. A secret can be kept in a file: SECRET_KEY_FILE=/run/secrets/key

"""


def with_table(page: str) -> str:
    """Return the text of `docs/settings.md` with its table replaced by the one of today."""
    before, head, rest = page.partition(TABLE_HEAD)
    if not head:
        raise ValueError("docs/settings.md has lost the head of its table.")
    after = rest[rest.index("\n\n") :] if "\n\n" in rest else "\n"
    rows = [f"| `{name}` | {setting.default} | {setting.purpose} |" for name, setting in SETTINGS.items()]
    return before + head + "\n".join(rows) + after


def env_example() -> str:
    """Return the text of `.env.example`."""
    return ENV_HEAD + "".join(f"# {name}={setting.example}\n" for name, setting in SETTINGS.items())


def outdated(root: Path) -> dict[Path, str]:
    """Return the files below `root` that differ from the table, each with the text that it should have."""
    page, example = root / "docs" / "settings.md", root / ".env.example"
    expected = {page: with_table(page.read_text(encoding="utf-8")), example: env_example()}
    return {path: text for path, text in expected.items() if path.read_text(encoding="utf-8") != text}


def main() -> int:
    """Write both files, or with `--check` only name those that are out of date and return 1."""
    if CHECKOUT is None:
        sys.stderr.write("kurak: the documents are in the repository; this is an installed package.\n")
        return 1
    files = outdated(CHECKOUT)
    if "--check" in sys.argv[1:]:
        sys.stderr.writelines(f"{path.name} is out of date: run `make settings`.\n" for path in files)
        return bool(files)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
