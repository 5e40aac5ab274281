"""The overview for staff: alarms come first, every figure adds up, and it costs the same at any size."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, insert, update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.identity import new_public_id
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation, Refund
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.services.campaigns.supporters import gift_counts
from campaign.services.funds.allocations import Move, approve, propose
from campaign.services.gifts.refunds import REFUNDS
from campaign.services.observations import BOOKS, note_check
from campaign.services.overview.page import overview
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import (
    NOW,
    a_donor,
    a_fund,
    a_member_of_staff,
    a_paid_gift,
    a_restricted_child,
    add_history,
    usd,
)
from tests.support.fakes import SettableClock
from tests.support.pages import fetch

pytestmark = pytest.mark.database("sqlite")  # the lists and sums themselves are tried on both


@pytest.fixture
def viewer(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="viewer").client


def kinds(campaign: Campaign) -> set[str]:
    return {concern.kind for concern in overview(campaign.id, "USD", at=NOW).concerns}


def a_refund(campaign: Campaign, *, state: str) -> int:
    gift = a_paid_gift(campaign=campaign)
    with transaction() as session:
        session.execute(insert(Refund), _refund(gift.id, state))
        add_history(session, gift.id, *([] if state == "requested" else [f"refund_{state}"]))
    return gift.id


def _refund(donation_id: int, state: str) -> dict[str, object]:
    return {
        "public_id": new_public_id(),
        "donation_id": donation_id,
        "currency": "USD",
        "amount_minor": 1_00,
        "reason": "",
        "state": state,
        "requested_at": NOW - timedelta(hours=1),
    }


def test_an_overview_without_alarms_says_so(viewer: FlaskClient) -> None:
    page = fetch(viewer, "admin.overview")
    assert page.text("section").startswith("Needs attention Nothing.")
    assert "No gift has been paid yet." in page.text()


def test_the_books_add_up_as_of_the_last_check(viewer: FlaskClient, clock: SettableClock) -> None:
    note_check(BOOKS, clock=clock)
    said = fetch(viewer, "admin.overview").text("section")
    assert "The books add up. Last check: December 1, 2026, 09:00" in said.replace("\xa0", " ")
    note_check(BOOKS, clock=clock, problems=["every entry adds up to zero"])
    said = fetch(viewer, "admin.overview").text("section")
    assert ("The books add up" in said, "The books do not add up" in said) == (False, True)


def test_staff_learn_whom_to_inform_and_no_command(viewer: FlaskClient, clock: SettableClock) -> None:
    note_check(BOOKS, clock=clock, problems=["every entry adds up to zero"])
    said = fetch(viewer, "admin.overview").text("section")
    assert "What to do: Stop allocations and payments, and tell the person who runs the server." in said
    assert not re.search(r"flask|docs/|[Hh]andbook", said)


def test_a_failed_refund_needs_a_person_until_it_is_requested_again(campaign: Campaign) -> None:
    donation_id = a_refund(campaign, state="failed")
    assert kinds(campaign) == {"refund_failed"}
    with transaction() as session:
        session.execute(insert(Refund), _refund(donation_id, "requested") | {"requested_at": NOW})
    assert kinds(campaign) == set()


def test_a_refund_that_waits_for_long_needs_a_person(campaign: Campaign) -> None:
    a_refund(campaign, state="requested")
    assert kinds(campaign) == {"refund_stuck"}


@pytest.mark.database("sqlite", "postgresql")
@pytest.mark.parametrize(
    ("state", "expected"),
    [("failed", {"inbox_failed"}), ("waiting_for_parent", {"inbox_waiting_for_parent"}), ("new", set())],
)
def test_the_inbox_needs_a_person_when_an_event_is_not_processed(
    campaign: Campaign, state: str, expected: set[str]
) -> None:
    received = NOW - timedelta(minutes=11)
    with transaction() as session:
        session.add(
            ProviderEvent(
                event_id="evt_1",
                type="charge.refunded",
                object_id="ch_1",
                livemode=False,
                created_at=received,
                raw=b"{}",
                received_at=received,
                state=state,
                next_try_at=received,
            )
        )
    assert kinds(campaign) == expected


def test_it_does_not_say_that_emails_were_sent_while_they_wait(viewer: FlaskClient, campaign: Campaign) -> None:
    a_paid_gift(campaign=campaign)
    with transaction() as session:
        session.add(a_waiting_mail())
    assert "Nothing. Emails are being sent" in fetch(viewer, "admin.overview").text("section")
    with transaction() as session:
        session.execute(update(Message).values(attempts=1))
    page = fetch(viewer, "admin.overview")
    assert page.texts(".concerns li") == ["The mail server has not accepted emails 1"]


def test_an_address_that_refuses_email_is_shown_once(
    app: Flask, clock: SettableClock, viewer: FlaskClient, campaign: Campaign
) -> None:
    """People of one campaign see no alarms, so they keep the line about the addresses."""
    mail = a_waiting_mail()
    mail.campaign_id, mail.state, mail.failure = campaign.id, "failed_permanently", "address"
    mail.search_text = "a@example.org"
    with transaction() as session:
        session.add(mail)
    own = sign_in_as(app, clock, role="campaign", campaign=campaign).client
    shown = [
        [said for said in fetch(client, "admin.overview").texts(".concerns li") if "ddress" in said or "Emails" in said]
        for client in (viewer, own)
    ]
    assert [len(lines) for lines in shown] == [1, 1]
    assert shown[0][0].startswith("Emails could not be sent")
    assert shown[1] == ["Donors’ addresses cannot receive email 1"]


def a_waiting_mail() -> Message:
    return Message(
        public_id=new_public_id(),
        kind="receipt",
        language="en",
        recipient="a@example.org",
        facts={},
        dedupe_key="waits",
        created_at=NOW,
        next_try_at=NOW,
        state="queued",
    )


def test_the_first_concern_is_a_link_with_its_count(viewer: FlaskClient, campaign: Campaign) -> None:
    a_refund(campaign, state="failed")
    page = fetch(viewer, "admin.overview")
    [alarm] = page.texts(".concerns li")
    assert alarm.startswith("A refund failed since December 1, 2026")
    assert page.link("A refund failed") == "/staff/donations?state=refund_trouble"
    assert len(fetch(viewer, "admin.donations", state="refund_trouble").texts("tbody tr")) == 1


def test_refunds_that_are_not_sent_are_shown_once_as_the_alarm(viewer: FlaskClient, campaign: Campaign) -> None:
    gift_id = a_refund(campaign, state="requested")
    assert [line[:7] for line in fetch(viewer, "admin.overview").texts(".concerns li")] == ["Refunds"]
    with transaction() as session:
        session.execute(
            update(Refund).where(Refund.donation_id == gift_id).values(attempts=REFUNDS.policy.max_attempts)
        )
    page = fetch(viewer, "admin.overview")
    [alarm] = page.texts(".concerns li")
    assert alarm.startswith("Refunds do not reach the payment provider since December 1, 2026")
    assert page.link("Refunds do not reach the payment provider") == "/staff/donations?state=refund_trouble"


def test_how_many_donors_there_are_is_for_those_who_see_donors(
    app: Flask, clock: SettableClock, viewer: FlaskClient, campaign: Campaign
) -> None:
    """A viewer who gives under another person's name and address could learn whether that person gave before."""
    a_paid_gift(campaign=campaign, gift=usd(10_00), donor_id=a_donor().id)
    finance = sign_in_as(app, clock, role="finance").client
    is_shown = [
        "Donors by email address" in fetch(client, "admin.overview").texts("main th[scope=col]")
        for client in (finance, viewer)
    ]
    assert is_shown == [True, False]


