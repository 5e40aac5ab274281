"""The words of the donor-facing pages in every language of the campaign, and amounts as each language writes them.

Stripe's own pages have no Kyrgyz, and its API refuses `locale=ky`; so does the sandbox. Its pages are for practice,
which everybody must be able to read: so they have Kyrgyz too, and the reader chooses the language (see
`campaign.sandbox.pages.page_frame.language_of`).
"""

from typing import Final

from campaign.sandbox.core.currencies import exponent
from campaign.sandbox.texts.english import ENGLISH
from campaign.sandbox.texts.kyrgyz import KYRGYZ
from campaign.sandbox.texts.russian import RUSSIAN

LANGUAGES: Final[dict[str, str]] = {"en": "English", "ru": "Русский", "ky": "Кыргызча"}
"""Each language by its own name, in the order in which the pages offer them; the first is the one for strangers."""

TEXTS: Final[dict[str, dict[str, str]]] = {"en": ENGLISH, "ru": RUSSIAN, "ky": KYRGYZ}


def amount_text(amount_minor: int, currency: str, language: str) -> str:
    """Return an amount for the payer: `1,250.00 USD` in English, `1 250,00 USD` in Russian and Kyrgyz."""
    places = exponent(currency)
    whole, rest = divmod(amount_minor, 10**places)
    digits = f"{whole:,}" + (f".{rest:0{places}d}" if places else "")
    if language != "en":
        digits = digits.translate({ord(","): "\N{NO-BREAK SPACE}", ord("."): ","})
    return f"{digits}\N{NO-BREAK SPACE}{currency.upper()}"
