"""The context of a service that needs more than one part of the world outside."""

from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.file_store import FileStore
from campaign.gateways.payments import NoPayments
from campaign.gateways.provider_account import NoAccount, ProviderAccount


def a_context(clock: Clock, *, account: ProviderAccount | None = None, files: FileStore | None = None) -> Context:
    """A context with this clock; there is no provider, no mail server and, unless given, no account."""
    return Context(
        clock=clock,
        payments=NoPayments(),
        account=account or NoAccount(),
        files=files,
        public_url="http://localhost",
    )
