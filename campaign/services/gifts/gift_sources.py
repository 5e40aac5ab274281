"""Where the donor of a gift came from, as its row says."""

from campaign.domain.gift_source import GiftSource
from campaign.models.columns import GiftColumns


def source_of(gift: GiftColumns) -> GiftSource:
    """Return the source of a gift or of a monthly gift."""
    return GiftSource(
        utm_source=gift.utm_source,
        utm_medium=gift.utm_medium,
        utm_campaign=gift.utm_campaign,
        referrer_host=gift.referrer_host,
    )
