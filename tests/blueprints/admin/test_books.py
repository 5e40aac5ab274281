"""Staff pages of the books and receipts, and their files."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.money import Money
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.inbox import ProviderEvent
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.models.staff import AuditEvent, Staff
from campaign.services.exports.ledger import ledger_file
from campaign.services.ledger.entries import LedgerFilter
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import NOW, a_campaign, a_paid_gift, usd
from tests.support.fakes import SettableClock
from tests.support.pages import fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    campaign = a_campaign()
    a_paid_gift(campaign=campaign, gift=usd(25_00), at=NOW - timedelta(days=2))
    a_paid_gift(campaign=campaign, gift=usd(40_00))
    return campaign


@pytest.fixture
def finance(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="finance").client


@pytest.fixture
def admin(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="admin").client


def an_event(event_id: str, *, state: str, error: str | None = None) -> None:
    with transaction() as session:
        session.add(
            ProviderEvent(
                event_id=event_id,
                type="charge.refunded",
                object_id="ch_1",
                api_version="fake",
                livemode=False,
                created_at=NOW,
                raw=json.dumps({"id": event_id, "note": "жаз"}).encode(),
                received_at=NOW,
                state=state,
                attempts=3,
                next_try_at=NOW,
                error=error,
            )
        )


def printed(session: Session) -> list[str]:
    """The receipts' numbers, each with a PDF."""
    with transaction() as writing:
        for receipt in writing.execute(select(Receipt)).scalars():
            pdf = f"%PDF {receipt.number}".encode()
            writing.add(ReceiptFile(receipt_id=receipt.id, pdf=pdf, sha256="0" * 64, made_at=NOW))
    return list(session.execute(select(Receipt.number).order_by(Receipt.id)).scalars())


def acts(session: Session) -> list[str]:
    return list(session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars())


@pytest.mark.database("sqlite")
def test_the_journal_is_searched_by_any_number_that_people_know(finance: FlaskClient, session: Session) -> None:
    gift = session.execute(select(Donation).order_by(Donation.id).limit(1)).scalar_one()
    typed = (
        "QUI-2026-000001",
        "receipt qui 2026 1",
        gift.payment_id,
        gift.charge_id,
        gift.settlement_id,
        gift.public_id,
    )
    pages = {text: fetch(finance, "admin.ledger", subject=text) for text in typed}
    own = f"Donation {gift.public_id}"
    assert {
        text: (own in page.text(), "25.00" in page.text(), "40.00" in page.text()) for text, page in pages.items()
    } == (dict.fromkeys(typed, (True, True, False)))
    assert "25.00" not in fetch(finance, "admin.ledger", subject="po_nobody").text()


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("language", "word"), [("en", "Donation"), ("ru", "Пожертвование"), ("ky", "Жардам")])
def test_the_ledger_file_says_in_words_what_a_line_is_about(
    app: Flask, session: Session, campaign: Campaign, language: str, word: str
) -> None:
    filters = LedgerFilter(campaign_id=campaign.id)
    with (
        app.test_request_context(),
        force_locale(language),
        ledger_file(filters, about=[], file_format="csv") as written,
    ):
        file = written.read().decode()
    assert "donation:" not in file
    assert f"{word} {session.execute(select(Donation.public_id).limit(1)).scalar_one()}" in file


def test_the_journal_shows_debit_and_credit_apart(finance: FlaskClient) -> None:
    page = fetch(finance, "admin.ledger")
    assert len(page.texts("tbody tr")) == 10
    booked = [" ".join(cell.get_text(" ").split()) for cell in page.soup.select("tbody td:nth-child(3)")]
    assert booked.count("1005 Card payments not yet settled") == 4
    sides = page.soup.select("tbody tr td:nth-last-child(2), tbody tr td:last-child")
    assert sum(bool(side.get_text(strip=True)) for side in sides) == 10


