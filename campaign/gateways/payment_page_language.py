"""The languages of the provider's own pages."""

from typing import Final

from campaign.domain.language import nearest_of

OFFERED: Final = (
    *(
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fi",
        "fil",
        "fr",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "ko",
        "lt",
        "lv",
    ),
    *("ms", "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh"),
)
"""Stripe refuses a page in any other one: there is no Kyrgyz."""


def payment_page_language(language: str) -> str:
    """Return the language that the provider's page has for a reader of `language`."""
    return nearest_of(OFFERED, language)
