"""The gateways that this app was built with: the one place where real and pretended parts are chosen."""

from dataclasses import dataclass, field

from flask import Flask, current_app

from campaign.config import Config
from campaign.gateways.clock import Clock, SandboxClock, SystemClock
from campaign.gateways.mailer import FaultyMailer, Mailer, NoMailer
from campaign.gateways.payments import NoPayments, PaymentGateway
from campaign.gateways.provider_account import NoAccount, ProviderAccount
from campaign.gateways.smtp_mailer import SmtpMailer
from campaign.gateways.webhook_endpoints import NoEndpoints, WebhookEndpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateways:
    """The outside world as this app sees it."""

    clock: Clock
    payments: PaymentGateway
    mailer: Mailer
    account: ProviderAccount = field(default_factory=NoAccount)
    endpoints: WebhookEndpoints = field(default_factory=NoEndpoints)


def set_gateways(app: Flask, given: Gateways | None) -> None:
    app.extensions["gateways"] = given or _from_config(app.config["KURAK"])


def gateways() -> Gateways:
    """For views, jobs and commands only; services are handed what they need."""
    registered: Gateways = current_app.extensions["gateways"]
    return registered


def _from_config(config: Config) -> Gateways:
    mailer = _mailer(config)
    if config.payment_mode == "none" or config.stripe_secret_key is None:
        return Gateways(clock=_clock(config), payments=NoPayments(), mailer=mailer)
    from campaign.gateways.stripe_account import StripeAccount
    from campaign.gateways.stripe_client import StripeClient
    from campaign.gateways.stripe_endpoints import StripeEndpoints
    from campaign.gateways.stripe_payments import StripePayments

    client = StripeClient(config.stripe_secret_key, api_base=config.stripe_api_base)
    return Gateways(
        clock=_clock(config),
        payments=StripePayments(client, webhook_secrets=config.stripe_webhook_secrets),
        mailer=mailer,
        account=StripeAccount(client),
        endpoints=StripeEndpoints(client),
    )


def _mailer(config: Config) -> Mailer:
    mailer: Mailer = NoMailer()
    if config.mail_url:
        mailer = SmtpMailer(config.mail_url, sender=config.mail_from, requires_tls=config.mail_tls == "required")
    if config.payment_mode == "sandbox":
        return FaultyMailer(mailer, outage=config.instance_dir / "sandbox" / "mail_is_down")
    return mailer


def _clock(config: Config) -> Clock:
    if config.payment_mode == "sandbox":
        return SandboxClock(config.instance_dir / "sandbox" / "ahead_seconds")
    return SystemClock()
