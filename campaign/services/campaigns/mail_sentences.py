"""The campaign's own sentences in emails to donors."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.documents.placeholders import fill_placeholders, unknown_placeholders
from campaign.models.campaign import Section

MAIL_PLACE = "mail"
"""Where these sentences stand in the table of sections: the opening as heading, the closing as body."""
RECEIPT, MONTHLY = "receipt", "monthly"
PLACEHOLDERS = ("amount", "purpose")


def mail_sentences(
    session: Session, campaign_id: int | None, language: str, *, mails: Sequence[str], values: Mapping[str, str]
) -> dict[str, str]:
    """Return `opening` and `closing` in a language; empty where the campaign has none, so that the usual one stays.

    Args:
        session: A session that reads.
        campaign_id: The campaign of the email.
        language: The reader's; a sentence in another language is not taken.
        mails: The emails whose sentences fit, the best first.
        values: What takes the places of `{amount}` and `{purpose}`.
    """
    query = select(Section.slug, Section.heading, Section.body).where(
        Section.campaign_id == campaign_id, Section.place == MAIL_PLACE, Section.slug.in_(mails)
    )
    known = {slug: (heading, body) for slug, heading, body in session.execute(query)}
    fitting = [known[mail] for mail in mails if mail in known]
    return {
        part: next(filter(None, (own_sentence(texts[number].get(language, ""), values) for texts in fitting)), "")
        for number, part in enumerate(("opening", "closing"))
    }


def own_sentence(sentence: str, values: Mapping[str, str]) -> str:
    """Return a sentence with its values; empty where it names something unknown, so that no email shows braces."""
    if unknown_placeholders(sentence, PLACEHOLDERS):
        return ""
    return fill_placeholders(sentence, {name: values.get(name, "") for name in PLACEHOLDERS})
