"""The documents of a campaign: one dataclass for each, and the table of all of them by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from campaign.domain.documents.fields import (
    FieldKind,
    Texts,
    labelled_lines,
    line,
    markdown,
    plain,
    rows,
    sentences,
    text,
)
from campaign.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class HeroText:
    """How the campaign's page opens."""

    title: Annotated[Texts, line(120, is_required=True)]
    kicker: Annotated[Texts, line(120)]
    summary: Annotated[Texts, text(400, is_required=True)]
    trust_line: Annotated[Texts, text(300)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRow:
    """A heading and its text."""

    key: str
    heading: Annotated[Texts, line(120, is_required=True)]
    body: Annotated[Texts, markdown(6000)]
    is_hidden: Annotated[bool, plain(FieldKind.FLAG)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryText:
    """The campaign's story."""

    sections: Annotated[tuple[SectionRow, ...], rows(SectionRow, 30)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRow:
    """One request, and the fund that pays for it."""

    key: str
    title: Annotated[Texts, line(120, is_required=True)]
    body: Annotated[Texts, markdown(2000)]
    fund: Annotated[str, plain(FieldKind.FUND)]
    is_hidden: Annotated[bool, plain(FieldKind.FLAG)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AsksText:
    """What the campaign asks for."""

    asks: Annotated[tuple[AskRow, ...], rows(AskRow, 12)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountRow:
    """An amount that the gift form offers, and what it pays for."""

    unique: ClassVar[tuple[str, ...]] = ("currency", "amount")
    key: str
    currency: Annotated[str, plain(FieldKind.CURRENCY)]
    amount: Annotated[Money, plain(FieldKind.AMOUNT)]
    impact: Annotated[Texts, text(200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountsText:
    """The suggested amounts of every currency."""

    amounts: Annotated[tuple[AmountRow, ...], rows(AmountRow, 60)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRow:
    """A stage on the way to the goal, in the campaign's currency."""

    unique: ClassVar[tuple[str, ...]] = ("amount",)
    key: str
    amount: Annotated[Money, plain(FieldKind.AMOUNT)]
    title: Annotated[Texts, line(120, is_required=True)]
    body: Annotated[Texts, text(500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestonesText:
    """The campaign's milestones."""

    milestones: Annotated[tuple[MilestoneRow, ...], rows(MilestoneRow, 20)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """A figure and what it counts."""

    key: str
    figure: Annotated[Texts, line(40, is_required=True)]
    label: Annotated[Texts, text(250, is_required=True)]
    is_hidden: Annotated[bool, plain(FieldKind.FLAG)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsText:
    """What has been achieved."""

    results: Annotated[tuple[ResultRow, ...], rows(ResultRow, 20)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A place on the map; degrees north and east, in hundredths."""

    key: str
    name: Annotated[Texts, line(80, is_required=True)]
    sentence: Annotated[Texts, text(300)]
    latitude: Annotated[int, plain(FieldKind.DEGREES, is_required=True)]
    longitude: Annotated[int, plain(FieldKind.DEGREES, is_required=True)]
    is_hidden: Annotated[bool, plain(FieldKind.FLAG)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesText:
    """Where the campaign works."""

    places: Annotated[tuple[PlaceRow, ...], rows(PlaceRow, 20)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """A partner and their contribution."""

    key: str
    name: Annotated[Texts, line(160, is_required=True)]
    role: Annotated[Texts, text(300)]
    is_hidden: Annotated[bool, plain(FieldKind.FLAG)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnersText:
    """Who takes part."""

    partners: Annotated[tuple[PartnerRow, ...], rows(PartnerRow, 30)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One line of a list."""

    key: str
    body: Annotated[Texts, text(400, is_required=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningText:
    """What was learned, how, from which data and where."""

    title: Annotated[Texts, line(160)]
    plan_kind: Annotated[Texts, line(120)]
    place: Annotated[Texts, line(120)]
    year: Annotated[int, plain(FieldKind.NUMBER)]
    latitude: Annotated[int, plain(FieldKind.DEGREES)]
    longitude: Annotated[int, plain(FieldKind.DEGREES)]
    handover: Annotated[Texts, text(600)]
    insights: Annotated[tuple[LineRow, ...], rows(LineRow, 20, is_list=True)]
    methods: Annotated[tuple[LineRow, ...], rows(LineRow, 20, is_list=True)]
    data: Annotated[tuple[LineRow, ...], rows(LineRow, 20, is_list=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A question and its answer."""

    key: str
    question: Annotated[Texts, line(200, is_required=True)]
    answer: Annotated[Texts, markdown(3000, is_required=True)]
    is_hidden: Annotated[bool, plain(FieldKind.FLAG)]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsText:
    """Questions and answers."""

    questions: Annotated[tuple[QuestionRow, ...], rows(QuestionRow, 40)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRow:
    """A way to give without a card; `is_demo` marks account data that were invented."""

    key: str
    title: Annotated[Texts, line(120, is_required=True)]
    body: Annotated[Texts, markdown(3000)]
    details: Annotated[Texts, labelled_lines(2000)]
    is_demo: Annotated[bool, plain(FieldKind.FLAG)]
    is_hidden: Annotated[bool, plain(FieldKind.FLAG)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWaysText:
    """The page about giving without a card."""

    lead: Annotated[Texts, markdown(1500)]
    ways: Annotated[tuple[WayRow, ...], rows(WayRow, 15)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """A standing page."""

    title: Annotated[Texts, line(120, is_required=True)]
    lead: Annotated[Texts, markdown(1500)]
    sections: Annotated[tuple[SectionRow, ...], rows(SectionRow, 40)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """The campaign's own sentences of an email; an empty one leaves the usual sentence."""

    opening: Annotated[Texts, sentences(600, "amount", "purpose")]
    closing: Annotated[Texts, sentences(1000, "amount", "purpose")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeMailText:
    """The campaign's own sentences around those that say what happens to a monthly gift, which stay."""

    added_opening: Annotated[Texts, sentences(600, "amount", "purpose")]
    added_closing: Annotated[Texts, sentences(1000, "amount", "purpose")]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDocument:
    """An update that was published, as it is corrected."""

    pairs: ClassVar[tuple[str, str]] = ("title", "body")
    title: Annotated[Texts, line(200, is_required=True)]
    body: Annotated[Texts, markdown(20_000, is_required=True)]
    author: Annotated[Texts, line(200)]


UPDATE = "update:"
"""Begins the name of an update's document; its public id follows."""
DOCUMENTS: Mapping[str, type[Any]] = {
    "hero": HeroText,
    "story": StoryText,
    "asks": AsksText,
    "amounts": AmountsText,
    "milestones": MilestonesText,
    "reached": ResultsText,
    "places": PlacesText,
    "partners": PartnersText,
    "learning": LearningText,
    "questions": QuestionsText,
    "other_ways": OtherWaysText,
    "page:about": PageText,
    "page:privacy": PageText,
    "page:accessibility": PageText,
    "mail:receipt": MailText,
    "mail:monthly": MailText,
    "mail:pledge_reminder": PledgeMailText,
    "mail:pledge_changed": PledgeMailText,
    "mail:pledge_confirm": PledgeMailText,
    "mail:pledge_unpaid": PledgeMailText,
    "mail:pledge_card": PledgeMailText,
    "mail:pledge_ending": PledgeMailText,
    "mail:pledge_stopped": PledgeMailText,
}
"""Every document that staff may edit, in the order of the list."""
