"""`flask reconcile`: it reports, repairs with its option, and its exit code is for machines."""

import json
from typing import Any

import pytest
from click.testing import Result

from campaign.cli.reconcile import reconcile
from campaign.models.campaign import Campaign
from tests.reconciling.stage import ReconciliationScenario

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def campaign(stage: ReconciliationScenario) -> Campaign:
    return stage.site.campaign()


def called(stage: ReconciliationScenario, *arguments: str) -> Result:
    return stage.site.app.test_cli_runner().invoke(reconcile, arguments)


def test_where_all_agrees_it_says_so(stage: ReconciliationScenario, campaign: Campaign) -> None:
    answer = called(stage)
    assert (answer.exit_code, answer.output.strip()) == (0, "Our rows and the provider's agree.")


def test_a_comparison_reports_what_a_repair_would_do_and_changes_nothing(
    stage: ReconciliationScenario, campaign: Campaign
) -> None:
    gift = stage.gift(campaign=campaign)
    stage.pass_time(6)
    answer = called(stage)
    assert answer.exit_code == 1
    assert "payment_unknown" in answer.output
    assert "nothing was changed" in answer.output
    assert stage.donation(gift).state == "open"


def test_a_repair_ends_well_and_mails_only_with_the_option(stage: ReconciliationScenario, campaign: Campaign) -> None:
    gift = stage.gift(campaign=campaign)
    stage.pass_time(6)
    answer = called(stage, "--repair", "--json")
    report: dict[str, Any] = json.loads(answer.output)
    assert (answer.exit_code, report["open"]) == (0, [])
    assert "payment_unknown" in {difference["kind"] for difference in report["repaired"]}
    assert stage.donation(gift).state == "paid"
    assert stage.mails() == [("receipt", "held")]
    stage.gift(campaign=campaign)
    stage.pass_time(6)
    assert called(stage, "--repair", "--mail").exit_code == 0
    assert sorted(stage.mails()) == [("receipt", "held"), ("receipt", "queued")]


def test_a_provider_that_does_not_answer_ends_it_with_a_sentence(
    stage: ReconciliationScenario, campaign: Campaign
) -> None:
    stage.gift(campaign=campaign)
    stage.site.sandbox.fault("error_before", path="/v1/payment_intents", times=None)
    answer = called(stage, "--repair")
    assert answer.exit_code == 1
    assert "run it again for the rest" in answer.output
