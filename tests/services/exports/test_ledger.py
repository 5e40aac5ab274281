"""The books as files: they balance, and they are the ledger."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import IO, Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.receipt import Receipt
from campaign.services.exports.allocations import allocation_file
from campaign.services.exports.ledger import fund_statement_file, ledger_file, trial_balance_file
from campaign.services.exports.registers import donation_file, receipt_file
from campaign.services.funds.balances import funds
from campaign.services.gifts.listing import DonationFilter
from campaign.services.ledger.entries import LedgerFilter
from campaign.services.ledger.sums import account_totals
from campaign.services.receipts.listing import ReceiptFilter
from tests.support.builders import NOW, a_campaign, a_donation, a_donor, a_fund, a_paid_gift, usd

ABOUT = [("From", "the beginning")]


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    campaign = a_campaign()
    theme = a_fund(campaign=campaign)
    a_paid_gift(campaign=campaign, gift=usd(25_00), donor_id=a_donor().id, payer_name="Айгүл")
    a_paid_gift(campaign=campaign, fund=theme, gift=usd(40_00), cover_minor=1_50)
    return campaign


def lines_of(file: IO[bytes]) -> list[dict[str, str]]:
    """The rows under the head, by the head's words; the head stands after the empty line."""
    with file:
        lines = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))
    head = lines.index([]) + 1
    return [dict(zip(lines[head], line, strict=True)) for line in lines[head + 1 :]]


def test_the_ledger_file_balances_and_equals_the_ledger(campaign: Campaign, session: Session) -> None:
    *rows, total = lines_of(ledger_file(LedgerFilter(campaign_id=campaign.id), about=ABOUT, file_format="csv"))
    assert total["Debit"] == total["Credit"]
    for (account, currency), minor in account_totals(session).items():
        own = [row for row in rows if row["Account"] == str(int(account)) and row["Currency"] == currency]
        booked = sum(Decimal(row["Debit"] or 0) - Decimal(row["Credit"] or 0) for row in own)
        assert booked == Decimal(minor) / 100


def test_a_part_of_the_ledger_is_only_that_part(campaign: Campaign) -> None:
    tomorrow = LedgerFilter(campaign_id=campaign.id, since=date(2026, 12, 2))
    [only] = lines_of(ledger_file(tomorrow, about=ABOUT, file_format="csv"))
    assert [text for text in only.values() if text] == ["Nothing fits this period and these filters."]


def test_the_trial_balance_has_equal_sides(campaign: Campaign) -> None:
    total = lines_of(trial_balance_file(campaign.id, about=ABOUT, file_format="csv"))[-1]
    assert total["Debit"] == total["Credit"] != ""


def test_the_fund_statement_ends_with_what_the_funds_hold(campaign: Campaign) -> None:
    file = fund_statement_file(campaign.id, funds=funds(campaign.id), about=ABOUT, file_format="csv")
    *rows, total = lines_of(file)
    assert {row["Fund"]: row["Balance"] for row in rows} == {"GEN": "23.97", "THEME-EVENTS": "40.47"}
    assert total["Balance"] == "64.44"


def test_the_receipt_register_has_every_number(campaign: Campaign) -> None:
    *rows, total = lines_of(receipt_file(ReceiptFilter(campaign_id=campaign.id), about=ABOUT, file_format="csv"))
    assert [row["Number"] for row in rows] == ["QUI-2026-000002", "QUI-2026-000001"]
    assert total["Amount"] == "66.50"


@pytest.mark.broken_books
def test_receipts_that_were_voided_and_gifts_that_were_not_paid_are_listed_and_not_added_up(campaign: Campaign) -> None:
    with transaction() as session:
        session.execute(update(Receipt).where(Receipt.number == "QUI-2026-000001").values(state="void"))
        session.execute(update(Donation).where(Donation.id == 1).values(state="expired"))
    *rows, total = lines_of(receipt_file(ReceiptFilter(campaign_id=campaign.id), about=ABOUT, file_format="csv"))
    assert (len(rows), total["Amount"]) == (2, rows[0]["Amount"])
    assert [row["State"] for row in rows] == ["Valid", "Void"]
    everything = DonationFilter(campaign_id=campaign.id, sees_donors=True)
    *gifts, paid = lines_of(donation_file(everything, about=ABOUT, file_format="csv"))
    assert (len(gifts), paid["Charge"]) == (2, gifts[1]["Charge"])
    assert [gift["State"] for gift in gifts] == ["Not paid in time", "Paid"]


def test_the_donations_file_has_what_was_looked_for(campaign: Campaign) -> None:
    filters = DonationFilter(campaign_id=campaign.id, text="Айгүл", since=NOW.date(), sees_donors=True)
    *rows, total = lines_of(donation_file(filters, about=ABOUT, file_format="csv"))
    assert [(row["Name"], row["Email"], row["Charge"]) for row in rows] == [("Айгүл", "donor@example.org", "25.00")]
    assert total["Charge"] == "25.00"


def test_the_donations_file_has_each_name_by_its_use_and_messages_with_their_lines(campaign: Campaign) -> None:
    names: dict[str, Any] = {"payer_name": "Aida Bekova", "receipt_name": "Ak-Jol LLC", "public_name": None}
    gift = a_donation(campaign=campaign, is_anonymous=True, message="Ийгилик!\n\nAida", **names)
    for sees_donors, expected in (
        (True, ["Aida Bekova", "Ak-Jol LLC", "", "Ийгилик!\n\nAida"]),
        (False, ["", "", "", ""]),
    ):
        filters = DonationFilter(campaign_id=campaign.id, text=gift.public_id, sees_donors=sees_donors)
        row, *_totals = lines_of(donation_file(filters, about=ABOUT, file_format="csv"))
        assert [row[column] for column in ("Name", "Name on the receipt", "Name to show", "Message")] == expected


@pytest.mark.parametrize(
    "make",
    [
        lambda campaign: ledger_file(LedgerFilter(campaign_id=campaign.id), about=ABOUT, file_format="xlsx"),
        lambda campaign: allocation_file(campaign.id, state=None, about=ABOUT, file_format="xlsx"),
    ],
)
def test_a_workbook_is_a_workbook(campaign: Campaign, make: Callable[[Campaign], IO[bytes]]) -> None:
    with make(campaign) as file:
        assert file.read(2) == b"PK"
