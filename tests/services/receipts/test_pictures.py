"""A receipt has the logo and the signature of the moment when it was issued, whatever happens to them later."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from campaign.database import reading, transaction
from campaign.domain.logo import LogoKind
from campaign.models.campaign import Campaign
from campaign.models.receipt import Receipt, ReceiptFile, ReceiptPicture
from campaign.services.organisation.logo_files import read_logo
from campaign.services.organisation.logos import remove_logo, save_logos
from campaign.services.organisation.profile import save_organisation
from campaign.services.receipts.pictures import pictures_of
from receipts import ReceiptDocument, render_pdf
from tests.receipts.pictures import DRAWING, a_png
from tests.services.engine import Engine
from tests.services.organisation.test_profile import LIBRARY
from tests.support.builders import a_member_of_staff
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock


def documents() -> list[ReceiptDocument]:
    with reading() as session:
        return [
            ReceiptDocument.from_json(row)
            for row in session.execute(select(Receipt.document).order_by(Receipt.id)).scalars()
        ]


def test_an_issued_receipt_keeps_its_pictures_when_they_change_or_go(
    app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock
) -> None:
    save_organisation(replace(LIBRARY, link_colour="#005f56"), actor_id=None, clock=clock)
    actor = a_member_of_staff(role="admin").id
    uploads = {LogoKind.LOGO: DRAWING, LogoKind.SIGNATURE: a_png()}
    save_logos({kind: read_logo(data, kind) for kind, data in uploads.items()}, actor_id=actor, clock=clock)
    engine = Engine.started(app, payments, mailer, clock)
    engine.give()
    with transaction() as session:
        session.execute(update(Campaign).values(issuer={}))
    engine.give()
    engine.work()
    for kind in uploads:
        remove_logo(kind, actor_id=actor, clock=clock)
    engine.give()

    before, with_both, after = documents()
    assert [document.template_version for document in (before, with_both, after)] == ["1", "2", "2"]
    assert [document.accent for document in (before, with_both, after)] == [None, "#005f56", "#005f56"]
    assert pictures_of(after) == {}
    assert len(pictures_of(with_both)) == 2
    with reading() as session:
        query = select(ReceiptFile.pdf).join(Receipt, Receipt.id == ReceiptFile.receipt_id)
        stored = session.execute(query.where(Receipt.number == with_both.number)).scalar_one()
    assert render_pdf(with_both, pictures_of(with_both)) == stored
    with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
        session.execute(text("UPDATE receipt_picture SET width = 1"))


@pytest.mark.database("sqlite")
def test_a_signature_that_no_receipt_prints_is_gone_when_it_is_removed(
    app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock
) -> None:
    save_organisation(LIBRARY, actor_id=None, clock=clock)
    actor = a_member_of_staff(role="admin").id
    save_logos({LogoKind.SIGNATURE: read_logo(a_png(), LogoKind.SIGNATURE)}, actor_id=actor, clock=clock)
    Engine.started(app, payments, mailer, clock).give()  # the campaign has an issuer of its own
    remove_logo(LogoKind.SIGNATURE, actor_id=actor, clock=clock)
    with reading() as session:
        assert session.execute(select(ReceiptPicture.sha256)).all() == []
