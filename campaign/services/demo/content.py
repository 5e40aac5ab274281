"""A campaign's plan as typed, frozen data, read from a folder of TOML files; one wrong key refuses the whole plan.

Nothing here knows a particular campaign: a second one is a second folder. Amounts are integers of minor units in the
campaign's currency unless a class says otherwise; texts are tables with one entry for each of the three languages. Days
are counted from the day on which the plan is loaded, so that a demonstration has never ended already.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from campaign.services.demo.plan_file import Text, record_in, rows_in


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A heading and its body, in light Markdown."""

    heading: Text
    body: Text


@dataclass(frozen=True, slots=True)
class Ask:
    """One of the campaign's requests; `fund` is the code of the fund that pays for it."""

    fund: str
    title: Text
    body: Text


@dataclass(frozen=True, slots=True)
class Reached:
    """A result of the programme: the figure as each language writes it, and what it counts."""

    value: Text
    label: Text


@dataclass(frozen=True, slots=True)
class Place:
    """Where the campaign works, with one sentence about it; degrees north and east put it on the map."""

    latitude: float
    longitude: float
    name: Text
    sentence: Text


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner and their contribution."""

    name: Text
    role: Text


@dataclass(frozen=True, slots=True)
class LearningPlan:
    """What was learned, how, from which data and where; latitude and longitude in degrees north and east."""

    year: int
    latitude: float
    longitude: float
    title: Text
    kind: Text
    place: Text
    handover: Text
    insights: tuple[Text, ...]
    methods: tuple[Text, ...]
    data: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class PlannedPreset:
    """An amount offered on the form, in minor units of its own currency, and what it pays for."""

    amount_minor: int
    impact: Text


@dataclass(frozen=True, slots=True)
class CurrencyPlan:
    """What can be given in one currency, in its minor units.

    The fee is `fee_rate_bp` basis points of the payment plus `fee_fixed_minor`; the gross-up of a gift uses both.
    """

    code: str
    min_minor: int
    max_minor: int
    fee_rate_bp: int
    fee_fixed_minor: int
    presets: tuple[PlannedPreset, ...]


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuer, as printed on the receipt."""

    legal_name: Text
    address: Text
    registration: Text
    place: Text


@dataclass(frozen=True, slots=True)
class Image:
    """The alternative text of the picture that stands at `key`."""

    key: str
    alt: Text


@dataclass(frozen=True, slots=True)
class PlannedCampaign:
    """The campaign itself; `demo_figures` names the fields that were chosen for a demonstration."""

    slug: str
    is_demo: bool
    demo_figures: tuple[str, ...]
    currency: str
    goal_minor: int
    starts_in_days: int
    ends_in_days: int
    contact_email: str
    name: Text
    title: Text
    kicker: Text
    summary: Text
    trust_line: Text
    demo_notice: Text
    story: tuple[PlannedSection, ...]
    asks: tuple[Ask, ...]
    reached: tuple[Reached, ...]
    places: tuple[Place, ...]
    partners: tuple[Partner, ...]
    learning_plan: LearningPlan
    currencies: tuple[CurrencyPlan, ...]
    issuer: Issuer
    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True)
class PlannedFund:
    """A purpose that a donor can choose; a goal of 0 means that it has none of its own."""

    code: str
    goal_minor: int
    demo: bool
    title: Text
    description: Text


@dataclass(frozen=True, slots=True)
class PlannedCost:
    """One line of a budget."""

    name: Text
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """A planned event; its plan adds up to its goal, and `fund` pays for it."""

    code: str
    fund: str
    starts_in_days: int
    goal_minor: int
    demo: bool
    title: Text
    summary: Text
    place: Text
    plan: tuple[PlannedCost, ...]


@dataclass(frozen=True, slots=True)
class PlannedGrant:
    """A planned call for one grant; its plan adds up to its goal, and `fund` pays for it."""

    code: str
    fund: str
    opens_in_days: int
    closes_in_days: int
    goal_minor: int
    demo: bool
    title: Text
    purpose: Text
    summary: Text
    plan: tuple[PlannedCost, ...]


@dataclass(frozen=True, slots=True)
class PlannedBudgetLine:
    """A running cost that money is allocated to, as to an event."""

    code: str
    fund: str
    goal_minor: int
    demo: bool
    title: Text
    summary: Text


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """A stage of the campaign's total, and what it makes possible."""

    amount_minor: int
    demo: bool
    title: Text
    summary: Text


@dataclass(frozen=True, slots=True)
class PlannedUpdate:
    """A piece of news; the body is light Markdown."""

    slug: str
    published_in_days: int
    demo: bool
    author: Text
    title: Text
    body: Text


@dataclass(frozen=True, slots=True)
class Question:
    """A question that donors ask, and the answer."""

    question: Text
    answer: Text


@dataclass(frozen=True, slots=True)
class Detail:
    """A labelled line of account data."""

    label: Text
    value: Text


@dataclass(frozen=True, slots=True)
class Way:
    """A way to give without a card."""

    code: str
    demo: bool
    title: Text
    body: Text
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class OtherWays:
    """The page about giving without a card."""

    lead: Text
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A standing page, such as the one about privacy."""

    slug: str
    updated_on: date
    title: Text
    lead: Text
    sections: tuple[PlannedSection, ...]


@dataclass(frozen=True, slots=True)
class Supporters:
    """Material for synthetic gifts; `{number}` in the name becomes the gift's running number."""

    demo: bool
    name: Text
    messages: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """Everything that a campaign starts with."""

    campaign: PlannedCampaign
    funds: tuple[PlannedFund, ...]
    events: tuple[PlannedEvent, ...]
    grants: tuple[PlannedGrant, ...]
    lines: tuple[PlannedBudgetLine, ...]
    milestones: tuple[PlannedMilestone, ...]
    updates: tuple[PlannedUpdate, ...]
    questions: tuple[Question, ...]
    other_ways: OtherWays
    pages: tuple[PlannedPage, ...]
    supporters: Supporters


def plan_folders() -> tuple[Path, ...]:
    """Every folder beside this file that holds a plan, by name."""
    return tuple(sorted(file.parent for file in Path(__file__).parent.glob("*/campaign.toml")))


def load_plan(folder: Path | None = None) -> CampaignPlan:
    """Read and check the plan in `folder`, by default the first one of `plan_folders`.

    Raises:
        UnusablePlan: with the file and the path inside it.
    """
    home = plan_folders()[0] if folder is None else folder
    return CampaignPlan(
        campaign=record_in(home / "campaign.toml", PlannedCampaign),
        funds=rows_in(home / "funds.toml", PlannedFund),
        events=rows_in(home / "events.toml", PlannedEvent),
        grants=rows_in(home / "grants.toml", PlannedGrant),
        lines=rows_in(home / "lines.toml", PlannedBudgetLine),
        milestones=rows_in(home / "milestones.toml", PlannedMilestone),
        updates=rows_in(home / "updates.toml", PlannedUpdate),
        questions=rows_in(home / "questions.toml", Question),
        other_ways=record_in(home / "other_ways.toml", OtherWays),
        pages=rows_in(home / "pages.toml", PlannedPage),
        supporters=record_in(home / "supporters.toml", Supporters),
    )
