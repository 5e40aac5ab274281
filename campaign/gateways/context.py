"""What a service is handed of the world outside: one object, built once by the app factory."""

from dataclasses import dataclass, field

from campaign.gateways.clock import Clock
from campaign.gateways.file_store import FileStore
from campaign.gateways.mailer import Mailer, NoMailer
from campaign.gateways.payments import PaymentGateway
from campaign.gateways.provider_account import NoAccount, ProviderAccount
from campaign.gateways.webhook_endpoints import NoEndpoints, WebhookEndpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The world outside, as an installation meets it. A function that needs one part alone is handed that part.

    Attributes:
        clock: The time.
        payments: The payment provider: payment pages, payments, refunds and subscriptions.
        account: Our balance and payouts at the provider.
        endpoints: Our webhook endpoints at the provider.
        mailer: The mail server.
        files: Where the files of pictures are; None: in the database.
        erasures: Where the second copy of the list of erasures is; None: nowhere.
        public_url: The address of the site, without a slash at its end, for links in emails and at the provider.
    """

    clock: Clock
    payments: PaymentGateway
    public_url: str
    account: ProviderAccount = field(default_factory=NoAccount)
    endpoints: WebhookEndpoints = field(default_factory=NoEndpoints)
    mailer: Mailer = field(default_factory=NoMailer)
    files: FileStore | None = None
    erasures: FileStore | None = None