def test_the_journal_is_narrowed_by_day_kind_and_subject(finance: FlaskClient) -> None:
    assert len(fetch_address(finance, "/staff/ledger?since=2026-12-01").texts("tbody tr")) == 5
    assert len(fetch_address(finance, "/staff/ledger?kind=gift_paid").texts("tbody tr")) == 4
    subject = fetch_address(finance, "/staff/ledger?until=2026-11-30").texts("tbody td a")[0]
    assert len(fetch_address(finance, f"/staff/ledger?subject={subject}").texts("tbody tr")) == 5


@pytest.mark.parametrize("query", ["?after=nonsense", "?after=a~b~c"])
def test_a_forged_page_key_of_the_journal_breaks_nothing(finance: FlaskClient, query: str) -> None:
    assert len(fetch_address(finance, f"/staff/ledger{query}").texts("tbody tr")) == 10


@pytest.mark.parametrize("query", ["?fund=zzz", "?since=1", "?since=2026-12-02&until=2026-12-01"])
def test_an_invalid_filter_of_the_journal_is_refused(finance: FlaskClient, query: str) -> None:
    page = fetch_address(finance, f"/staff/ledger{query}", status=422)
    assert len(page.texts(".error-summary li")) == 1
    assert page.texts("tbody tr td") == []


def test_the_journals_pages_follow_each_other(campaign: Campaign, finance: FlaskClient) -> None:
    for _ in range(20):
        a_paid_gift(campaign=campaign)
    first = fetch(finance, "admin.ledger")
    second = fetch_address(finance, first.link("Next lines"))
    assert (len(first.texts("tbody tr")), len(second.texts("tbody tr"))) == (100, 10)


def test_the_trial_balance_adds_up_and_says_that_every_rule_holds(finance: FlaskClient) -> None:
    page = fetch(finance, "admin.trial_balance")
    assert page.texts("tfoot td") == ["$65.00", "$65.00"]
    assert "Every rule of the books holds." in page.text(".notice")


def test_the_fund_statement_shows_the_table_of_its_file(finance: FlaskClient, campaign: Campaign) -> None:
    """The same columns, rows and totals, with conversion in a column of its own."""
    a_paid_gift(campaign=campaign, gift=Money(20_00, "EUR"), settled=usd(21_50), fee_minor=90)
    page = fetch(finance, "admin.fund_statement")
    text = finance.get("/staff/ledger/funds.csv", buffered=True).data.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    heads = next(line for line in lines if line[:1] == ["Fund"])
    assert page.texts("thead th") == [heads[0], *heads[2:]]
    in_file = [[float(cell) for cell in line[3:]] for line in lines if line[2:3] in (["USD"], ["EUR"])]
    cells = [[figure_of(cell.text) for cell in row.select("td.num")] for row in page.soup.select("tbody tr, tfoot tr")]
    assert cells == in_file
    assert [row[4] for row in cells] == [-20.0, 21.5, -20.0, 21.5]


def figure_of(shown: str) -> float:
    return float(shown.replace("−", "-").replace("$", "").replace("€", "").replace(",", ""))


