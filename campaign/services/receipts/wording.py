"""The language of a receipt, and the sentences that it stores or that the mail beside it says."""

from campaign.domain.language import nearest_of
from receipts.texts import languages, texts_in


def receipt_language(language: str) -> str:
    """Return the language of a donor's receipt: theirs, else the nearest one that the receipts have texts in."""
    return nearest_of(languages(), language)


def receipt_sentence(key: str, language: str, **values: str) -> str:
    """Return a sentence of the receipts' texts with its values, in the language of a donor's receipt."""
    return texts_in(receipt_language(language)).say(key, **values)