@pytest.mark.database("sqlite", "postgresql")
def test_donors_are_counted_by_email_address_however_the_payers_name_is_written(campaign: Campaign) -> None:
    donor = a_donor()
    for name in ("Айгүл Асанова", "АЙГҮЛ АСАНОВА", "Bakyt Asanov"):
        a_paid_gift(campaign=campaign, donor_id=donor.id, payer_name=name)
    (dollars,) = overview(campaign.id, "USD", at=NOW).given
    assert (dollars.gifts, dollars.donors) == (3, 1)


@pytest.mark.database("sqlite", "postgresql")
@pytest.mark.broken_books  # the row alone is refunded, not the books
def test_fully_refunded_gifts_are_not_counted_as_on_the_public_page(campaign: Campaign, session: Session) -> None:
    a_paid_gift(campaign=campaign, gift=usd(10_00), fee_minor=0, donor_id=a_donor().id)
    back = a_paid_gift(campaign=campaign, gift=usd(90_00), fee_minor=0, donor_id=a_donor(email="b@example.org").id)
    with transaction() as writing:
        writing.execute(update(Donation).where(Donation.id == back.id).values(refunded_minor=90_00))
    (dollars,) = overview(campaign.id, "USD", at=NOW).given
    public = gift_counts(session, campaign.id)
    assert (
        (dollars.gifts, dollars.donors, dollars.median_minor)
        == (public.gifts, public.decisions, 10_00)
        == (1, 1, 10_00)
    )


