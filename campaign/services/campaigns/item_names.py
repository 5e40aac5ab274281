"""The names of a gift's parts on the provider's pages and receipts: its purpose, and the fee that the donor adds."""

from collections.abc import Mapping

from flask_babel import gettext as _

from campaign.domain.language import in_language_of
from campaign.i18n import in_language


def purpose_line(purpose: Mapping[str, str], language: str) -> str:
    """Return the line below the name of the gift on the provider's pages and receipts: what it is for."""
    with in_language(language):
        return str(_("For: %(purpose)s", purpose=in_language_of(purpose, language)))


def fee_name(language: str) -> str:
    """Return the name of the fee that the donor adds, on the provider's pages and receipts."""
    with in_language(language):
        return str(_("Fee that you add"))
