"""Every reason for which a card is refused has its words, and an unknown one is a refusal without a reason."""

import pytest

from campaign.domain.pledge import CardRefusal
from campaign.gateways.stripe_pledges import REASONS
from campaign.services.pledges.card_refusals import WORDS, card_refusal_words


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(CardRefusal)
    assert set(REASONS.values()) <= set(CardRefusal)


@pytest.mark.parametrize(("stored", "reason"), [("funds", CardRefusal.FUNDS), ("a new one", CardRefusal.DECLINED)])
def test_a_stored_reason_is_put_into_words(stored: str, reason: CardRefusal) -> None:
    assert card_refusal_words(stored) is WORDS[reason]