def test_the_table_under_the_chart_writes_amounts_as_other_tables_do(viewer: FlaskClient, campaign: Campaign) -> None:
    a_paid_gift(campaign=campaign, gift=usd(70_00), fee_minor=0)
    cells = fetch(viewer, "admin.overview").texts("[aria-labelledby=by-day] td")
    assert {"$70.00", "$0.00"} <= set(cells)
    assert "$70" not in cells


@pytest.mark.database("sqlite", "postgresql")
def test_money_is_summed_in_the_campaigns_currency_and_gifts_in_their_own(
    campaign: Campaign, clock: SettableClock
) -> None:
    theme, target = a_fund(campaign=campaign), a_fund(campaign=campaign, code="EVENT-1", kind="event")
    a_restricted_child(theme=theme, target=target)
    donor = a_donor()
    for minor in (10_00, 30_00, 90_00):
        a_paid_gift(campaign=campaign, fund=theme, gift=usd(minor), fee_minor=1_00, donor_id=donor.id)
    a_paid_gift(campaign=campaign, gift=Money(7_00, "EUR"), fee_minor=0)
    proposer, approver = a_member_of_staff(role="campaign").id, a_member_of_staff(role="approver").id
    move = Move(
        campaign_id=campaign.id,
        kind=EntryKind.ALLOCATION,
        source=theme.public_id,
        target=target.public_id,
        amount=usd(50_00),
    )
    public_id = propose(move, public_id=new_public_id(), reason="Plan", actor_id=proposer, clock=clock)
    approve(public_id, actor_id=approver, clock=clock)
    figures = overview(campaign.id, "USD", at=NOW)
    main = figures.money.main
    assert (main.currency, main.raised_minor, main.fees_minor, main.allocated_minor) == ("USD", 130_00, 3_00, 50_00)
    assert (main.left_minor, figures.unallocated) == (127_00, usd(77_00))
    dollars, euros = figures.given
    assert (dollars.currency, dollars.gifts, dollars.donors) == ("USD", 3, 1)
    assert (dollars.median_minor, dollars.given_minor) == (30_00, 130_00)
    assert (euros.currency, euros.gifts, euros.donors, euros.given_minor) == ("EUR", 1, 0, 7_00)
    (event_figures,) = figures.targets
    assert (event_figures.code, event_figures.allocated_minor) == ("EVENT-1", 50_00)


