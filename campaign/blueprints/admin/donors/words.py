"""The words for donors: what their gifts say about them."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_pgettext

from campaign.domain.donor import DonorStatus

STATUSES: Mapping[str, LazyString] = {
    DonorStatus.NEW: lazy_pgettext("donors", "New: first gift in this time"),
    DonorStatus.RETURNING: lazy_pgettext("donors", "Returning: gave in this time and before"),
    DonorStatus.LAPSED: lazy_pgettext("donors", "Lapsed: gave before, not in this time"),
}
