"""A corrected name or address: the receipt is replaced, the mail leaves again, and nothing else learns of it."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.errors import FormReused, NotFound
from campaign.domain.identity import new_public_id
from campaign.gateways.mailer import AddressRefused, Email
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.models.staff import AuditEvent
from campaign.services.gifts.corrections import Correction, NothingToCorrect, NotPaid, correct, details_version
from campaign.services.gifts.timeline import gift_details
from campaign.services.receipts.listing import receipts_of
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, months_of, pledge_of
from tests.support.builders import a_campaign, a_member_of_staff

FIRST, SECOND = "TEST-WCL-2026-000001", "TEST-WCL-2026-000002"


def order_for(session: Session, public_id: str, *, name: str = "Aida Bekova", email: str = "") -> Correction:
    campaign_id = session.execute(select(Donation.campaign_id).where(Donation.public_id == public_id)).scalar_one()
    return Correction(
        campaign_id=campaign_id,
        donation_public_id=public_id,
        receipt_name=name,
        email=email or "donor@example.org",
        reason="She called us",
        actor_id=a_member_of_staff(email=f"{new_public_id()}@quilt.example").id,
        public_id=new_public_id(),
        version=version_now(campaign_id, public_id),
    )


def version_now(campaign_id: int, public_id: str) -> str:
    """The version that the form would be shown with now; a gift that is not paid has no form."""
    gift = gift_details(campaign_id, public_id, sees_donors=True)
    return details_version(gift.name_on_receipt, gift.email)


def a_gift(engine: Engine, name: str = "Aida Bekowa") -> str:
    checkout = engine.checkout_of(public_id := engine.open())
    engine.payments.pay(checkout, name=name)
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    return public_id


def receipts(session: Session) -> list[tuple[str, str, int | None]]:
    query = select(Receipt.number, Receipt.state, Receipt.replaces_id).order_by(Receipt.id)
    return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]  # three columns


def test_a_corrected_name_replaces_the_receipt_and_sends_it_again_once(engine: Engine) -> None:
    order = order_for(engine.session, public_id := a_gift(engine))
    assert correct(order, context=engine.context) == SECOND
    assert correct(order, context=engine.context) is None  # the button was pressed twice
    engine.work()
    _first, second = engine.mailer.sent
    assert [name for name, _ in second.attachments] == [f"{SECOND}.pdf"]
    assert f"replaces receipt {FIRST}" in " ".join(second.text.split())
    first_id = engine.session.execute(select(Receipt.id).where(Receipt.number == FIRST)).scalar_one()
    assert receipts(engine.session) == [(FIRST, "replaced", None), (SECOND, "issued", first_id)]
    documents = engine.session.execute(select(Receipt.document).order_by(Receipt.id)).scalars().all()
    assert ["Aida Bekowa" in documents[0], "Aida Bekova" in documents[1]] == [True, True]
    gift = engine.donation(public_id)
    assert (gift.payer_name, gift.receipt_name) == ("Aida Bekowa", "Aida Bekova")
    assert [it.replaces for it in receipts_of(public_id)] == [FIRST, None]
    (act,) = engine.session.execute(select(AuditEvent).where(AuditEvent.action == "donation:correct")).scalars()
    assert act.detail["reason"] == "She called us"
    assert "Bekova" not in str(act.detail)
    with pytest.raises(FormReused):
        correct(replace(order, receipt_name="Bermet"), context=engine.context)


def test_a_corrected_address_takes_along_the_gift_and_what_was_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_letter: object) -> None:
        raise AddressRefused("the address was refused (550)")

    with monkeypatch.context() as patched:
        patched.setattr(engine.mailer, "send", refuse)
        public_id = a_gift(engine)
    other = a_gift(engine, "Bakyt Bekov")  # another gift made with the same address
    order = order_for(engine.session, public_id, name="Aida Bekowa", email="right@example.org")
    correct(order, context=engine.context)
    engine.work()
    assert [mail.recipient for mail in engine.mailer.sent] == ["donor@example.org", "right@example.org"]
    assert "replaces receipt" not in engine.mailer.sent[1].text  # the first one never left
    rows = engine.session.execute(
        select(Donation.public_id, Donor.email).join(Donor, Donor.id == Donation.donor_id)
    ).all()
    addresses = {row.public_id: row.email for row in rows}
    assert addresses == {public_id: "right@example.org", other: "donor@example.org"}
    assert set(engine.session.execute(select(Message.state)).scalars()) == {"sent"}


def test_what_was_refused_of_a_monthly_gift_leaves_for_the_corrected_address(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_letter: object) -> None:
        raise AddressRefused("the address was refused (550)")

    name = begin_pledge(engine)
    engine.work()
    with monkeypatch.context() as patched:
        patched.setattr(engine.mailer, "send", refuse)
        engine.clock.advance(days=26)
        engine.work()  # the first renewal is announced
    (first,) = months_of(name)
    assert engine.session.execute(select(Message.state).where(Message.state != "sent")).scalars().all() == [
        "failed_permanently"
    ]
    order = order_for(engine.session, first.public_id, name="Aida Donor", email="right@example.org")
    correct(order, context=engine.context)
    engine.work()
    subjects = [mail.subject for mail in engine.mailer.sent if mail.recipient == "right@example.org"]
    assert [subject for subject in subjects if "next monthly gift" in subject] != []


def test_an_address_that_is_known_already_gets_the_gift_and_no_name(engine: Engine) -> None:
    mine = a_gift(engine)
    order = order_for(engine.session, mine, name="Aida Bekowa", email="New@example.org")
    correct(order, context=engine.context)
    order = order_for(engine.session, a_gift(engine, "Bakyt"), name="Bakyt", email="new@example.org")
    correct(order, context=engine.context)
    assert [row.email for row in engine.session.execute(select(Donor).order_by(Donor.id)).scalars()] == [
        "donor@example.org",
        "New@example.org",
    ]
    assert len(set(engine.session.execute(select(Donation.donor_id)).scalars())) == 1


def test_nothing_is_done_where_nothing_is_wrong_or_paid(engine: Engine) -> None:
    opened = engine.open()
    with pytest.raises(NotPaid):
        correct(order_for(engine.session, opened), context=engine.context)
    order = order_for(engine.session, a_gift(engine), name="Aida Bekowa", email="DONOR@example.org")
    with pytest.raises(NothingToCorrect):
        correct(order, context=engine.context)
    other = a_campaign(slug="other", is_featured=False)
    with pytest.raises(NotFound):
        correct(replace(order, campaign_id=other.id), context=engine.context)
    assert receipts(engine.session) == [(FIRST, "issued", None)]


def test_a_monthly_gift_goes_to_the_corrected_mailbox_and_the_old_links_end(engine: Engine) -> None:
    subscription = begin_pledge(engine)
    engine.work()
    (first,) = months_of(subscription)
    before = pledge_of(subscription)
    order = order_for(engine.session, first.public_id, name="Aida LLC", email="right@example.org")
    correct(order, context=engine.context)
    pledge, (first,) = pledge_of(subscription), months_of(subscription)
    assert pledge.donor_id == first.donor_id != before.donor_id
    assert (pledge.receipt_name, pledge.link_version) == ("Aida LLC", before.link_version + 1)


@pytest.mark.parametrize(("name", "email"), [("Aida Bekova", ""), ("Aida Bekowa", "right@example.org")])
def test_what_is_corrected_while_its_mail_is_leaving_leaves_after_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, name: str, email: str
) -> None:
    checkout = engine.checkout_of(public_id := engine.open())
    engine.payments.pay(checkout, name="Aida Bekowa")
    engine.tell("checkout.session.completed", checkout)
    order = order_for(engine.session, public_id, name=name, email=email)
    send = engine.mailer.send

    def send_slowly(mail: Email) -> None:
        send(mail)
        if len(engine.mailer.sent) == 1:
            version = version_now(order.campaign_id, public_id)
            correct(replace(order, version=version), context=engine.context)

    monkeypatch.setattr(engine.mailer, "send", send_slowly)
    engine.work()
    engine.clock.advance(minutes=6)
    engine.work()
    sent = [(mail.recipient, [file for file, _ in mail.attachments]) for mail in engine.mailer.sent]
    assert sent == [("donor@example.org", [f"{FIRST}.pdf"]), (email or "donor@example.org", [f"{SECOND}.pdf"])]
    assert len({mail.message_id for mail in engine.mailer.sent}) == 2
    assert engine.session.execute(select(Message.state)).scalars().all() == ["sent"]
