"""`flask donation states`: the tables of states in the program, written as docs/donation-states.md."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import click
from flask.cli import AppGroup

from campaign.domain.disputes import (
    DISPUTE_STATES,
    UNDECIDED,
    WORDS,
    DisputeLost,
    DisputeOpen,
    DisputeState,
    DisputeWord,
    MoneyPosition,
)
from campaign.domain.donation import (
    TRANSITIONS,
    DonationAlreadyPaid,
    DonationClosed,
    DonationState,
    Fact,
    NotRefundable,
    RefundState,
    RefundTooLarge,
)
from campaign.domain.errors import DomainError
from campaign.domain.pledge import (
    PROVIDER_TRANSITIONS,
    REQUEST_TRANSITIONS,
    Act,
    PauseTooLong,
    PauseTooShort,
    PledgeIsPaused,
    PledgeIsStopping,
    PledgeNotPaused,
    PledgeNotStopping,
    PledgeState,
    PledgeStopped,
    PledgeUnpaid,
    PledgeWord,
    refusal,
)
from campaign.domain.refunding import UNDER_WAY_STATES
from campaign.domain.settling_refunds import REFUNDED_STATES

donation = AppGroup("donation", help="Gifts.")

Refusal = type[DomainError]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePage:
    """The states of one thing: their meaning, a drawing and a table of the transitions, and the name of each refusal."""

    title: str
    about: str
    states: Mapping[StrEnum, str]  # with what each means
    draw: Callable[[], Iterator[str]]  # lines of Markdown
    refusals: tuple[Refusal, ...] = field(default=())


def _payment() -> Iterator[str]:
    yield from _diagram((str(old), str(new), str(fact)) for (old, fact), new in TRANSITIONS.items() if old is not new)
    yield ""
    yield f"| state | {' | '.join(Fact)} |"
    yield "|---" * (len(Fact) + 1) + "|"
    for state in DonationState:
        cells = (TRANSITIONS.get((state, fact), "–") for fact in Fact)
        yield f"| {state} | {' | '.join(str(cell) for cell in cells)} |"
    yield ""
    yield "A dash: the fact says nothing new, or comes too late to matter."


def _refund() -> Iterator[str]:
    yield "| state | counts as sent back | takes from what may be sent back |"
    yield "|---|---|---|"
    for state in REFUND_STATES:
        yield f"| {state} | {_yes(state in REFUNDED_STATES)} | {_yes(state in UNDER_WAY_STATES)} |"


def _dispute() -> Iterator[str]:
    yield f"| the money was withdrawn | {' | '.join(DisputeWord)} |"
    yield "|---" * (len(DisputeWord) + 1) + "|"
    for where in MoneyPosition:
        yield f"| {where} | {' | '.join(DISPUTE_STATES[where, word] for word in DisputeWord)} |"
    yield ""
    for word in DisputeWord:
        called = [f"`{status}`" for status, meaning in WORDS.items() if meaning is word] or ["every other word"]
        yield f"- *{word}*: {', '.join(called)}"
    yield ""
    yield "| state | somebody should look after it |"
    yield "|---|---|"
    for state in DisputeState:
        yield f"| {state} | {_yes(state in UNDECIDED)} |"


def _pledge() -> Iterator[str]:
    yield from _diagram(
        (str(old), str(new), str(act)) for (old, act), new in REQUEST_TRANSITIONS.items() if old is not new
    )
    yield ""
    yield f"| what the provider says | {' | '.join(PledgeWord)} |"
    yield "|---" * (len(PledgeWord) + 1) + "|"
    for state in PledgeState:
        yield f"| {state} | {' | '.join(PROVIDER_TRANSITIONS.get((state, word), state) for word in PledgeWord)} |"
    yield ""
    yield f"| what is asked | {' | '.join(PledgeState)} |"
    yield "|---" * (len(PledgeState) + 1) + "|"
    for act in Act:
        yield f"| {act} | {' | '.join(_requested_state(state, act) for state in PledgeState)} |"


def _requested_state(state: PledgeState, act: Act) -> str:
    broken = refusal(state, act)
    return f"`{broken.__name__}`" if broken else str(REQUEST_TRANSITIONS[state, act])


REFUND_STATES: Mapping[StrEnum, str] = {
    RefundState.REQUESTED: "written down; the provider has not been asked, or has not answered",
    RefundState.PENDING: "the provider has it; the money is on its way",
    RefundState.SUCCEEDED: "the money has left; the donor's bank may still send it back, days later",
    RefundState.FAILED: "refused by the provider, or sent back by the donor's bank: the money is ours again",
    RefundState.CANCELED: "taken back at the provider before it left",
}
PAGES = [
    StatePage(
        title="The payment of a gift",
        about="Payment only goes forward: an older fact never undoes a newer one, and money beats expiry.",
        states={
            DonationState.CREATED: "our row stands; the provider may or may not know of it",
            DonationState.OPEN: "the payment page exists and waits for the donor",
            DonationState.PROCESSING: "the donor has done her part; the money takes some days",
            DonationState.PAID: "the money has come",
            DonationState.EXPIRED: "the payment page was not used in time",
            DonationState.FAILED: "a payment that takes days did not come",
        },
        draw=_payment,
        refusals=(DonationAlreadyPaid, DonationClosed),
    ),
    StatePage(
        title="The refunds of a gift",
        about="A set, keyed by the provider's ids; what was sent back is added up anew each time. No state of the payment.",
        states=REFUND_STATES,
        draw=_refund,
        refusals=(NotRefundable, RefundTooLarge, DisputeOpen, DisputeLost),
    ),
    StatePage(
        title="The disputes of a gift",
        about="A set as well. Where the money is, by its balance transactions, decides; the provider's word tells the rest. "
        "What was lost and written off stays lost until the money comes back.",
        states={
            DisputeState.INQUIRY: "the donor's bank only asks; no money has moved, and a whole refund ends it",
            DisputeState.OPEN: "the bank holds the money, or is about to",
            DisputeState.WON: "the money came back",
            DisputeState.LOST: "the donor keeps the money",
            DisputeState.CLOSED: "it ended, and no money ever moved",
        },
        draw=_dispute,
    ),
    StatePage(
        title="A monthly gift",
        about="The provider charges, tries again and gives up by itself, so its word is followed; what is stopped stays so. "
        "Each paid month is a gift with states of its own, as above.",
        states={
            PledgeState.ACTIVE: "the next month will be charged",
            PledgeState.PAUSED: "nothing is charged, until a day or until it goes on",
            PledgeState.PAST_DUE: "the last month could not be charged; the provider tries again",
            PledgeState.STOPPING: "it ends when the paid month is over",
            PledgeState.STOPPED: "nothing is ever charged again",
        },
        draw=_pledge,
        refusals=(
            PledgeStopped,
            PledgeIsStopping,
            PledgeNotStopping,
            PledgeIsPaused,
            PledgeNotPaused,
            PledgeUnpaid,
            PauseTooShort,
            PauseTooLong,
        ),
    ),
]
"""What the page tells of, in this order."""
HEAD = """# States of a gift

Drawn by `flask --app wsgi donation states` from the tables that the program runs on; a test holds this page to them.
"""


@donation.command()
def states() -> None:
    """Print docs/donation-states.md."""
    click.echo(drawn(), nl=False)


def drawn() -> str:
    """The whole page."""
    return "\n".join([HEAD, *("\n".join(_section(page)) for page in PAGES)])


def _section(page: StatePage) -> Iterator[str]:
    yield f"## {page.title}\n"
    yield f"{page.about}\n"
    yield from (f"- **{state}**: {meaning}" for state, meaning in page.states.items())
    yield ""
    yield from page.draw()
    yield ""
    if page.refusals:
        yield "| refused as | because |"
        yield "|---|---|"
        for refusal in page.refusals:
            yield f"| `{refusal.__name__}` | {' '.join(str(refusal.__doc__).split())} |"
        yield ""


def _diagram(steps: Iterator[tuple[str, str, str]]) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield from (f"    {old} --> {new}: {fact}" for old, new, fact in steps)
    yield "```"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
