"""Updates by email: from a secret address to a draft, once; strangers hear nothing, and what is refused is answered."""

import time
from dataclasses import replace
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.field_mail import MAX_FILES, read_headers, read_mail
from campaign.models.campaign import Campaign, Update
from campaign.models.outbox import Message
from campaign.models.picture import Picture, PicturePlace
from campaign.models.staff import Staff
from campaign.services.field import receiving
from campaign.services.field.mailboxes import address_of, remove_address, renew_address
from campaign.services.field.receiving import ReceivedMail
from campaign.services.mail.delivery import preview
from campaign.services.staff.accounts import RoleGrant, set_language
from campaign.services.staff.grants import set_grants
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.contexts import a_context
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address
from tests.support.pictures import file_of

pytestmark = pytest.mark.database("sqlite")
BASE = "updates@example.org"


@pytest.fixture
def campaign(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    monkeypatch.setitem(app.config, "KURAK", replace(app.config["KURAK"], field_address=BASE))
    return a_campaign()


@pytest.fixture
def writer(campaign: Campaign, clock: SettableClock) -> Staff:
    member = a_member_of_staff(role="campaign", email="aida@quilt.example")
    set_language(member.id, "ru")
    renew_address(member.id, clock=clock)
    return member


def an_email(
    recipient: str, *, text: str = "**Сорок** пришли.", files: tuple[tuple[str, str, bytes], ...] = ()
) -> bytes:
    email = EmailMessage()
    email["From"], email["To"], email["Subject"] = "Aida <aida@phone.example>", recipient, "Полный зал"
    email["Message-ID"] = "<1@phone.example>"
    email.set_content(text)
    for name, kind, data in files:
        main, _slash, sub = kind.partition("/")
        email.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return bytes(email)


def receive(data: bytes, clock: SettableClock, recipient: str = "") -> ReceivedMail | None:
    return receiving.receive_mail(data, recipient=recipient, context=a_context(clock))


def drafts() -> list[tuple[str, dict[str, str], dict[str, str]]]:
    with reading() as session:
        return [(row.state, row.title, row.body) for row in session.execute(select(Update)).scalars()]


def replies() -> list[str]:
    with reading() as session:
        return list(session.execute(select(Message.public_id).where(Message.kind == "field_reply")).scalars())


def test_an_email_with_pictures_becomes_one_draft(campaign: Campaign, writer: Staff, clock: SettableClock) -> None:
    email = an_email(address_of(writer.id, campaign.id), files=(("loom.jpg", "image/jpeg", file_of()),))
    received = receive(email, clock)
    assert received is not None
    assert receive(email, clock) == received
    assert drafts() == [("draft", {"ru": "Полный зал"}, {"ru": "**Сорок** пришли."})]
    with reading() as session:
        places = session.execute(select(PicturePlace.place)).scalars().all()
        assert places == [f"update:{received.public_id}"]
    assert replies() == []


def test_what_is_refused_is_answered_once_in_the_persons_language(
    app: Flask, campaign: Campaign, writer: Staff, clock: SettableClock
) -> None:
    files = (("plan.pdf", "application/pdf", b"%PDF-1.7"), ("lie.jpg", "image/jpeg", b"no picture"))
    email = an_email(address_of(writer.id, campaign.id), files=files)
    receive(email, clock)
    receive(email, clock)
    (name,) = replies()
    answer = preview(name, context=app.extensions["context"])
    assert answer.recipient == "aida@quilt.example"
    assert ("plan.pdf" in answer.text, "lie.jpg" in answer.text, "не принят" in answer.text) == (True, True, True)
    assert len(drafts()) == 1
    with reading() as session:
        assert session.execute(select(Picture)).first() is None


def test_an_address_that_is_void_is_answered_with_nothing(
    campaign: Campaign, writer: Staff, clock: SettableClock
) -> None:
    address = address_of(writer.id, campaign.id)
    second = a_campaign(slug="second", is_featured=False)
    forged = address.replace(f"-{campaign.id}-", f"-{second.id}-")
    automatic = an_email(address).replace(b"Message-ID", b"Auto-Submitted: auto-replied\nMessage-ID", 1)
    strangers = [an_email(other) for other in (BASE, forged, f"x{address}", "a+b@example.org", "")]
    assert [receive(email, clock) for email in (*strangers, automatic)] == [None] * 6
    assert receive(an_email(BASE), clock, recipient=address.upper()) is not None
    renew_address(writer.id, clock=clock)
    assert receive(an_email(address), clock) is None
    newest = address_of(writer.id, campaign.id)
    admin = a_member_of_staff(role="admin", email="admin@quilt.example")
    set_grants(writer.id, grants=(RoleGrant("viewer"),), actor_id=admin.id, clock=clock)
    assert receive(an_email(newest), clock) is None
    remove_address(writer.id, clock=clock)
    assert (address_of(writer.id, campaign.id), replies(), len(drafts())) == ("", [], 1)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"To: " + b"a" * 5000, b"Subject: =?x?q?=FF?=\n\n\xff"])
