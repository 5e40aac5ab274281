"""Staff pages of refunds: the form, its preview, its confirmation, and what is refused."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.models.donation import Donation, Refund
from campaign.models.staff import AuditEvent
from campaign.services.gifts.refunds import RefundOrder, request_refund
from tests.services.engine import Engine
from tests.support.builders import usd
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock
from tests.support.pages import Page, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")  # services are tested on both


def test_a_full_refund_is_distinguished_from_a_partial_one(
    app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock, finance: FlaskClient
) -> None:
    engine = Engine.started(app, payments, mailer, clock)
    gift = engine.give(minor=25_00)
    for minor, word in ((5_00, "Refunded in part"), (20_00, "Refunded")):
        order = RefundOrder(donation_public_id=gift, amount=usd(minor), reason="Asked for", actor_id=None)
        request_id = request_refund(order, clock=clock)
        engine.work()
        engine.payments.settle_refund(request_id)
        engine.tell("refund.updated", f"re_{request_id}")
        engine.work()
        assert fetch(finance, "admin.donations", state="refunded").texts("tbody .tag") == ["Paid", word]
        assert word in fetch(finance, "admin.donation", public_id=gift).texts(".row.between .tag")


def test_a_refund_is_previewed_confirmed_and_requested_once(
    three_gifts: dict[str, Donation], finance: FlaskClient, session: Session
) -> None:
    gift = three_gifts["aigul"]
    form = fetch(finance, "admin.refund", public_id=gift.public_id)
    preview = Page(form.submit(finance, how_much="part", amount="5,50", reason="Given twice"))
    facts = dict(zip(preview.texts(".facts dt"), preview.texts(".facts dd"), strict=True))
    assert (facts["Sent back now"], facts["Remaining of the gift"]) == ("$5.50", "$19.50")
    assert session.execute(select(func.count(Refund.id))).scalar_one() == 0
    for _ in range(2):
        answer = preview.submit(finance, step="confirm")
        assert (answer.status_code, answer.location) == (303, f"/staff/donations/{gift.public_id}")
    refund = session.execute(select(Refund)).scalar_one()
    assert (refund.amount_minor, refund.state, refund.reason) == (5_50, "requested", "Given twice")
    page = fetch(finance, "admin.donation", public_id=gift.public_id)
    assert "The refund is requested." in page.text(".notice")
    assert "refund:request" in session.execute(select(AuditEvent.action)).scalars().all()


def test_the_whole_gift_can_be_refunded(
    three_gifts: dict[str, Donation], finance: FlaskClient, session: Session
) -> None:
    form = fetch(finance, "admin.refund", public_id=three_gifts["bermet"].public_id)
    preview = Page(form.submit(finance, how_much="whole", reason="Asked for"))
    assert "becomes void" in preview.text(".facts")
    preview.submit(finance, step="confirm")
    assert session.execute(select(Refund.amount_minor)).scalar_one() == 100_00


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"how_much": "part", "amount": "25.01", "reason": "r"}, "amount"),
        ({"how_much": "part", "amount": "0", "reason": "r"}, "amount"),
        ({"how_much": "part", "amount": "-5", "reason": "r"}, "amount"),
        ({"how_much": "part", "amount": "five", "reason": "r"}, "amount"),
        ({"how_much": "part", "amount": "", "reason": "r"}, "amount"),
        ({"reason": "r"}, "amount"),
        ({"how_much": "whole", "reason": " "}, "reason"),
        ({"how_much": "whole", "reason": "\u3164\u2800"}, "reason"),
    ],
)
def test_an_invalid_refund_is_refused_at_its_field(
    three_gifts: dict[str, Donation],
    finance: FlaskClient,
    session: Session,
    typed: dict[str, str],
    field: str,
) -> None:
    form = fetch(finance, "admin.refund", public_id=three_gifts["aigul"].public_id)
    answer = form.submit(finance, **typed, step="confirm")
    page = Page(answer)
    assert answer.status_code == 422
    assert [link["href"] for link in page.soup.select(".error-summary a")] == [f"#{field}"]
    assert page.text("title").startswith("Error:")
    assert session.execute(select(func.count(Refund.id))).scalar_one() == 0


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("1.000", "“1.000” can mean two amounts. Choose the one you mean."),
        ("0", "Enter an amount of more than 0."),
        ("30", "That is more than the remaining amount of the gift."),
    ],
)
def test_the_amount_of_a_refund_is_read_strictly(
    three_gifts: dict[str, Donation], finance: FlaskClient, amount: str, message: str
) -> None:
    form = fetch(finance, "admin.refund", public_id=three_gifts["aigul"].public_id)
    answer = form.submit(finance, how_much="part", amount=amount, reason="r", step="confirm")
    assert Page(answer).texts(".error-summary li") == [message]


@pytest.mark.parametrize("name", ["f1", "", "x" * 500, "0OIl" * 4, "23456789abcdefg\n", "23456789ABCDEFGH"])
def test_a_form_with_a_forged_id_is_shown_again(
    three_gifts: dict[str, Donation], finance: FlaskClient, session: Session, name: str
) -> None:
    form = fetch(finance, "admin.refund", public_id=three_gifts["aigul"].public_id)
    answer = form.submit(finance, how_much="whole", reason="Asked for", step="confirm", form_id=name)
    page = Page(answer)
    assert (answer.status_code, page.text("#reason")) == (422, "Asked for")
    assert "We could not verify this form." in page.text(".error-summary")
    assert session.execute(select(func.count(Refund.id))).scalar_one() == 0
    assert Page(page.submit(finance, step="preview")).submit(finance, step="confirm").status_code == 303


def test_an_unpaid_gift_is_not_refunded(three_gifts: dict[str, Donation], finance: FlaskClient) -> None:
    answer = finance.get(f"/staff/donations/{three_gifts['open'].public_id}/refund")
    assert answer.status_code == 303
    assert "Nothing of this gift is left" in fetch_address(finance, answer.location).text(".notice")
