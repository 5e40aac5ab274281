"""A receipt that lacks a text: seen, corrected by a replacement, and sent by the mail that waited for it."""

import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.i18n import in_language
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.models.staff import AuditEvent
from campaign.services.gifts import receipts_on_hold
from campaign.services.gifts.receipts_on_hold import NotOnHold, StillOnHold
from campaign.services.receipts import files
from campaign.services.receipts.files import LIST_NAME, receipts_zip
from campaign.services.receipts.hold_reasons import WORDS, explain
from campaign.services.receipts.listing import ReceiptFilter
from receipts import HoldReason
from tests.services.engine import Engine
from tests.support.builders import a_campaign, a_member_of_staff, set_issuer_text

NAMES = ("Gʻulom Oʻtkirov", "Nguyễn Thị Ánh", "გიორგი", "李小龍", "🌸🌸🌸", "محمد")
HELD, NEW = "TEST-WCL-2026-000001", "TEST-WCL-2026-000002"


@pytest.fixture
def on_hold(engine: Engine) -> Engine:
    """A gift whose receipt lacks the issuer's registration, which is added afterwards."""
    set_issuer_text("registration", "")
    give_as(engine, "Aida K.")
    set_issuer_text("registration", "No. 1")
    return engine


def give_as(engine: Engine, name: str) -> None:
    """A gift by card, paid in this name, with its receipt sent."""
    checkout = engine.checkout_of(engine.open())
    engine.payments.pay(checkout, name=name)
    engine.tell("checkout.session.completed", checkout)
    engine.work()


def correct(engine: Engine, name: str | None, *, number: str = HELD) -> str:
    actor = a_member_of_staff(email=f"{new_public_id()}@quilt.example")
    return receipts_on_hold.correct(number, donor_name=name, actor_id=actor.id, context=engine.context)


def test_a_receipt_on_hold_is_listed_with_its_reason(on_hold: Engine) -> None:
    (row,) = receipts_on_hold.receipts_on_hold()
    assert (row.number, row.donor_name) == (HELD, "Aida K.")
    assert row.reasons == (HoldReason.NO_ISSUER_REGISTRATION,)
    assert on_hold.mailer.sent == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "Не указана регистрация организации"),
        ("ky", "Уюмдун каттоосу көрсөтүлгөн эмес"),
    ],
)
def test_the_reason_is_said_in_the_language_of_the_reader(on_hold: Engine, language: str, words: str) -> None:
    with reading() as session:
        campaign_id = session.execute(select(Donation.campaign_id)).scalar_one()
    with in_language(language):
        assert receipts_on_hold.receipt_on_hold(HELD).explanations == [words]
        packed = receipts_zip(ReceiptFilter(campaign_id=campaign_id))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert words in archive.read(LIST_NAME).decode("utf-8-sig")


@pytest.mark.usefixtures("engine")
def test_every_reason_has_words_in_three_languages() -> None:
    assert set(WORDS) == set(HoldReason)
    for reason in HoldReason:
        said = set()
        for language in ("en", "ru", "ky"):
            with in_language(language):
                said.update(explain([reason]))
        assert len(said) == 3, reason


def test_what_can_be_printed_is_not_listed(engine: Engine) -> None:
    engine.give()
    assert receipts_on_hold.receipts_on_hold() == []
    with pytest.raises(NotFound):
        receipts_on_hold.receipt_on_hold(HELD)


def test_a_receipt_on_hold_is_of_its_campaign_alone(on_hold: Engine) -> None:
    other, actor = a_campaign(slug="other", is_featured=False), a_member_of_staff()
    assert receipts_on_hold.receipts_on_hold(campaign_id=other.id) == []
    with pytest.raises(NotFound):
        receipts_on_hold.receipt_on_hold(HELD, campaign_id=other.id)
    facts: dict[str, Any] = {"donor_name": "Thief", "context": on_hold.context}
    with pytest.raises(NotFound):
        receipts_on_hold.correct(HELD, actor_id=actor.id, campaign_id=other.id, **facts)
    assert [row.donor_name for row in receipts_on_hold.receipts_on_hold()] == ["Aida K."]


def test_a_corrected_receipt_replaces_the_one_on_hold_and_leaves_by_the_waiting_mail(on_hold: Engine) -> None:
    assert correct(on_hold, "Aida") == NEW
    on_hold.work()
    (mail,) = on_hold.mailer.sent
    assert [name for name, _ in mail.attachments] == [f"{NEW}.pdf"]
    states = on_hold.session.execute(
        select(Receipt.number, Receipt.state, Receipt.end_reason).order_by(Receipt.id)
    ).all()
    assert [tuple(row) for row in states] == [(HELD, "replaced", "correction"), (NEW, "issued", None)]
    assert on_hold.session.execute(select(Message.state)).scalars().all() == ["sent"]
    assert on_hold.session.execute(select(Donation.payer_name, Donation.receipt_name)).all() == [("Aida K.", "Aida")]
    assert receipts_on_hold.receipts_on_hold() == []


def test_the_correction_is_in_the_trail_without_a_name(on_hold: Engine) -> None:
    correct(on_hold, "Aida")
    (act,) = on_hold.session.execute(select(AuditEvent).where(AuditEvent.action == "receipt:correct")).scalars()
    assert (act.subject, act.detail) == (f"receipt:{HELD}", {"replaced_by": NEW})


def test_without_a_name_the_receipt_is_for_an_anonymous_donor(on_hold: Engine) -> None:
    correct(on_hold, None)
    on_hold.work()
    assert files.receipt_pdf(NEW).startswith(b"%PDF-")


def test_a_correction_while_the_text_is_still_missing_changes_nothing(on_hold: Engine) -> None:
    set_issuer_text("registration", " ")
    with pytest.raises(StillOnHold, match="The organisation’s registration is missing"):
        correct(on_hold, "Aida")
    assert on_hold.session.execute(select(Receipt.number, Receipt.state)).all() == [(HELD, "issued")]
    assert on_hold.session.execute(select(Donation.payer_name, Donation.receipt_name)).all() == [("Aida K.", None)]


def test_what_is_not_on_hold_is_not_corrected(on_hold: Engine) -> None:
    correct(on_hold, "Aida")
    for number in (HELD, NEW):
        on_hold.work()
        with pytest.raises(NotOnHold):
            correct(on_hold, "Bermet", number=number)


def test_a_receipt_that_never_left_keeps_no_period_from_being_downloaded(on_hold: Engine) -> None:
    correct(on_hold, "Aida")
    on_hold.work()
    campaign_id = on_hold.session.execute(select(Campaign.id)).scalar_one()
    assert files.receipts_zip(ReceiptFilter(campaign_id=campaign_id)).startswith(b"PK")


@pytest.mark.parametrize("name", NAMES)
def test_no_character_of_a_name_puts_a_receipt_on_hold(engine: Engine, name: str) -> None:
    give_as(engine, name)
    (mail,) = engine.mailer.sent
    assert [file for file, _ in mail.attachments] == [f"{HELD}.pdf"]
    assert receipts_on_hold.receipts_on_hold() == []
    assert receipts_on_hold.substituted_receipts() == []


def test_a_character_that_no_font_has_is_shown_to_staff_and_the_receipt_leaves(engine: Engine) -> None:
    give_as(engine, "Aida \u16a0\u16c5\t\u200bK.")
    (mail,) = engine.mailer.sent
    assert mail.attachments
    (row,) = receipts_on_hold.substituted_receipts()
    assert (row.number, row.characters) == (HELD, "U+16A0 U+16C5")