def test_a_damaged_email_is_nobodys(campaign: Campaign, clock: SettableClock, data: bytes) -> None:
    assert receive(data, clock) is None


def test_html_is_read_as_text_and_a_signature_is_left_out() -> None:
    email = EmailMessage()
    email.set_content("<style>p{}</style><p>One &amp; <b>two</b></p><p>Three<script>x()</script></p>", subtype="html")
    assert read_mail(bytes(email)).text == "One & two\n\nThree"
    signed = an_email(BASE, text="Forty came.\n\n-- \nAida")
    assert read_mail(signed).text == "Forty came."
    many = an_email(BASE, files=tuple((f"{n}.jpg", "image/jpeg", b"x") for n in range(MAX_FILES + 2)))
    assert (len(read_mail(many).files), read_mail(many).has_more_files) == (MAX_FILES, True)


def test_the_mail_server_hands_an_email_over(
    app: Flask, campaign: Campaign, writer: Staff, clock: SettableClock
) -> None:
    handed = app.test_cli_runner().invoke(args=["mail", "receive"], input=an_email(address_of(writer.id, campaign.id)))
    assert (handed.exit_code, handed.output, len(drafts())) == (0, "", 1)


def test_a_person_makes_and_removes_their_address(app: Flask, campaign: Campaign, clock: SettableClock) -> None:
    staff = sign_in_as(app, clock, role="campaign").client
    page = fetch_address(staff, "/staff/account")
    made = fetch_address(staff, page.submit(staff, "form[action$=mail-address]").location)
    address = made.text("code.link-address")
    assert receive(an_email(address), clock) is not None
    page.submit(staff, "form[action$=mail-address]")
    renewed = fetch_address(staff, "/staff/account")
    assert renewed.text("code.link-address") != address
    gone = fetch_address(staff, renewed.submit(staff, "form[action$=remove]").location)
    assert gone.texts("code.link-address") == []
    viewer = sign_in_as(app, clock, role="viewer").client
    assert "secret address" not in fetch_address(viewer, "/staff/account").text("main")


@pytest.mark.parametrize("field", ["(" * 90_000, '"' * 90_000, "@a," * 30_000])
def test_headers_made_to_keep_a_parser_busy_are_read_at_once(field: str) -> None:
    head = f"Message-ID: {field}\nTo: Aida <aida@quilt.example>, {field}\nSubject: Forty\n\n".encode()
    begun = time.process_time()
    assert read_headers(head).recipients[0] == "aida@quilt.example"
    assert time.process_time() - begun < 1


def test_parts_nested_too_deeply_leave_the_subject() -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1000))
    assert read_mail(f"Subject: Forty\n{nested}\n\nx".encode()).title == "Forty"
