"""Mails that are sent again: the one that never left leaves itself, of one that left a copy; once per form."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from campaign.database import transaction
from campaign.domain.errors import FormReused, NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.mail import MailHoldReason, MailState
from campaign.gateways.mailer import AddressRefused
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.outbox import Message
from campaign.models.staff import AuditEvent
from campaign.services.gifts.corrections import Correction, correct
from campaign.services.gifts.refunds import RefundOrder, request_refund
from campaign.services.gifts.thank_you_page import afterwards_of
from campaign.services.gifts.timeline import gift_details
from campaign.services.mail import listing
from campaign.services.mail.listing import MailFilter
from campaign.services.mail.resending import (
    AddressCorrected,
    MailNotRepeatable,
    MailStillQueued,
    ReceiptNotValid,
    ReceiptStillOnHold,
    ResendOrder,
    resend,
)
from campaign.services.overview.page import overview
from campaign.services.pledges.mailbox import send_link
from campaign.services.receipts import issuing
from tests.services.engine import Engine
from tests.services.gifts.test_corrections import version_now
from tests.services.pledges.steps import begin_pledge, pledge_of
from tests.support.builders import a_campaign, a_member_of_staff, usd


def mail_of(engine: Engine) -> Message:
    engine.session.rollback()
    return engine.session.execute(select(Message).order_by(Message.id)).scalars().first()  # type: ignore[return-value]  # there is one


def order_for(engine: Engine, *, recipient: str = "right@example.org") -> ResendOrder:
    campaign_id = engine.session.execute(select(Campaign.id).order_by(Campaign.id).limit(1)).scalar_one()
    return ResendOrder(
        campaign_id=campaign_id,
        mail_public_id=mail_of(engine).public_id,
        recipient=recipient,
        reason="She called us",
        actor_id=a_member_of_staff(email=f"{new_public_id()}@quilt.example").id,
        public_id=new_public_id(),
    )


def refuse(_mail: object) -> None:
    """What the mailer does where the mail server knows no address."""
    raise AddressRefused("the address was refused (550)")


def test_an_address_that_cannot_take_mail_is_shown_until_the_mail_leaves_for_another(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = engine.give()
    with monkeypatch.context() as patched:
        patched.setattr(engine.mailer, "send", refuse)
        engine.work()
    mail, order = mail_of(engine), order_for(engine)
    assert (mail.state, mail.failure, mail.attempts) == ("failed_permanently", "address", 1)
    assert afterwards_of(public_id).is_address_refused
    assert concerns(order.campaign_id, engine)["address_refused"] == 1
    story = gift_details(order.campaign_id, public_id)
    assert [it.failure for it in story.timeline if it.kind == "mail:failed_permanently"] == ["address"]

    resend(order, clock=engine.clock)
    engine.work()
    assert [message.recipient for message in engine.mailer.sent] == ["right@example.org"]
    assert [name for name, _ in engine.mailer.sent[0].attachments] == ["TEST-WCL-2026-000001.pdf"]
    assert not afterwards_of(public_id).is_address_refused
    assert "address_refused" not in concerns(order.campaign_id, engine)
    assert (mail_of(engine).state, mail_of(engine).failure) == ("sent", None)


def concerns(campaign_id: int, engine: Engine) -> dict[str, int]:
    items = overview(campaign_id, "USD", at=engine.clock.now()).concerns
    return {item.kind: item.count for item in items}


def test_of_a_mail_that_left_a_copy_leaves_once_per_form(engine: Engine) -> None:
    engine.give()
    engine.work()
    order = order_for(engine)
    for _ in range(2):
        resend(order, clock=engine.clock)
        engine.work()
    assert [message.recipient for message in engine.mailer.sent] == ["donor@example.org", "right@example.org"]
    assert len({message.message_id for message in engine.mailer.sent}) == 2
    (act,) = engine.session.execute(select(AuditEvent).where(AuditEvent.action == "mail:send_again")).scalars()
    assert act.detail == {"reason": "She called us", "to_other_address": True, "form": order.public_id}
    assert "@" not in str(act.detail)
    with pytest.raises(FormReused):
        resend(replace(order, reason="Another"), clock=engine.clock)


@pytest.mark.parametrize(
    ("state", "hold_reason"), [(MailState.HELD, MailHoldReason.LATE_NEWS), (MailState.STORED, None)]
)
def test_a_mail_that_never_left_leaves_itself(
    engine: Engine, state: MailState, hold_reason: MailHoldReason | None
) -> None:
    engine.give()
    with transaction() as session:
        session.execute(update(Message).values(state=state, hold_reason=hold_reason))
    resend(order_for(engine), clock=engine.clock)
    engine.work()
    assert [message.recipient for message in engine.mailer.sent] == ["right@example.org"]
    assert engine.session.execute(select(Message.state, Message.hold_reason)).all() == [("sent", None)]


def test_what_waits_is_not_queued_twice(engine: Engine) -> None:
    engine.give()
    with pytest.raises(MailStillQueued):
        resend(order_for(engine), clock=engine.clock)


def test_a_receipt_that_is_void_is_not_sent_again(engine: Engine) -> None:
    gift = engine.give()
    engine.work()
    order = RefundOrder(donation_public_id=gift, amount=usd(25_00), reason="Asked for", actor_id=None)
    request_id = request_refund(order, clock=engine.clock)
    engine.work()
    engine.payments.settle_refund(request_id)
    engine.tell("refund.updated", f"re_{request_id}")
    engine.work()
    with pytest.raises(ReceiptNotValid):
        resend(order_for(engine), clock=engine.clock)


def test_a_receipt_that_cannot_be_printed_yet_is_not_sent_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "reasons_to_hold", lambda _document: ["no amount in words"])
    engine.give()
    with transaction() as session:
        session.execute(update(Message).values(state=MailState.HELD, hold_reason=MailHoldReason.RECEIPT_NOT_PRINTABLE))
    with pytest.raises(ReceiptStillOnHold):
        resend(order_for(engine), clock=engine.clock)


@pytest.mark.parametrize("kind", ["gift_code", "pledge_code", "pledge_links"])
def test_a_code_and_the_link_to_a_mailbox_are_not_sent_again(engine: Engine, kind: str) -> None:
    engine.give()
    with transaction() as session:
        session.execute(update(Message).values(kind=kind, state="sent"))
    with pytest.raises(MailNotRepeatable):
        resend(order_for(engine), clock=engine.clock)


def test_mails_of_another_campaign_are_neither_listed_nor_sent(engine: Engine) -> None:
    engine.give()
    engine.work()
    other = a_campaign(slug="other", is_featured=False)
    order = replace(order_for(engine), campaign_id=other.id)
    assert listing.mails(MailFilter(campaign_id=other.id)) == ([], False)
    with pytest.raises(NotFound):
        resend(order, clock=engine.clock)


@pytest.mark.parametrize("text", ["DONOR@EXAM", "example", "donor org", "000001", "wcl-2026", "dönor"])
def test_mails_are_found_by_a_part_of_the_address_and_of_the_receipt(engine: Engine, text: str) -> None:
    engine.give()
    campaign_id = order_for(engine).campaign_id
    rows, _ = listing.mails(MailFilter(campaign_id=campaign_id, text=text))
    assert [row.recipient for row in rows] == ["donor@example.org"]
    for other in ("%", "_", "\x00", "nobody"):
        assert listing.mails(MailFilter(campaign_id=campaign_id, text=other)) == ([], False)


def test_no_mail_of_a_monthly_gift_goes_again_to_the_address_that_was_corrected(engine: Engine) -> None:
    pledge = pledge_of(begin_pledge(engine))
    campaign_id, staff_id = pledge.campaign_id, a_member_of_staff().id
    engine.work()
    gift = engine.session.execute(select(Donation.public_id).where(Donation.pledge_id == pledge.id)).scalar_one()
    send_link(campaign_id, pledge.public_id, actor_id=staff_id, clock=engine.clock)
    engine.work()
    correction = Correction(
        campaign_id=campaign_id,
        donation_public_id=gift,
        receipt_name="Aida Bekova",
        email="right@example.org",
        reason="She called us",
        actor_id=staff_id,
        public_id=new_public_id(),
        version=version_now(campaign_id, gift),
    )
    correct(correction, context=engine.context)
    engine.work()
    engine.session.rollback()
    mail = engine.session.execute(select(Message).where(Message.kind == "pledge_link")).scalar_one()
    order = replace(order_for(engine, recipient="donor@example.org"), mail_public_id=mail.public_id)
    with pytest.raises(AddressCorrected):
        resend(order, clock=engine.clock)
    resend(replace(order, recipient="Right@example.org"), clock=engine.clock)
    engine.work()
    assert engine.mailer.sent[-1].recipient == "Right@example.org"
