"""One new card for all monthly gifts of a mailbox: put in for one of them at the provider, then taken over by the others."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign.domain.pledge import Act, PledgeRequester, PledgeState, refusal
from campaign.gateways.pledges import CardOnFile
from campaign.models.pledge import Pledge, PledgeEvent, PledgeRequest
from campaign.services.pledges.request_rows import add_request

OTHERS = "others"
"""In the detail of a request for a new card: the public ids of the monthly gifts that are to use the card too."""


CARD = "card"
"""In the same detail: the card as it was, in `card_text`'s words."""


def card_text(brand: str | None, last4: str | None, expires_on: date | None) -> str:
    """A card by what is known of it here: enough to tell it from its successor."""
    return f"{brand or ''} {last4 or ''} {expires_on or ''}"


def is_another_card(detail: dict[str, Any], card: CardOnFile | None) -> bool:
    """Whether a gift is charged to another card than when one was asked for."""
    return CARD in detail and card is not None and card_text(card.brand, card.last4, card.expires_on) != detail[CARD]


def spread(session: Session, request_id: int, *, at: datetime) -> None:
    """The provider has the new card: ask each other monthly gift of the mailbox that goes on to use it too.

    A gift with a payment due is left out: its card is put in by itself, and charged for what is due at once.
    """
    request = session.get_one(PledgeRequest, request_id)
    names: Any = request.detail.get(OTHERS)  # of a JSON detail
    if not names:
        return
    source = session.get_one(Pledge, request.pledge_id)
    others = session.execute(
        select(Pledge)
        .where(
            Pledge.public_id.in_(names),
            Pledge.donor_id == source.donor_id,
            Pledge.doubles_id.is_(None),
            Pledge.livemode == source.livemode,
            Pledge.id != source.id,
        )
        .order_by(Pledge.id)
        .with_for_update()
    ).scalars()
    for pledge in others.all():
        if refusal(PledgeState(pledge.state), Act.USE_CARD) is None:
            _ask(session, pledge, {"card_of": source.public_id}, at=at)


def _ask(session: Session, pledge: Pledge, detail: dict[str, object], *, at: datetime) -> None:
    add_request(session, pledge.id, Act.USE_CARD, at=at, requested_by=PledgeRequester.DONOR, detail=detail)
    event = {"pledge_id": pledge.id, "at": at, "kind": "asked_use_card", "detail": {"by": "donor"}, "actor_id": None}
    session.execute(insert(PledgeEvent), event)
