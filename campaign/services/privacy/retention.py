"""The retention job: whatever is older than its period is deleted, in batches; a dry run only counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaign.database import reading, transaction
from campaign.domain.retention import RetentionName
from campaign.gateways.clock import Clock
from campaign.services.privacy import retention_rules
from campaign.services.privacy.erasure_rules import ERASURE_RULES
from campaign.services.privacy.retention_rules import RetentionRule

RULES: tuple[RetentionRule, ...] = (*retention_rules.RULES, *ERASURE_RULES)
"""Every rule of the job."""


@dataclass(frozen=True, slots=True)
class RetentionCount:
    """How many rows of a rule were due, or were deleted."""

    name: RetentionName
    days: int
    rows: int


def rules_for(days: Mapping[RetentionName, int]) -> tuple[RetentionRule, ...]:
    """Return the rules with the periods of this installation."""
    return tuple(rule.with_days(days.get(rule.name, rule.days)) for rule in RULES)


def count_due(rules: Sequence[RetentionRule], *, clock: Clock) -> list[RetentionCount]:
    """Return what the job would delete now; it changes nothing."""
    at = clock.now()
    with reading() as session:
        return [RetentionCount(rule.name, rule.days, rule.due(session, at)) for rule in rules]


def run(rules: Sequence[RetentionRule], *, clock: Clock) -> list[RetentionCount]:
    """Delete everything that is due; each batch is a transaction, so that gifts never wait long for it."""
    return [RetentionCount(rule.name, rule.days, _run_rule(rule, clock=clock)) for rule in rules]


def _run_rule(rule: RetentionRule, *, clock: Clock) -> int:
    at, total = clock.now(), 0
    while True:
        with transaction() as session:
            rows = rule.delete(session, at)
        total += rows
        if rows < rule.batch_rows:
            return total
