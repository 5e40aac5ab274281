"""Each alarm rings for its own trouble, within its limit, and has its words and its section in the handbook."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from campaign.domain.alarm import Severity
from campaign.i18n import LANGUAGES, in_language
from campaign.services.alarms.rules import (
    CHECK_OVERDUE,
    DEATHS_WITHIN,
    ENDPOINT_UNSEEN,
    EVENT_WAITS,
    EVENTS_SILENT,
    FIRST_EVENT,
    MAIL_WAITS,
    MIN_FREE_BYTES,
    PAID_WAITS,
    RECEIPT_CHECK_OVERDUE,
    RULES,
    SWEEP_SILENT,
    WORKER_SILENT,
    Ringing,
    ringing,
)
from campaign.services.alarms.sign_types import Backlog, CheckSigns, EndpointSigns, MoneyCase, MoneySigns, Signs
from campaign.services.alarms.words import WORDS, describe_alarm
from tests.support.builders import NOW
from tests.support.tree import ROOT

MOMENT = timedelta(seconds=1)
ADDRESSES = ("https://give.example/webhooks/stripe",)
QUIET = Signs(
    at=NOW,
    machine_now=NOW,
    takes_cards=True,
    worker_at=NOW,
    mail_worker_at=NOW,
    sweep_at=NOW,
    last_event_at=NOW,
)
"""An installation in which all is well."""
A_CHECK = CheckSigns(good_at=NOW)
A_CASE = MoneyCase(name="one", since=NOW, facts={"amount": {"minor": 25_00, "currency": "USD"}})
AN_ENDPOINT = EndpointSigns(at=NOW, good_at=NOW)


def keys(signs: Signs) -> list[str]:
    return [alarm.key for alarm in ringing(signs)]


def after(limit: timedelta) -> datetime:
    """A moment that is longer ago than the limit."""
    return NOW - limit - MOMENT


RINGS: dict[str, Mapping[str, Any]] = {
    "worker_silent": {"worker_at": after(WORKER_SILENT)},
    "mail_worker_silent": {"mail_worker_at": after(WORKER_SILENT)},
    "workers_die": {"worker_deaths": (NOW, NOW, NOW)},
    "disk_full": {"free_bytes": MIN_FREE_BYTES - 1},
    "sweep_silent": {"sweep_at": after(SWEEP_SILENT)},
    "paid_waits": {"oldest_paid_at": after(PAID_WAITS)},
    "events_wait": {"oldest_waiting_at": after(EVENT_WAITS), "waiting": 2},
    "events_dead": {"failed_events": 1, "oldest_failed_at": NOW},
    "no_event_ever": {"last_event_at": None, "first_unheard_at": after(FIRST_EVENT)},
    "events_stopped": {"first_unheard_at": after(EVENTS_SILENT)},
    **{
        f"endpoint_{fault}": {"endpoint": replace(AN_ENDPOINT, faults=(fault,))}
        for fault in ("missing", "disabled", "types", "version", "url")
    },
    "endpoint_unseen": {"endpoint": EndpointSigns(at=NOW, good_at=after(ENDPOINT_UNSEEN), problem="no permission")},
    "mail_waits": {"oldest_mail_at": after(MAIL_WAITS)},
    "mail_dead": {"failed_mails": 3},
    "receipts_held": {"mails_on_hold": 1},
    "receipts_substituted": {"substituted_receipts": 1},
    "books_broken": {"books": replace(A_CHECK, problems=("every entry adds up",))},
    "books_unchecked": {"receipts": replace(A_CHECK, good_at=after(RECEIPT_CHECK_OVERDUE))},
    "comparison_overdue": {"comparison": replace(A_CHECK, error="PaymentsUnavailable: no answer")},
    "unexplained": {"money": MoneySigns(unexplained=Backlog(count=2))},
    "refunds_not_sent": {"money": MoneySigns(refunds_not_sent=Backlog(count=1, oldest_at=NOW - timedelta(hours=7)))},
    "requests_not_sent": {"money": MoneySigns(requests_not_sent=Backlog(count=1, oldest_at=NOW - timedelta(hours=7)))},
    "disputed": {"money": MoneySigns(disputes=(A_CASE,))},
    "refund_failed": {"money": MoneySigns(failed_refunds=(A_CASE,))},
    "payout_failed": {"money": MoneySigns(returned_payouts=(A_CASE,))},
    "fund_below_zero": {"money": MoneySigns(funds_below_zero=(A_CASE,))},
}
QUIETLY: dict[str, Mapping[str, Any]] = {
    "worker": {"worker_at": NOW - WORKER_SILENT},
    "workers that died twice, and once before": {"worker_deaths": (after(DEATHS_WITHIN), NOW, NOW)},
    "room for a while": {"free_bytes": MIN_FREE_BYTES},
    "a payment just reported": {"oldest_paid_at": NOW - PAID_WAITS},
    "sweep": {"sweep_at": NOW - SWEEP_SILENT},
    "an event on its way": {"oldest_waiting_at": NOW - EVENT_WAITS, "waiting": 1},
    "a first page just opened": {"last_event_at": None, "first_unheard_at": NOW - FIRST_EVENT},
    "no page opened": {"last_event_at": None},
    "a page opened lately": {"first_unheard_at": NOW - EVENTS_SILENT},
    "a provider down for an hour": {
        "endpoint": EndpointSigns(at=NOW, good_at=NOW - ENDPOINT_UNSEEN, problem="Stripe does not answer")
    },
    "an endpoint that is right": {"endpoint": AN_ENDPOINT},
    "a mail that waits": {"oldest_mail_at": NOW - MAIL_WAITS},
    "checks that ran": {"books": A_CHECK, "receipts": A_CHECK, "comparison": A_CHECK},
    "a check of this hour": {"books": replace(A_CHECK, good_at=NOW - CHECK_OVERDUE)},
    "a comparison of this hour": {"comparison": replace(A_CHECK, good_at=NOW - CHECK_OVERDUE)},
    "receipts read yesterday": {"receipts": replace(A_CHECK, good_at=NOW - RECEIPT_CHECK_OVERDUE)},
}


def test_a_healthy_installation_is_silent() -> None:
    assert keys(QUIET) == []


def test_every_rule_has_a_case_here() -> None:
    assert set(RINGS) == {rule.key for rule in RULES}


@pytest.mark.parametrize("key", sorted(RINGS))
def test_an_alarm_rings_for_its_own_cause_alone(key: str) -> None:
    assert keys(replace(QUIET, **RINGS[key])) == [key]


@pytest.mark.parametrize("case", sorted(QUIETLY))
def test_nothing_rings_within_its_limit(case: str) -> None:
    assert keys(replace(QUIET, **QUIETLY[case])) == []


def test_a_silent_worker_is_reported_and_not_its_sweep_too() -> None:
    assert keys(replace(QUIET, worker_at=after(SWEEP_SILENT), sweep_at=after(SWEEP_SILENT))) == ["worker_silent"]


def test_a_worker_that_never_was_is_missed_once_something_waits() -> None:
    never = replace(QUIET, worker_at=None, sweep_at=None)
    assert keys(never) == []
    assert keys(replace(never, oldest_waiting_at=after(WORKER_SILENT))) == ["worker_silent"]
    assert keys(replace(never, mail_worker_at=None, oldest_mail_at=after(WORKER_SILENT))) == ["mail_worker_silent"]


def test_urgent_alarms_come_first() -> None:
    both = replace(QUIET, failed_mails=1, failed_events=1)
    assert keys(both) == ["events_dead", "mail_dead"]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(RINGS))
def test_every_alarm_says_what_it_means_and_what_to_do(app: Flask, key: str, language: str) -> None:
    facts: dict[str, object] = {
        "count": 2,
        "url": "u",
        "address": "a",
        "version": "v",
        "wanted": "w",
        "lacking": ["x"],
        "problem": "p",
        "megabytes": 3,
    }
    facts |= {"amount": {"minor": 5_00, "currency": "USD"}, "gift": "g", "due": {"at": NOW.isoformat()}, "fund": "F"}
    facts |= {"rules": ["one", "two"], "reason": "r"}
    with app.test_request_context(), in_language(language):
        description = describe_alarm(Ringing(key=key, severity=Severity.URGENT, since=NOW, facts=facts))
    assert description.headline
    assert description.operator_action
    assert not re.search(r"%\(|[{}]", description.sentence + description.operator_action + description.staff_action)
    assert not re.search(r"flask|docs/|wsgi|[A-Z]+_[A-Z]+|worker", description.staff_action)


def test_every_alarm_has_its_section_in_the_handbook() -> None:
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs/operations.md").read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(WORDS) == set(RINGS)
    assert {key.replace("_", "-") for key in RINGS} <= anchors