@pytest.mark.database("sqlite", "postgresql")
def test_the_figures_are_those_of_the_public_page_about_money(
    client: FlaskClient, viewer: FlaskClient, campaign: Campaign
) -> None:
    a_paid_gift(campaign=campaign, gift=usd(30_00), fee_minor=1_00)
    a_paid_gift(campaign=campaign, gift=Money(10_000_00, "KGS"), fee_minor=3_00, settled=usd(115_00))
    overview_page, public = fetch(viewer, "admin.overview"), fetch(client, "public.transparency", lang="en")
    on_staff_page = dict(zip(overview_page.texts(".kpis dt"), overview_page.texts(".kpis dd"), strict=True))
    assert on_staff_page == {
        "Raised": "$145.00 refunds taken off",
        "Fees of the payment provider": "$4.00",
        "Allocated": "$0.00",
        "Spent": "$0.00",
        "Left": "$141.00 $141.00 of it not yet allocated",
    }
    pairs = zip(on_staff_page.values(), public.texts(".kpis dd"), strict=True)
    assert all(here.split()[0].removesuffix(".00") == there.split()[0] for here, there in pairs)


def test_only_currencies_in_which_somebody_gave_are_shown(viewer: FlaskClient, campaign: Campaign) -> None:
    a_paid_gift(campaign=campaign, gift=Money(1_000_00, "KGS"), fee_minor=0, settled=usd(11_50))
    page = fetch(viewer, "admin.overview")
    assert page.texts("[aria-labelledby=figures] tbody tr") == ["KGS 1 KGS 1,000.00 KGS 1,000.00"]


def test_money_that_is_not_converted_yet_is_shown_as_in_transit(viewer: FlaskClient, campaign: Campaign) -> None:
    a_paid_gift(campaign=campaign, gift=Money(7_00, "EUR"), fee_minor=0)
    assert "In transit, not yet converted: €7.00" in fetch(viewer, "admin.overview").text("[aria-labelledby=figures]")


@pytest.mark.database("sqlite", "postgresql")
def test_the_chart_of_days_ends_today_with_everything_given(campaign: Campaign) -> None:
    for days, minor in ((100, 5_00), (3, 10_00), (0, 20_00)):
        a_paid_gift(campaign=campaign, gift=usd(minor), at=NOW - timedelta(days=days))
    a_paid_gift(campaign=campaign, gift=usd(1_00), at=NOW.replace(hour=0, minute=0))
    days_shown = overview(campaign.id, "USD", at=NOW).days
    assert len(days_shown) == 60
    assert (days_shown[-1].day, days_shown[-1].minor, days_shown[-1].total_minor) == (NOW.date(), 21_00, 36_00)
    assert (days_shown[-4].minor, days_shown[0].total_minor) == (10_00, 5_00)


def test_it_sends_the_same_number_of_queries_for_any_number_of_gifts(
    app: Flask, viewer: FlaskClient, campaign: Campaign, session: Session
) -> None:
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    engine: Engine = db.engine
    fetch(viewer, "admin.overview")  # the check of the books is stored from here on
    counts = []
    for gifts in (1, 12):
        for _ in range(gifts):
            a_paid_gift(campaign=campaign, donor_id=a_donor(email=f"{new_public_id()}@example.org").id)
        event.listen(engine, "before_cursor_execute", count)
        fetch(viewer, "admin.overview")
        event.remove(engine, "before_cursor_execute", count)
        counts.append(len(statements))
        statements.clear()
    assert counts[0] == counts[1] <= 40


def test_both_charts_are_described_in_words_and_as_tables(viewer: FlaskClient, campaign: Campaign) -> None:
    a_fund(campaign=campaign, code="EVENT-1", kind="event", goal_minor=100_00)
    a_paid_gift(campaign=campaign)
    page = fetch(viewer, "admin.overview")
    assert len(page.soup.select("figure.chart")) == 2
    assert "Gross: refunds, disputes and fees are not taken off." in page.text("[aria-labelledby=by-day]")
    assert page.texts("figure details table caption") == [
        "Gifts per day in USD",
        "Allocated and spent per event, grant and budget line",
    ]
    assert page.texts("figure details tbody tr")[-1] == "EVENT-1 (en) (EVENT-1) $0.00 $0.00 $100.00"
