"""What the provider's pages and papers call the parts of a gift: its purpose, and the fee that the donor adds."""

from collections.abc import Mapping

from flask_babel import gettext as _

from campaign.domain.language import in_language_of
from campaign.i18n import in_language


def purpose_line(purpose: Mapping[str, str], language: str) -> str:
    """What the provider's pages and papers say below the name of the gift: what it is for."""
    with in_language(language):
        return str(_("For: %(purpose)s", purpose=in_language_of(purpose, language)))


def fee_name(language: str) -> str:
    """What the provider's pages and papers call the fee that the donor adds."""
    with in_language(language):
        return str(_("Fee that you add"))
