"""In whose name an email leaves: the campaign's or the organisation's, and where answers go."""

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from flask import Flask
from sqlalchemy import select, update

from campaign.database import transaction
from campaign.gateways.mailer import Email
from campaign.models.campaign import Campaign
from campaign.models.outbox import Message
from campaign.services.mail.sender import sender_of
from campaign.services.organisation.profile import OrganisationProfile, organisation, save_organisation
from tests.services.engine import Engine
from tests.support.builders import NOW
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock

pytestmark = pytest.mark.database("sqlite")
LIBRARY = OrganisationProfile(
    legal_name={"en": "School Library Fund", "ru": "Фонд школьной библиотеки"}, footer={"en": "Registered, No. 7"}
)


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    return Engine.started(app, payments, mailer, clock)


def test_a_gifts_email_leaves_in_the_organisations_name_with_its_legal_lines(
    engine: Engine, mailer: RecordingMailer, clock: SettableClock
) -> None:
    own = replace(LIBRARY, short_name={"en": "Library"}, button_colour="#005f56", link_colour="#27375f")
    save_organisation(own, actor_id=None, clock=clock)
    engine.give()
    engine.work()
    [email] = mailer.sent
    assert (email.sender_name, email.reply_to) == ("Library", "hello@quilt.example")
    assert 'style="background-color: #005f56;' in email.html
    assert "color: #27375f;" in email.html
    assert "#8c1c2b" not in email.html
    for part in (email.text, email.html):
        assert "School Library Fund" in part
        assert "Registered, No. 7" in part


def test_a_campaign_names_the_sender_of_its_emails_in_each_language(engine: Engine, clock: SettableClock) -> None:
    [campaign_id] = engine.session.execute(select(Campaign.id)).scalars()
    assert sender_of(Message(language="ru", campaign_id=campaign_id)).name == "Quilt (ru)"  # there is no organisation
    save_organisation(LIBRARY, actor_id=None, clock=clock)
    with transaction() as session:
        session.execute(update(Campaign).values(sender_name={"en": "The Quilt team", "ky": "Курак тобу"}))
    names = {code: sender_of(Message(language=code, campaign_id=campaign_id)).name for code in ("en", "ru", "ky")}
    assert names == {"en": "The Quilt team", "ru": "The Quilt team", "ky": "Курак тобу"}
    assert sender_of(Message(language="en", campaign_id=None)).name == "School Library Fund"


def test_answers_go_to_the_organisations_reply_address(
    engine: Engine, mailer: RecordingMailer, clock: SettableClock
) -> None:
    save_organisation(replace(LIBRARY, reply_to="office@library.example"), actor_id=None, clock=clock)
    engine.give(language="ru")
    engine.work()
    [email] = mailer.sent
    assert email.reply_to == "office@library.example"
    assert "Фонд школьной библиотеки" in email.text
    assert organisation().revision == 1


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("Бишкек, «Китеп»", "Бишкек, «Китеп» <give@library.example>"),
        ("", "Kurak <give@library.example>"),
    ],
)
def test_the_name_stands_beside_the_address_that_the_server_may_send_from(name: str, sender: str) -> None:
    email = Email(
        message_id="<1@library.example>",
        recipient="donor@example.org",
        subject="s",
        text="t",
        html="h",
        language="en",
        sent_at=NOW,
        sender_name=name,
    )
    header = email.as_email("Kurak <give@library.example>")["From"]
    [address] = header.addresses
    assert f"{address.display_name} <{address.addr_spec}>" == sender


@pytest.mark.parametrize(
    "typed",
    [
        "=?utf-8?q?Bank=0D=0ABcc:_x@evil.example?=",
        "Жаңы <x@evil.example>",
        "Жаңы\x85Bcc: x",
        '"Bank" <x@evil.example>, b',
    ],
)
def test_a_typed_name_or_title_brings_no_header_and_no_address(typed: str) -> None:
    email = Email(
        message_id="<1@library.example>",
        recipient="donor@example.org",
        subject=typed.replace("\x85", " "),
        text="t",
        html="h",
        language="en",
        sent_at=NOW,
        sender_name=typed,
    )
    sent = email.as_email("Kurak <give@library.example>").as_bytes()
    raw = message_from_bytes(sent)
    assert raw["Bcc"] is None
    assert parseaddr(raw["From"])[1] == "give@library.example"
    assert str(make_header(decode_header(raw["Subject"]))) == email.subject
