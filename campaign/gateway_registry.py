"""The context that an app is built with: the one place where real and simulated gateways are chosen."""

from pathlib import Path

from flask import Flask, current_app

from campaign.config import Config
from campaign.gateways.clock import Clock, SandboxClock, SystemClock
from campaign.gateways.context import Context
from campaign.gateways.file_store import FileStore, FolderFiles
from campaign.gateways.mailer import FaultyMailer, Mailer, NoMailer
from campaign.gateways.payments import NoPayments
from campaign.gateways.smtp_mailer import SmtpMailer


def set_context(app: Flask, given: Context | None) -> None:
    """Give the app its context: this one, or the one that its settings ask for."""
    app.extensions["context"] = given or _from_config(app.config["KURAK"])


def current_context() -> Context:
    """Return the running app's context. For views, jobs and commands only; services are handed what they need."""
    context: Context = current_app.extensions["context"]
    return context


def _from_config(config: Config) -> Context:
    clock, mailer, files, erasures = (
        _clock(config),
        _mailer(config),
        _files(config.files_url),
        _files(config.erasures_url),
    )
    if config.payment_mode == "none" or config.stripe_secret_key is None:
        payments, public_url = NoPayments(), config.public_url
        return Context(
            clock=clock, payments=payments, mailer=mailer, files=files, erasures=erasures, public_url=public_url
        )
    from campaign.gateways.stripe_account import StripeAccount
    from campaign.gateways.stripe_client import StripeClient
    from campaign.gateways.stripe_endpoints import StripeEndpoints
    from campaign.gateways.stripe_payments import StripePayments

    client = StripeClient(config.stripe_secret_key, api_base=config.stripe_api_base)
    return Context(
        clock=clock,
        payments=StripePayments(
            client, webhook_secrets=config.stripe_webhook_secrets, holds_elevated_risk=config.holds_elevated_risk
        ),
        account=StripeAccount(client),
        endpoints=StripeEndpoints(client),
        mailer=mailer,
        files=files,
        erasures=erasures,
        public_url=config.public_url,
    )


def _files(url: str) -> FileStore | None:
    """Return the store of the setting FILES_URL or ERASURES_URL; None for the database, or for none."""
    scheme, _separator, rest = url.partition("://")
    if scheme == "file":
        return FolderFiles(Path(rest))
    if scheme == "s3":
        from campaign.gateways.s3_store import S3Files, read_bucket

        return S3Files(read_bucket(url))
    return None


def _mailer(config: Config) -> Mailer:
    mailer: Mailer = NoMailer()
    if config.mail_url:
        mailer = SmtpMailer(
            config.mail_url,
            sender=config.mail_from,
            requires_tls=config.mail_tls == "required",
            bounce_address=config.bounce_address,
        )
    if config.payment_mode == "sandbox":
        return FaultyMailer(mailer, outage=config.instance_dir / "sandbox" / "mail_is_down")
    return mailer


def _clock(config: Config) -> Clock:
    if config.payment_mode == "sandbox":
        return SandboxClock(config.instance_dir / "sandbox" / "ahead_seconds")
    return SystemClock()
