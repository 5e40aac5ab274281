"""What the builders make is valid in both databases, and the books agree."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from campaign.services.ledger import sums
from tests.support.builders import (
    a_campaign,
    a_donation,
    a_fund,
    a_member_of_staff,
    a_paid_gift,
    a_restricted_child,
    general_fund_of,
    usd,
)


def test_each_test_begins_with_empty_tables(session: Session) -> None:
    assert session.execute(text("SELECT COUNT(*) FROM campaign")).scalar_one() == 0


def test_a_paid_gift_is_in_its_fund(session: Session) -> None:
    campaign = a_campaign()
    theme = a_fund(campaign=campaign)
    a_paid_gift(campaign=campaign, fund=theme, gift=usd(100_00), cover_minor=3_00, fee_minor=3_29)
    assert sums.balance_of(session, theme.id, "USD") == usd(99_71)


def test_gifts_are_receipted_without_a_gap(app: Flask, session: Session) -> None:
    campaign = a_campaign()
    for _ in range(3):
        a_paid_gift(campaign=campaign)
    numbers = session.execute(text("SELECT number FROM receipt ORDER BY id")).scalars().all()
    assert numbers == ["QUI-2026-000001", "QUI-2026-000002", "QUI-2026-000003"]


def test_an_unpaid_gift_is_worth_nothing(session: Session) -> None:
    campaign = a_campaign()
    a_donation(campaign=campaign)
    assert sums.balance_of(session, general_fund_of(campaign).id, "USD") == usd(0)


def test_a_theme_reaches_its_own_money_in_a_target(session: Session) -> None:
    campaign = a_campaign()
    theme, event = a_fund(campaign=campaign), a_fund(campaign=campaign, code="EVENT-1", kind="event")
    child = a_restricted_child(theme=theme, target=event)
    reaches = session.execute(text("SELECT source_id, target_id FROM fund_reach ORDER BY source_id")).all()
    assert set(map(tuple, reaches)) == {(general_fund_of(campaign).id, event.id), (theme.id, child.id)}


def test_two_members_of_staff_share_a_role(session: Session) -> None:
    a_member_of_staff(email="a@quilt.example")
    a_member_of_staff(email="b@quilt.example")
    assert session.execute(text("SELECT COUNT(*) FROM role")).scalar_one() == 1


@pytest.mark.database("sqlite")
def test_a_test_can_be_pinned_to_one_database(session: Session) -> None:
    assert session.connection().dialect.name == "sqlite"
