"""The retention job: whatever is older than its period is deleted, in batches; a dry run only counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from campaign.database import empty_log, reading, transaction
from campaign.domain.retention import RetentionName
from campaign.gateways.clock import Clock
from campaign.gateways.file_store import FileStore
from campaign.services.privacy import retention_rules
from campaign.services.privacy.consent_file_rule import ConsentFileRule
from campaign.services.privacy.erasure_rules import ERASURE_RULES
from campaign.services.privacy.retention_rules import RetentionRule

RULES: tuple[RetentionRule, ...] = (*retention_rules.RULES, *ERASURE_RULES, ConsentFileRule())
"""Every rule of the job."""


@dataclass(frozen=True, slots=True)
class RetentionCount:
    """How many rows of a rule were due, or were deleted."""

    name: RetentionName
    days: int
    rows: int


def rules_for(days: Mapping[RetentionName, int], *, store: FileStore | None = None) -> tuple[RetentionRule, ...]:
    """Return the rules with the periods of this installation; `store` has the files that are not in its database."""
    rules = (replace(rule, store=store) if isinstance(rule, ConsentFileRule) else rule for rule in RULES)
    return tuple(rule.with_days(days.get(rule.name, rule.days)) for rule in rules)


def count_due(rules: Sequence[RetentionRule], *, clock: Clock) -> list[RetentionCount]:
    """Return what the job would delete now; it changes nothing."""
    at = clock.now()
    with reading() as session:
        return [RetentionCount(rule.name, rule.days, rule.due(session, at)) for rule in rules]


def run(rules: Sequence[RetentionRule], *, clock: Clock) -> list[RetentionCount]:
    """Delete everything that is due; each batch is a transaction, so that gifts never wait long for it."""
    counts = [RetentionCount(rule.name, rule.days, _run_rule(rule, clock=clock)) for rule in rules]
    empty_log()
    return counts


def _run_rule(rule: RetentionRule, *, clock: Clock) -> int:
    at, total = clock.now(), 0
    while True:
        with transaction() as session:
            rows = rule.delete(session, at)
        total += rows
        if rows < rule.batch_rows:
            return total
