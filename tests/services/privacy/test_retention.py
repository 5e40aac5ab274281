"""Retention: what is due is counted and deleted, in batches; what is not stays."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.donation import DonationState
from campaign.domain.mail import MailState
from campaign.domain.retention import DAYS, RetentionName
from campaign.models.donation import Donation
from campaign.models.outbox import Message
from campaign.services.privacy import retention, retention_rules
from campaign.services.privacy.retention import RULES
from campaign.services.queues.outbox import OutgoingMail, enqueue
from tests.support.builders import a_campaign, a_donation, a_paid_gift
from tests.support.fakes import SettableClock


def rows(counts: list[retention.RetentionCount]) -> dict[str, int]:
    return {count.name.value: count.rows for count in counts if count.rows}


def test_every_kind_has_one_rule_with_its_period() -> None:
    assert [rule.name for rule in RULES] == list(RetentionName)
    assert {rule.name: rule.days for rule in RULES} == DAYS
    assert {rule.days for rule in retention.rules_for({RetentionName.EMAILS: 91}) if rule.name == "emails"} == {91}


def test_a_gift_that_was_never_paid_loses_its_names_and_a_paid_one_keeps_them(
    session: Session, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention_rules, "BATCH_ROWS", 2)
    campaign = a_campaign()
    names: dict[str, Any] = {
        "public_name": "Aida",
        "receipt_name": "Aida A.",
        "message": "Good luck",
        "is_anonymous": False,
    }
    typed: dict[str, Any] = {**names, "checkout_params": {"customer_email": "aida@example.org"}}
    for state in (DonationState.EXPIRED, DonationState.FAILED, DonationState.OPEN, DonationState.PROCESSING):
        a_donation(campaign=campaign, state=state, expires_at=clock.now(), **typed)
    a_paid_gift(campaign=campaign, **names)
    rules = retention.rules_for({})

    clock.advance(days=DAYS[RetentionName.UNPAID_GIFTS] - 1)
    assert rows(retention.count_due(rules, clock=clock)) == {}
    clock.advance(days=2)
    assert rows(retention.count_due(rules, clock=clock)) == {"unpaid_gifts": 3}
    assert rows(retention.count_due(rules, clock=clock)) == {"unpaid_gifts": 3}
    assert rows(retention.run(rules, clock=clock)) == {"unpaid_gifts": 3}
    assert rows(retention.run(rules, clock=clock)) == {}

    for gift in session.execute(select(Donation)).scalars():
        is_stored = gift.state in {DonationState.PAID, DonationState.PROCESSING}
        assert (gift.public_name is not None, gift.message is not None) == (is_stored, is_stored), gift.state
        assert bool(gift.search_text) == is_stored
        assert gift.checkout_params == {} or is_stored


def test_an_old_email_loses_its_address_and_one_that_waits_does_not(session: Session, clock: SettableClock) -> None:
    campaign = a_campaign()
    with transaction() as writing:
        for state in (MailState.SENT, MailState.QUEUED):
            mail = OutgoingMail(
                kind="receipt",
                language="en",
                recipient="aida@example.org",
                facts={"donor_name": "Aida"},
                key=f"receipt:{state}",
                campaign_id=campaign.id,
            )
            enqueue(writing, mail, at=clock.now())
            writing.execute(select(Message).where(Message.dedupe_key == mail.key)).scalar_one().state = state
    clock.advance(days=DAYS[RetentionName.EMAILS] + 1)
    assert rows(retention.run(retention.rules_for({}), clock=clock)) == {"emails": 1}
    sent, queued = session.execute(select(Message).order_by(Message.id)).scalars()
    assert (sent.recipient, sent.search_text, sent.facts) == ("", "", {})
    assert (queued.recipient, queued.facts) == ("aida@example.org", {"donor_name": "Aida"})


@pytest.mark.database("sqlite")
def test_the_command_counts_with_a_dry_run_and_then_deletes(app: Flask, clock: SettableClock) -> None:
    a_donation(campaign=a_campaign(), state=DonationState.EXPIRED, expires_at=clock.now(), message="Good luck")
    clock.advance(days=DAYS[RetentionName.UNPAID_GIFTS] + 1)
    runner = app.test_cli_runner()
    outputs = [
        runner.invoke(args=["privacy", "retention", *more]).output for more in (["--dry-run"], [], ["--dry-run"])
    ]
    assert [output.splitlines()[0] for output in outputs] == [
        "unpaid_gifts: 1 due (after 90 days)",
        "unpaid_gifts: 1 deleted (after 90 days)",
        "unpaid_gifts: 0 due (after 90 days)",
    ]
