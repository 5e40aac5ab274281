"""The campaign's own sentences in the email with the receipt."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.documents.kinds import MailText
from campaign.domain.documents.reading import ProblemKind, Rules, read
from campaign.models.campaign import Campaign
from campaign.services.campaigns.mail_sentences import own_sentence
from campaign.services.content.editing import DraftChange, document_state, save_draft
from campaign.services.content.publishing import publish_draft
from tests.services.engine import Engine
from tests.support.builders import a_member_of_staff
from tests.support.fakes import SettableClock


@pytest.mark.database("sqlite")
def test_an_email_has_the_campaigns_own_sentences_in_its_language_only(
    engine: Engine, session: Session, clock: SettableClock
) -> None:
    campaign_id = session.execute(select(Campaign.id)).scalar_one()
    actor_id = a_member_of_staff(role="campaign").id
    texts = {"opening": {"en": "Rahmat for {amount}, <b>friend</b>!"}, "closing": {"ru": "Скоро напишем."}}
    change = DraftChange(draft=texts, base=document_state(campaign_id, "mail:receipt").base)
    saved = save_draft(campaign_id, "mail:receipt", change, actor_id=actor_id, clock=clock)
    publish_draft(campaign_id, "mail:receipt", base=saved.base, actor_id=actor_id, clock=clock)
    engine.give()
    engine.work()
    email = engine.mailer.sent[0]
    assert "Rahmat for $25, <b>friend</b>!" in email.text
    assert "Rahmat for $25, &lt;b&gt;friend&lt;/b&gt;!" in email.html
    assert "Скоро" not in email.text
    assert "What happens next" in email.text  # the usual sentence, where this language has none of its own


@pytest.mark.parametrize(
    ("sentence", "unknown"),
    [
        ("Thanks for {amount} to {purpose}.", []),
        ("{name}, thanks for {amount", ["{name}", "{"]),
        ("{ amount } }", ["{ amount }", "}"]),
        ("{}", ["{}"]),
    ],
)
def test_an_unknown_placeholder_is_named_and_never_sent(sentence: str, unknown: list[str]) -> None:
    draft = {"opening": {"en": sentence}, "closing": {}}
    problems = read(MailText, draft, Rules(languages=("en",), currency="USD")).problems
    assert [(problem.kind, problem.detail) for problem in problems] == [
        (ProblemKind.UNKNOWN_PLACEHOLDER, name) for name in unknown
    ]
    sent = own_sentence(sentence, {"amount": "{purpose}", "purpose": "looms"})
    assert sent == ("" if unknown else "Thanks for {purpose} to looms.")
