"""A live installation reads live gifts alone, in every sum, list and file; a database that was tried before keeps its tests."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from campaign.cli.doctor import examine
from campaign.cli.findings import Verdict
from campaign.database import reading, transaction
from campaign.gateways.context import Context
from campaign.jobs import steps
from campaign.models.campaign import Campaign
from campaign.models.payout import ProviderTransaction
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.alarms import watching
from campaign.services.campaigns.transparency import transparency_of
from campaign.services.exports.ledger import ledger_file, period_of
from campaign.services.funds.statement import fund_statement_of
from campaign.services.gifts import settlement
from campaign.services.ledger import entries, reports
from campaign.services.ledger.availability import holding_of
from campaign.services.overview.page import overview
from campaign.services.receipts import listing
from campaign.services.reconciliation.listing import reconciliation_page
from tests.services.engine import PUBLIC_URL, Engine
from tests.support.builders import NOW, a_campaign, a_fund, a_paid_gift, general_fund_of, usd
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock


@pytest.fixture
def campaign(app: Flask, payments: FakePayments) -> Campaign:
    """A live gift of 25 dollars; and tests of 40, and of 5 that cost 7, from the days before the live key."""
    campaign = a_campaign()
    a_paid_gift(campaign=campaign, gift=usd(25_00), fee_minor=1_00, livemode=True)
    a_paid_gift(campaign=campaign, gift=usd(40_00), fee_minor=0, livemode=False)
    a_paid_gift(campaign=campaign, fund=a_fund(campaign=campaign), gift=usd(5_00), fee_minor=7_00, livemode=False)
    payments.mode = "live"
    return campaign


def test_every_sum_is_of_live_gifts(campaign: Campaign, session: Session) -> None:
    assert transparency_of(campaign.id, "USD").main.raised_minor == 25_00
    assert [row.amounts[-1] for row in fund_statement_of(campaign.id).rows] == [usd(24_00)]
    assert holding_of(session, general_fund_of(campaign).id, "USD").balance == usd(24_00)
    assert {str(row.balance) for row in reports.trial_balance(campaign.id)["USD"] if row.account == 4010} == {
        str(usd(-25_00))
    }
    summary = overview(campaign.id, "USD", at=NOW)
    assert [(row.gifts, row.given_minor, row.median_minor) for row in summary.given] == [(1, 25_00, 25_00)]
    assert summary.days[-1].total_minor == 25_00


def test_the_comparison_with_the_provider_counts_live_movements(campaign: Campaign, session: Session) -> None:
    gifts = session.execute(text("SELECT payment_id, gift_minor, livemode FROM donation ORDER BY id")).all()
    with transaction() as writing:
        for number, (payment_id, minor, _) in enumerate(gifts):
            movement = {
                "provider_id": f"txn_{number}",
                "type": "charge",
                "category": "charge",
                "payment_id": payment_id,
                "currency": "USD",
                "amount_minor": minor,
                "fee_minor": 0,
                "net_minor": minor,
                "made_at": NOW,
                "available_at": NOW,
            }
            writing.execute(insert(ProviderTransaction), movement)
    assert [figure.provider for figure in reconciliation_page().figures] == [usd(25_00)]


def test_lists_and_files_too(campaign: Campaign, session: Session) -> None:
    lines = list(entries.ledger_rows(session, entries.LedgerFilter(campaign_id=campaign.id)))
    assert len({row.subject for row in lines}) == 1
    about = period_of(None, None, made_at=NOW)
    with ledger_file(entries.LedgerFilter(campaign_id=campaign.id), about=about, file_format="csv") as file:
        assert file.read().decode().count("Contributions") == 1
    filters = listing.ReceiptFilter(campaign_id=campaign.id)
    assert len(list(listing.receipts(filters))) == 1


@pytest.mark.usefixtures("campaign")
def test_a_test_gift_rings_no_alarm_about_money(clock: SettableClock) -> None:
    keys = {alarm.key for alarm in watching.ringing_now(takes_cards=True, clock=clock)}
    assert "fund_below_zero" not in keys


def test_without_a_live_key_all_gifts_are_tests_and_count(campaign: Campaign, payments: FakePayments) -> None:
    payments.mode = "sandbox"
    assert transparency_of(campaign.id, "USD").main.raised_minor == 70_00


@pytest.mark.usefixtures("campaign")
def test_the_doctor_names_test_gifts(app: Flask) -> None:
    findings = examine(replace(app.config["KURAK"], app_env="production", stripe_secret_key="sk_live_1"))
    [finding] = [finding for finding in findings if "Test gifts" in finding.sentence]
    assert finding.verdict is Verdict.MISSING
    assert finding.sentence.startswith("Test gifts in this database: 2.")


def test_the_paper_of_a_test_gift_holds_up_no_live_one(
    app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock
) -> None:
    """The receipt of a test that was not printed when the live key came stopped the printing of all later ones."""
    engine = Engine.started(app, payments, mailer, clock)
    for mode in ("sandbox", "live"):
        payments.mode = mode
        checkout = engine.checkout_of(engine.open())
        payments.pay(checkout, email="donor@example.org")
        payments.facts[checkout] = replace(payments.facts[checkout], livemode=mode == "live")
        settlement.refresh_checkout(checkout, context=Context(payments=payments, clock=clock, public_url=PUBLIC_URL))
    assert [steps.render_receipts() for _ in range(3)] == [True, True, False]
    with reading() as session:
        printed = select(Receipt.number).join(ReceiptFile, ReceiptFile.receipt_id == Receipt.id).order_by(Receipt.id)
        assert session.execute(printed).scalars().all() == ["TEST-WCL-2026-000001", "WCL-2026-000001"]
    engine.work()
    assert [mail.subject.startswith("Test:") for mail in mailer.sent] == [True, False]
