"""A story is a list of acts, made of a seed; a failing one is shortened to the acts that it takes."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.chaos.acts import (
    DAY_SECONDS,
    Act,
    ComesBack,
    DashboardRefunds,
    DatabaseGone,
    Deploys,
    Disputes,
    Gives,
    Judges,
    Kills,
    MailServerBreaks,
    Pays,
    ProviderMisbehaves,
    StaffRefunds,
    TimePasses,
)

MIN_ACTS, MAX_ACTS = 8, 18
AMOUNTS = {"USD": ("5", "25", "133.37"), "EUR": ("5", "40", "99.99"), "KGS": ("500", "1234.50", "9000")}
METHODS = (
    *("pm_card_visa", "pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_bypassPending"),
    *("pm_card_chargeDeclined", "pm_card_pendingRefund", "pm_card_refundFail", "pm_card_createDispute"),
    *("pm_card_createDisputeInquiry", "pm_card_createIssuerFraudRecord"),
    *("pm_sepaDebit_success_at", "pm_sepaDebit_failed_at", "pm_sepaDebit_disputed_at", "pm_bankTransfer_success"),
)
API_FAULTS = (
    *("latency", "error_before", "error_after", "timeout_after", "reset", "reset_after", "rate_limit", "lock_timeout"),
    *("conflict", "bad_gateway", "malformed", "no_balance_transaction"),
)
WEBHOOK_FAULTS = (
    *("duplicate", "duplicate_event", "drop", "delay", "reorder", "burst", "old_signature", "wrong_secret"),
    *("other_version", "unknown_value", "extra_fields", "livemode", "unknown_type", "thin", "foreign"),
)
VERDICTS = ("won", "lost", "lost", "under_review", "warning_closed", "appeal_under_review")
CHANCES = {
    "gift": 3,
    "payment": 1,
    "refund by staff": 1,
    "refund by dashboard": 1,
    "dispute": 1,
    "verdict": 1,
    "time": 1,
    "kill": 2,
    "outage": 1,
    "fault of a call": 1,
    "fault of a delivery": 2,
}
"""How often each thing happens, beside the others."""
INQUIRIES = 0.3
PAUSES_SECONDS = (5, 3600, DAY_SECONDS, 5 * DAY_SECONDS, 31 * DAY_SECONDS)
VICTIMS = ("web", "worker1", "worker1", "sandbox")
LOST_FOR_GOOD = 99
"""More attempts than the provider makes."""


@dataclass(frozen=True)
class Story:
    """Acts in order. `loses_webhooks`: some never arrive, so that the reconciler has to find what they reported."""

    seed: int
    acts: tuple[Act, ...]
    loses_webhooks: bool = False

    def __str__(self) -> str:
        lines = "\n".join(f"    {act!r}," for act in self.acts)
        return f"Story(seed={self.seed}, loses_webhooks={self.loses_webhooks}, acts=(\n{lines}\n))"


def story_of(seed: int) -> Story:
    """The same seed, the same story. Every fourth one loses webhooks for good."""
    dice = random.Random(seed)  # it must be repeatable
    loses_webhooks = seed % 4 == 3
    acts: list[Act] = [_gives(dice), Pays()]
    for _ in range(dice.randint(MIN_ACTS, MAX_ACTS)):
        acts.extend(_act(dice, loses_webhooks=loses_webhooks))
    return Story(seed, tuple(acts), loses_webhooks)


def shortened(story: Story, fails: Callable[[Story], bool], *, tries_max: int = 24) -> Story:
    """A shorter story that fails too: halves, quarters and single acts are left out as long as it still does."""
    acts, size, tries = story.acts, len(story.acts) // 2, 0
    while size and tries < tries_max:
        start = 0
        while start < len(acts) and tries < tries_max:
            shorter = Story(story.seed, acts[:start] + acts[start + size :], story.loses_webhooks)
            tries += 1
            if shorter.acts and fails(shorter):
                acts = shorter.acts
            else:
                start += size
        size //= 2
    return Story(story.seed, acts, story.loses_webhooks)


def _gives(dice: random.Random) -> Gives:
    currency = dice.choice(list(AMOUNTS))
    return Gives(
        amount=dice.choice(AMOUNTS[currency]),
        currency=currency,
        frequency=dice.choice(("once", "once", "once", "monthly")),
        presses=dice.choice((1, 1, 1, 2)),
    )


def _act(dice: random.Random, *, loses_webhooks: bool) -> Sequence[Act]:
    """One thing that happens next, or two that belong together."""
    which, percent = dice.randint(0, 9), dice.choice((10, 40, 60, 100))
    [what] = dice.choices(list(CHANCES), weights=list(CHANCES.values()))
    happenings: dict[str, Sequence[Act]] = {
        "gift": (_gives(dice), Pays(method=dice.choice(METHODS))),
        "payment": (Pays(which=which, method=dice.choice(METHODS)), ComesBack(which=which)),
        "refund by staff": (StaffRefunds(which=which, percent=percent),),
        "refund by dashboard": (DashboardRefunds(which=which, percent=percent),),
        "dispute": (Disputes(which=which, percent=percent, inquiry=dice.random() < INQUIRIES),),
        "verdict": (Judges(which=which, verdict=dice.choice(VERDICTS)),),
        "time": (TimePasses(dice.choice(PAUSES_SECONDS)),),
        "kill": (Kills(dice.choice(VICTIMS), after_ms=dice.randrange(0, 1500)),),
        "outage": (dice.choice((DatabaseGone(dice.choice((0.3, 1.5))), MailServerBreaks(), Deploys())),),
        "fault of a call": (ProviderMisbehaves(dice.choice(API_FAULTS), times=dice.choice((1, 2, 3))),),
        "fault of a delivery": _lost_for_good() if loses_webhooks else (_odd_delivery(dice),),
    }
    return happenings[what]


def _odd_delivery(dice: random.Random) -> Act:
    return ProviderMisbehaves(dice.choice(WEBHOOK_FAULTS), times=dice.choice((1, 2)), losses=dice.choice((1, 2)))


def _lost_for_good() -> Sequence[Act]:
    return (ProviderMisbehaves("drop", times=3, losses=LOST_FOR_GOOD),)