@pytest.mark.parametrize("name", ["journal", "trial-balance", "funds"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_books_are_downloaded_as_files(finance: FlaskClient, name: str, kind: str) -> None:
    answer = finance.get(f"/staff/ledger/{name}.{kind}", buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=quilt-")
    assert answer.data.startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbf")


def test_a_download_of_the_ledger_is_in_the_audit_trail(finance: FlaskClient, session: Session) -> None:
    finance.get("/staff/ledger/journal.csv", buffered=True)
    assert acts(session)[-1] == "ledger:download"


def test_receipts_are_listed_and_one_is_downloaded(finance: FlaskClient, session: Session) -> None:
    first, second = printed(session)
    assert fetch(finance, "admin.receipts").texts("tbody th") == [second, first]
    assert fetch_address(finance, f"/staff/receipts?number={first.lower()}").texts("tbody th") == [first]
    answer = finance.get(f"/staff/receipts/{first}.pdf", buffered=True)
    assert (answer.mimetype, answer.data) == ("application/pdf", f"%PDF {first}".encode())
    assert acts(session)[-1] == "receipt:download"


def test_receipts_of_another_campaign_are_neither_listed_nor_packed(finance: FlaskClient, session: Session) -> None:
    a_paid_gift(campaign=a_campaign(slug="other", is_featured=False, series="OTH"), created_at=NOW)
    first, second, other = printed(session)
    assert other.startswith("OTH-")
    assert fetch(finance, "admin.receipts").texts("tbody th") == [second, first]
    archive = finance.get("/staff/receipts/period.zip", buffered=True)
    assert sorted(zipfile.ZipFile(io.BytesIO(archive.data)).namelist()) == [
        f"{first}.pdf",
        f"{second}.pdf",
        "receipts.csv",
    ]
    assert other not in finance.get("/staff/receipts/register.csv", buffered=True).text


def test_a_periods_receipts_are_one_archive(finance: FlaskClient, session: Session) -> None:
    _, second = printed(session)
    answer = finance.get("/staff/receipts/period.zip?since=2026-12-01", buffered=True)
    assert zipfile.ZipFile(io.BytesIO(answer.data)).namelist() == [f"{second}.pdf", "receipts.csv"]
    assert acts(session)[-1] == "receipts:download"


def test_too_many_receipts_are_refused_in_plain_words(
    finance: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed(session)
    monkeypatch.setattr("campaign.services.receipts.files.MAX_ZIP", 1)
    answer = finance.get("/staff/receipts/period.zip?since=2026-11-01")
    assert answer.location == "/staff/receipts?since=2026-11-01"
    assert "Choose a shorter one." in fetch_address(finance, answer.location).text(".notice")
    assert "receipts:download" not in acts(session)


def test_a_receipt_that_is_still_being_printed_is_no_link(finance: FlaskClient, session: Session) -> None:
    number = session.execute(select(Receipt.number).limit(1)).scalar_one()
    assert "is being printed" in fetch(finance, "admin.receipts").text("tbody")
    answer = finance.get(f"/staff/receipts/{number}.pdf")
    assert "still being printed" in fetch_address(finance, answer.location).text(".notice")


def test_an_unknown_receipt_is_a_page_that_says_so(finance: FlaskClient) -> None:
    assert finance.get("/staff/receipts/QUI-2026-999999.pdf").status_code == 404


def test_the_inbox_shows_events_by_state_and_the_payload_of_one(finance: FlaskClient) -> None:
    an_event("evt_1", state="processed")
    an_event("evt_2", state="failed_permanently", error="the provider was silent")
    assert fetch(finance, "admin.inbox").texts("tbody th a") == ["evt_2"]  # stopped events come first
    assert fetch_address(finance, "/staff/inbox?state=all").texts("tbody th a") == ["evt_2", "evt_1"]
    assert fetch_address(finance, "/staff/inbox?state=failed_permanently").texts("tbody th a") == ["evt_2"]
    page = fetch(finance, "admin.inbox_event", event_id="evt_2")
    assert json.loads(page.text(".payload")) == {"id": "evt_2", "note": "жаз"}
    assert "the provider was silent" in page.text(".facts")


def test_a_replayed_event_starts_again_and_is_in_the_audit_trail(finance: FlaskClient, session: Session) -> None:
    an_event("evt_2", state="failed_permanently", error="the provider was silent")
    answer = fetch(finance, "admin.inbox_event", event_id="evt_2").submit(finance)
    assert answer.status_code == 303
    event = session.execute(select(ProviderEvent)).scalar_one()
    assert (event.state, event.attempts, event.error) == ("new", 0, None)
    assert acts(session)[-1] == "inbox:replay"


def test_the_audit_trail_is_filtered_by_action_and_person(finance: FlaskClient, session: Session) -> None:
    printed(session)
    for _ in range(2):
        finance.get("/staff/ledger/journal.csv", buffered=True)
    finance.get("/staff/receipts/register.csv", buffered=True)
    assert len(fetch_address(finance, "/staff/audit?action=ledger:download").texts("tbody tr")) == 2
    finance_id = session.execute(select(Staff.id).where(Staff.email == "finance@quilt.example")).scalar_one()
    assert len(fetch_address(finance, f"/staff/audit?actor={finance_id}").texts("tbody tr")) == 3
