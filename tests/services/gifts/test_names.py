"""The names of a payment belong to the gift: whoever gives from a known address learns nothing of its other gifts."""

import json
import re
from dataclasses import replace

from bs4 import BeautifulSoup
from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.services.gifts import settlement
from campaign.services.gifts.checkout import GiftRequest
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, months_of, pledge_of
from tests.support.drain import work_off_money

FAMILY = "family@example.kg"


def give(engine: Engine, *, payer: str, request: GiftRequest | None = None, email: str = FAMILY) -> str:
    public_id = engine.open(request)
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout, email=email, name=payer)
    engine.tell("checkout.session.completed", checkout)
    work_off_money()
    return public_id


def names_on_receipts() -> list[str | None]:
    with reading() as session:
        documents = session.execute(select(Receipt.document).order_by(Receipt.id)).scalars()
        return [json.loads(document)["donor_name"] for document in documents]


def names_in_mails() -> list[str]:
    with reading() as session:
        return [
            str(facts["donor_name"]) for facts in session.execute(select(Message.facts).order_by(Message.id)).scalars()
        ]


def test_four_givers_with_one_address_get_four_receipts_in_their_own_names(engine: Engine) -> None:
    givers = ["Aida Bekova", "Bakyt Bekov", "Cholpon Bekova", "Stranger X"]
    gifts = [give(engine, payer=payer) for payer in givers]
    assert names_on_receipts() == givers
    assert [engine.donation(gift).payer_name for gift in gifts] == givers
    assert names_in_mails() == givers
    assert len(engine.session.execute(select(Donor.id)).all()) == 1


def test_a_payment_without_a_name_takes_none_from_the_address(engine: Engine) -> None:
    give(engine, payer="Aida Bekova")
    give(engine, payer="")
    assert names_on_receipts() == ["Aida Bekova", None]
    assert names_in_mails() == ["Aida Bekova", ""]


def test_no_public_figure_tells_whether_a_name_with_its_address_has_given(engine: Engine) -> None:
    """Whoever pays with both exactly sees what is seen when they are new: each figure grows by one gift."""
    client, counts = engine.app.test_client(), []
    for payer in ("Aida Bekova", "Aida Bekova", "Stranger X"):
        give(engine, payer=payer)
        slug = engine.session.execute(select(Campaign.slug)).scalar_one()
        figures = client.get(f"/api/v1/campaigns/{slug}/progress").get_json()
        page = BeautifulSoup(client.get("/en/").text, "html.parser").select_one(".hero-progress")
        assert page is not None
        numbers = re.findall(r"(\d+) (?:gift|donor)s?\b", page.get_text())
        counts.append((figures["donations"], figures["donors"], numbers))
    assert counts == [(1, 1, ["1"]), (2, 2, ["2"]), (3, 3, ["3"])]


def test_the_name_that_was_named_for_the_receipt_is_on_it_and_the_payer_is_greeted(engine: Engine) -> None:
    request = replace(engine.request(), receipt_name="Ак-Жол ЖЧК", public_name="Aida", is_anonymous=False)
    gift = engine.donation(give(engine, payer="Aida Bekova", request=request))
    assert names_on_receipts() == ["Ак-Жол ЖЧК"]
    assert (gift.payer_name, gift.receipt_name, gift.public_name) == ("Aida Bekova", "Ак-Жол ЖЧК", "Aida")
    assert names_in_mails() == ["Aida Bekova"]


def test_a_public_name_is_on_no_receipt(engine: Engine) -> None:
    give(engine, payer="", request=replace(engine.request(), public_name="Aida", is_anonymous=False))
    assert names_on_receipts() == [None]


def test_later_months_are_in_the_name_of_the_first(engine: Engine) -> None:
    subscription = begin_pledge(engine)
    assert pledge_of(subscription).payer_name == "Aida Donor"
    first = engine.payments.pledges.subscriptions[subscription]
    engine.payments.pledges.subscriptions[subscription] = replace(first, name="Bakyt, with a card of his own")
    engine.clock.advance(days=31)
    engine.tell("invoice.paid", engine.payments.pledges.renew(subscription))
    work_off_money()
    assert names_on_receipts() == ["Aida Donor", "Aida Donor"]
    assert [month.payer_name for month in months_of(subscription)] == ["Aida Donor", "Bakyt, with a card of his own"]


def test_a_name_that_is_not_known_yet_comes_with_the_next_answer_of_the_provider(engine: Engine) -> None:
    gift = engine.donation(give(engine, payer="Bakyt Bekov"))
    with transaction() as session:  # as the migration leaves a gift whose payer it cannot know
        session.execute(update(Donation).values(payer_name=None))
    settlement.settle(gift.id, context=engine.context)
    assert engine.donation(gift.public_id).payer_name == "Bakyt Bekov"
    assert len(names_on_receipts()) == 1
