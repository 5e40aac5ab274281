"""A whole email with the draft of its own sentences, about an invented gift, as staff look at it before they publish."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from campaign.days import local_day
from campaign.domain.documents.fields import specs
from campaign.domain.documents.kinds import DOCUMENTS
from campaign.domain.errors import NotFound
from campaign.domain.money import Money, currency
from campaign.i18n import current_language, day, in_language, money_in_text, text_of
from campaign.models.outbox import Message
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.campaigns.form_options import purposes_of
from campaign.services.campaigns.mail_sentences import MONTHLY, own_sentence
from campaign.services.content.editing import document_state
from campaign.services.content.parts import MAIL
from campaign.services.mail.delivery import render_parts
from campaign.services.mail.sender import sender_of

SAMPLE_UNITS = 25
"""The gift of the sample, in the campaign's currency."""


@dataclass(frozen=True, slots=True)
class DraftMail:
    """A rendered email that is never sent."""

    subject: str
    text: str
    html: str


def mail_with_draft(card: CampaignCard, document: str, language: str, *, public_url: str, at: datetime) -> DraftMail:
    """Return an email of a document in a language, with its draft; a sentence that cannot be published is left out.

    Raises:
        NotFound: There is no such document, or it belongs to no email.
    """
    if not document.startswith(MAIL):
        raise NotFound(document)
    draft = document_state(card.id, document).draft
    kind = document.removeprefix(MAIL)
    with in_language(language):
        facts = _sample_facts(card, public_url=public_url, at=at)
        facts["is_monthly"] = kind == MONTHLY
        for part, field in zip(("opening", "closing"), specs(DOCUMENTS[document]), strict=True):
            facts[part] = own_sentence(draft[field].get(language, ""), {name: str(facts[name]) for name in facts})
        sender = sender_of(Message(language=language, campaign_id=card.id))
        parts = render_parts("receipt" if kind == MONTHLY else kind, facts, sender, public_url=public_url)
    return DraftMail(parts["subject.txt"], parts["body.txt"], parts["body.html"])


def _sample_facts(card: CampaignCard, *, public_url: str, at: datetime) -> dict[str, object]:
    """Return facts of every kind of these emails, in the language in use; the addresses lead nowhere."""
    amount = money_in_text(Money(SAMPLE_UNITS * 10 ** currency(card.currency).exponent, card.currency))
    today, base = local_day(at), f"{public_url}/{current_language()}"
    purposes = purposes_of(card.id)
    days = {
        name: day(today + timedelta(days=ahead))
        for name, ahead in {
            "given_on": 0,
            "next_try_on": 3,
            "next_on": 30,
            "expires_on": 45,
            "last_on": 60,
            "campaign_ends_on": 75,
        }.items()
    }
    return {
        **days,
        "lang": current_language(),
        "public_url": public_url,
        "is_test": False,
        "donor_name": "Айгүл",
        "amount": amount,
        "was": amount,
        "purpose": text_of(purposes[0].title) if purposes else "",
        "campaign_title": text_of(card.title),
        "card": "Visa •••• 4242",
        "note": "",
        "receipt_number": "0000",
        "receipt_url": f"{base}/verify/",
        "pdf_url": f"{base}/verify/",
        "manage_url": f"{base}/my/",
        "pay_url": f"{base}/donate",
        "change": "amount",
        "is_open_ended": False,
        "reason": _("The bank refused the card."),
        "end_reason": "asked",
        "stops_on": "",
    }
