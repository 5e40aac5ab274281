"""The fire drill's report and record: what going live rests on. The drill itself is played in tests/journeys."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from campaign.cli.doctor import examine
from campaign.config import Config
from campaign.gateways.clock import SystemClock
from campaign.services.audit import AuditFilter, trail
from campaign.services.drill import record
from campaign.services.drill.record import OtherVersion, ReasonTooShort, record_drill, standing, waive
from campaign.services.drill.report import DrillReport, Outcome, report_of
from campaign.services.drill.version import fingerprint, fingerprint_of

CLOCK = SystemClock()


def a_report(*, wrong: str = "", version: str = "") -> DrillReport:
    at = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    return DrillReport(
        version=version or fingerprint(),
        began_at=at,
        ended_at=at,
        address="http://127.0.0.1:8000",
        database="sqlite",
        outcomes=(Outcome("Monday", "A gift <by card>.", 1.2), Outcome("Tuesday", "A fault.", 0.4, wrong)),
        figures={"Paid in USD": "3 gifts"},
    )


def sentences(app: Flask) -> list[str]:
    config: Config = app.config["KURAK"]
    live = replace(config, app_env="production", stripe_secret_key="sk_live_1", stripe_webhook_secrets=("whsec_1",))
    return [finding.sentence for finding in examine(live) if "drill" in finding.sentence]


def test_a_live_key_is_refused_until_a_drill_of_this_version_passed(app: Flask) -> None:
    assert sentences(app)[0].startswith(f"No fire drill of version {fingerprint()} was held")
    record_drill(a_report(wrong="the receipt never left"), clock=CLOCK)
    assert sentences(app)[0].startswith(f"The last fire drill of version {fingerprint()} failed")
    record_drill(a_report(), clock=CLOCK)
    assert sentences(app)[0].startswith(f"A fire drill of version {fingerprint()} was held on")


def test_a_drill_of_another_version_proves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OtherVersion):
        record_drill(a_report(version="0123456789ab"), clock=CLOCK)
    record_drill(a_report(), clock=CLOCK)
    monkeypatch.setattr(record, "fingerprint", lambda: "another")
    assert standing().outcome is None


def test_going_live_without_a_drill_needs_a_reason_that_is_stored(app: Flask) -> None:
    with pytest.raises(ReasonTooShort):
        waive("  because  ", clock=CLOCK)
    waive("The sandbox cannot run on this host; drilled on staging.", clock=CLOCK)
    assert standing().may_go_live
    assert "drilled on staging" in sentences(app)[0]
    [act] = trail(AuditFilter(action="drill:"))
    assert act.detail["reason"] == "The sandbox cannot run on this host; drilled on staging."


def test_a_report_survives_its_file_and_escapes_its_content() -> None:
    report = a_report(wrong="<nothing> came")
    assert report_of(report.as_facts()) == report
    assert not report.has_passed
    assert "&lt;nothing&gt; came" in report.as_html()
    assert "<by card>" not in report.as_html()
    assert "FAILED  A fault." in report.as_text()
    assert a_report().verdict == "All 2 scenes passed."


def test_a_report_without_scenes_did_not_hold() -> None:
    assert not replace(a_report(), outcomes=()).has_passed


@pytest.mark.parametrize(
    "name", ["campaign/jobs.py", "campaign/templates/donations/_form.html", "campaign/static/js/donate.js"]
)
def test_a_change_of_whatever_makes_a_gift_is_another_version(tmp_path: Path, name: str) -> None:
    for part in (name, "receipts/words.py", "migrations/env.py", "requirements/run.txt"):
        (tmp_path / part).parent.mkdir(parents=True)
        (tmp_path / part).write_text("before", encoding="utf-8")
    before = fingerprint_of(tmp_path)
    (tmp_path / name).write_text("after", encoding="utf-8")
    assert fingerprint_of(tmp_path) != before
