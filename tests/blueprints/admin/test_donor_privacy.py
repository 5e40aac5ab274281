"""The page about a donor's personal data: consents by campaign staff, copies by an administrator."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.cli.doctor_erasures import examine_erasures, examine_second_list
from campaign.cli.findings import Verdict
from campaign.gateways.file_store import FolderFiles
from campaign.jobs.steps import delete_old_data
from campaign.models.campaign import Campaign
from campaign.models.picture import Consent
from campaign.models.receipt import Receipt
from campaign.models.staff import AuditEvent
from tests.blueprints.admin.client import sign_in_as
from tests.services.engine import Engine
from tests.services.pictures.test_consents import a_consent
from tests.services.privacy.people import EMAIL, SECRETS, a_known_donor
from tests.support.builders import a_donor
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock
from tests.support.pages import Page, fetch

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    return Engine.started(app, payments, mailer, clock)


def test_staff_record_and_withdraw_a_consent_on_the_page(app: Flask, engine: Engine, clock: SettableClock) -> None:
    donor = a_known_donor(engine).public_id
    client = sign_in_as(app, clock, role="campaign").client
    page = fetch(client, "admin.donor_privacy", public_id=donor)
    form = f"form[action$='/{donor}/privacy']"
    wrong = Page(page.submit(client, form, purpose="updates", source="email_link", evidence=""))
    assert len(wrong.texts(".field-error")) == 3
    answer = page.submit(client, form, purpose="invitations", source="phone", evidence="Call of 1 May")
    assert answer.status_code == 303
    page = fetch(client, "admin.donor_privacy", public_id=donor)
    assert "Call of 1 May" in page.text("main")
    again = page.submit(client, form, purpose="invitations", source="phone", evidence="Call of 2 May")
    assert again.status_code == 303
    assert "agreed to this already" in fetch(client, "admin.donor_privacy", public_id=donor).text("body")
    withdrawal = "form[action$='/withdraw/invitations']"
    assert page.submit(client, withdrawal).status_code == 303
    page = fetch(client, "admin.donor_privacy", public_id=donor)
    assert not page.soup.select(withdrawal)
    assert client.post(f"/staff/donors/{donor}/privacy/withdraw/spam").status_code in {400, 404}


def test_an_administrator_downloads_a_copy_and_nobody_else(
    app: Flask, engine: Engine, session: Session, clock: SettableClock
) -> None:
    donor = a_known_donor(engine).public_id
    admin = sign_in_as(app, clock, role="admin").client
    copy = admin.get(f"/staff/donors/{donor}/data.json")
    assert json.loads(copy.data)["donor"][0]["email"] == EMAIL
    assert (copy.headers["Cache-Control"], "attachment" in copy.headers["Content-Disposition"]) == ("no-store", True)
    assert admin.get(f"/staff/donors/{donor}/data.pdf").data.startswith(b"%PDF")
    acts = session.execute(select(AuditEvent.detail).where(AuditEvent.action == "donor:download_data")).scalars().all()
    assert acts == [{"format": "json"}, {"format": "pdf"}]
    assert admin.get("/staff/donors/zzzzzzzzzzzzzzzz/data.json").status_code == 404
    assert sign_in_as(app, clock, role="finance").client.get(f"/staff/donors/{donor}/data.json").status_code == 403


def test_a_donor_of_no_gift_here_is_not_found(app: Flask, engine: Engine, clock: SettableClock) -> None:
    stranger = a_donor(email="stranger@example.org").public_id
    client = sign_in_as(app, clock, role="campaign").client
    assert client.get(f"/staff/donors/{stranger}/privacy").status_code == 404


def test_an_erasure_that_cannot_be_noted_outside_is_not_reported_as_done(
    app: Flask, engine: Engine, clock: SettableClock
) -> None:
    donor = a_known_donor(engine).public_id
    folder = app.config["KURAK"].instance_dir
    (folder / "erasures.jsonl").mkdir()  # nothing can be appended to it
    admin = sign_in_as(app, clock, role="admin").client
    page = fetch(admin, "admin.donor_erasure", public_id=donor)
    page.submit(admin, f"form[action$='/{donor}/erase']")
    after = fetch(admin, "admin.donor_erasure", public_id=donor).text("body")
    assert "a restored backup could bring them back" in after
    assert "The personal data are erased." not in after
    assert [finding.verdict for finding in examine_erasures(folder)] == [Verdict.UNSAFE]
    (folder / "erasures.jsonl").rmdir()
    (finding,) = examine_erasures(folder)
    assert "erasures.jsonl: 1." in finding.sentence
    delete_old_data()  # as each night
    assert list(examine_erasures(folder)) == []
    assert EMAIL not in (folder / "erasures.jsonl").read_text()


def test_each_erasure_is_copied_to_the_second_place_and_the_doctor_misses_it_there(
    app: Flask, engine: Engine, clock: SettableClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    donor, tmp_path = a_known_donor(engine).public_id, tmp_path_factory.mktemp("elsewhere")
    config = replace(app.config["KURAK"], erasures_url=f"file://{tmp_path}", stripe_secret_key="sk_live_x")
    not_chosen = replace(config, erasures_url="")
    assert [finding.verdict for finding in examine_second_list(not_chosen, None)] == [Verdict.MISSING]
    store = FolderFiles(tmp_path)
    app.extensions["context"] = replace(app.extensions["context"], erasures=store)
    admin = sign_in_as(app, clock, role="admin").client
    page = fetch(admin, "admin.donor_erasure", public_id=donor)
    page.submit(admin, f"form[action$='/{donor}/erase']")
    assert list(examine_second_list(config, store)) == []
    assert EMAIL not in (tmp_path / "erasures.jsonl").read_text()
    (tmp_path / "erasures.jsonl").unlink()
    assert [finding.verdict for finding in examine_second_list(config, store)] == [Verdict.UNSAFE]
    delete_old_data()  # as each night
    assert list(examine_second_list(config, store)) == []
    inside = replace(config, erasures_url=f"file://{config.instance_dir}/erasures")
    assert [finding.verdict for finding in examine_second_list(inside, store)] == [Verdict.UNSAFE]


def test_who_erases_sees_the_consents_of_people_with_the_same_name(
    app: Flask, engine: Engine, session: Session, clock: SettableClock
) -> None:
    donor = a_known_donor(engine).public_id
    admin = sign_in_as(app, clock, role="admin")
    consent = a_consent(session.execute(select(Campaign)).scalar_one(), admin.staff_id, clock)
    session.execute(update(Consent).values(person="AIDA the  Weaver"))
    session.commit()
    page = fetch(admin.client, "admin.donor_erasure", public_id=donor)
    assert page.link("AIDA the Weaver") == f"/staff/consents/{consent}"


def test_an_administrator_sees_what_goes_and_erases_once(
    app: Flask, engine: Engine, session: Session, clock: SettableClock
) -> None:
    donor = a_known_donor(engine).public_id
    number = session.execute(select(Receipt.number)).scalar_one()
    session.rollback()
    admin = sign_in_as(app, clock, role="admin").client
    page = fetch(admin, "admin.donor_erasure", public_id=donor)
    assert "$25.00" in page.text("main")
    assert "1 receipt" in page.text("main")
    assert not page.soup.select("[aria-labelledby=pictures]")
    form = f"form[action$='/{donor}/erase']"
    assert page.submit(admin, form).status_code == 303
    assert page.submit(admin, form).status_code == 303
    again = fetch(admin, "admin.donor_erasure", public_id=donor)
    assert "nothing left to show or change" in again.text("body")
    assert not again.soup.select(form)
    assert "See what would go" not in fetch(admin, "admin.donor_privacy", public_id=donor).text("main")
    for path in (
        f"/staff/donors/{donor}",
        f"/staff/donors/{donor}/privacy",
        "/staff/donors",
        "/staff/mails",
        "/staff/",
    ):
        text = admin.get(path, follow_redirects=True).text
        assert [secret for secret in SECRETS if secret in text] == [], path
    assert admin.get(f"/staff/receipts/{number}.pdf").status_code == 303
    assert admin.get(f"/staff/donors/{donor}/data.json").status_code == 303
    finance = sign_in_as(app, clock, role="finance").client
    assert finance.get(f"/staff/donors/{donor}/erase").status_code == 403
    files = list(Path(app.instance_path).glob("erasures.jsonl"))
    assert donor in files[0].read_text()
    assert EMAIL not in files[0].read_text()
