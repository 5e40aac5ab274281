"""docs/donation-states.md is what the command draws, and it tells of every state that there is."""

from flask import Flask

from campaign.cli.states import PAGES, REFUND_STATES, drawn
from campaign.domain.disputes import DisputeState
from campaign.domain.donation import DonationState
from campaign.domain.pledge import PledgeState
from campaign.models.donation import Dispute, Donation, Refund
from campaign.models.pledge import Pledge
from tests.support.tree import ROOT


def test_the_page_is_what_the_command_draws(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["donation", "states"])
    assert result.exit_code == 0
    assert result.output == (ROOT / "docs" / "donation-states.md").read_text(encoding="utf-8")


def test_every_state_is_told() -> None:
    described = {state for page in PAGES for state in page.states}
    assert described >= {*DonationState, *DisputeState, *REFUND_STATES, *PledgeState}


def test_the_database_takes_just_these_states() -> None:
    kinds = ((Donation, DonationState), (Dispute, DisputeState), (Refund, REFUND_STATES), (Pledge, PledgeState))
    for model, states in kinds:
        checks = " ".join(str(getattr(rule, "sqltext", "")) for rule in model.__table__.constraints)
        assert f"state IN ({', '.join(repr(str(state)) for state in states)})" in checks


def test_every_refusal_says_why() -> None:
    page = drawn()
    for refusal in (refusal for described in PAGES for refusal in described.refusals):
        assert f"| `{refusal.__name__}` | " in page
