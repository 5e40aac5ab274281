"""The campaign's own sentences in the email that thanks for a gift."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.campaign import Section

MAIL_PLACE = "mail"
"""Where these sentences stand in the table of sections: the opening as heading, the closing as body."""
RECEIPT, MONTHLY = "receipt", "monthly"


def mail_sentences(
    session: Session, campaign_id: int | None, language: str, *, is_monthly: bool, values: dict[str, str]
) -> dict[str, str]:
    """Return `opening` and `closing` in a language; empty where the campaign has none, so that the usual one stays.

    Args:
        session: A session that reads.
        campaign_id: The campaign of the email.
        language: The reader's; a sentence in another language is not taken.
        is_monthly: Whether the email is about a month of a monthly gift, which may have sentences of its own.
        values: What stands in braces in the sentences: `{amount}`.
    """
    query = select(Section.slug, Section.heading, Section.body).where(
        Section.campaign_id == campaign_id, Section.place == MAIL_PLACE
    )
    known = {slug: (heading, body) for slug, heading, body in session.execute(query)}
    names = (MONTHLY, RECEIPT) if is_monthly else (RECEIPT,)
    sentences = {}
    for part, name in enumerate(("opening", "closing")):
        texts = (known[mail][part].get(language, "") for mail in names if mail in known)
        sentences[name] = _filled(next(filter(None, texts), ""), values)
    return sentences


def _filled(sentence: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        sentence = sentence.replace(f"{{{name}}}", value)
    return sentence
