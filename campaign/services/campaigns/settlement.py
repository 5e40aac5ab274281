"""In which currencies the payment account is credited: a goal in another one would stay at zero."""

from dataclasses import dataclass

from campaign.domain.campaign_state import OpeningGap
from campaign.gateways.payments import PaymentRefused, PaymentsNotConfigured, PaymentsUnavailable
from campaign.gateways.provider_account import ProviderAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementCurrencies:
    """What the payment account says of its currencies.

    Attributes:
        codes: The currencies, the account's own first; empty where they are not known.
        is_connected: Whether there is an account at all.
    """

    codes: tuple[str, ...] = ()
    is_connected: bool = True

    def settles(self, code: str) -> bool:
        """Return whether the account is credited in this currency, as far as is known."""
        return not self.codes or code in self.codes

    def opening_gap(self, goal_currency: str) -> OpeningGap | None:
        """Return what keeps a campaign with a goal in this currency from being opened."""
        if not self.is_connected:
            return OpeningGap.NO_ACCOUNT
        if not self.codes:
            return OpeningGap.ACCOUNT_SILENT
        return None if self.settles(goal_currency) else OpeningGap.GOAL_CURRENCY


def settlement_currencies(account: ProviderAccount) -> SettlementCurrencies:
    """Ask the account for its currencies; one that is not set up, or does not answer, names none."""
    try:
        return SettlementCurrencies(codes=account.settlement_currencies())
    except PaymentsNotConfigured:
        return SettlementCurrencies(is_connected=False)
    except (PaymentsUnavailable, PaymentRefused):
        return SettlementCurrencies()
