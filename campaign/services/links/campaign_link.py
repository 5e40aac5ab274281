"""The address of a link with its tags, and what stands printed beside its QR code."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from campaign.domain.gift_source import GiftSource
from campaign.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignLink:
    """A link to a campaign's page or straight to its form. `slug` is None for the featured campaign."""

    public_url: str
    language: str
    slug: str | None
    source: GiftSource
    to_form: bool
    fund_code: str | None = None
    amount: Money | None = None
    is_monthly: bool = False

    @property
    def address(self) -> str:
        """Return the whole address; purpose, amount and frequency are filled in on the form alone."""
        query: dict[str, str] = {}
        if self.to_form:
            query = {"campaign": self.slug or "", "fund": self.fund_code or "", **self._amount()}
            query["frequency"] = "monthly" if self.is_monthly else ""
        query |= {
            "utm_source": self.source.utm_source or "",
            "utm_medium": self.source.utm_medium or "",
            "utm_campaign": self.source.utm_campaign or "",
        }
        filled = urlencode({name: value for name, value in query.items() if value})
        return f"{self.public_url}{self._path}" + (f"?{filled}" if filled else "")

    @property
    def short_address(self) -> str:
        """Return what a person can type from paper: the campaign's page, without scheme and tags."""
        parts = urlsplit(f"{self.public_url}{self._page}")
        return f"{parts.netloc}{parts.path}".rstrip("/")

    @property
    def _page(self) -> str:
        return f"/{self.language}/c/{self.slug}/" if self.slug else f"/{self.language}/"

    @property
    def _path(self) -> str:
        return f"/{self.language}/donate" if self.to_form else self._page

    def _amount(self) -> dict[str, str]:
        return {"amount": self.amount.plain, "currency": self.amount.currency} if self.amount else {}
