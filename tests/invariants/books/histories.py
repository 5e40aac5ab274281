"""How many histories are tried, and how: few in every run, many when KURAK_HISTORIES says so."""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from campaign.extensions import db
from tests.invariants.books.machine import Books
from tests.invariants.books.stage import LedgerScenario

USUAL = {"sqlite": 10, "postgresql": 4}
"""A statement costs more where a server is asked."""
STEPS = 30


def run(
    stage: LedgerScenario,
    *,
    of: type[RuleBasedStateMachine] = Books,
    histories: int | None = None,
    steps: int = STEPS,
    **how: Any,  # settings of Hypothesis
) -> None:
    """Try random histories on a stage; the first that breaks a rule is shrunk and told, with a blob to replay it."""
    machine = type(of.__name__, (of,), {"stage": stage})
    chosen = settings(
        max_examples=histories or int(os.environ.get("KURAK_HISTORIES", USUAL[db.engine.dialect.name])),
        stateful_step_count=steps,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        **{"phases": (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink), **how},
    )
    run_state_machine_as_test(machine, settings=chosen)
