"""Documents as the pieces of text that public pages show, and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from campaign.domain.documents.fields import Texts, row_of, specs
from campaign.domain.documents.kinds import (
    DOCUMENTS,
    LearningText,
    LineRow,
    OtherWaysText,
    PageText,
    SectionRow,
    WayRow,
)
from campaign.domain.documents.reading import split_detail
from campaign.services.campaigns.mail_sentences import MAIL_PLACE
from campaign.services.campaigns.page import TextPart

PAGE, MAIL = "page:", "mail:"
LEARNING_LISTS = {"insights": "insight", "methods": "method", "data": "data"}
"""Field of the learning plan → what its pieces are called in `facts["part"]`."""
OWN_FACTS = frozenset(
    {
        *("details", "fund", "is_demo", "is_hidden", "kind", "latitude_centidegrees", "longitude_centidegrees"),
        *("page", "part", "place", "year"),
    }
)
"""What documents write into `facts`; everything else there belongs to others and stays."""


@dataclass(frozen=True, slots=True)
class RowMapping:
    """How the rows of a document stand in the table of sections."""

    place: str
    rows: str
    heading: str
    body: str
    facts: Mapping[str, str] = field(default_factory=dict)
    """Field of the row → its name in `facts`."""


_POINT = {"latitude": "latitude_centidegrees", "longitude": "longitude_centidegrees"}
MAPPINGS: Mapping[str, RowMapping] = {
    "story": RowMapping("story", "sections", "heading", "body"),
    "asks": RowMapping("ask", "asks", "title", "body", {"fund": "fund"}),
    "reached": RowMapping("reached", "results", "figure", "label"),
    "places": RowMapping("place", "places", "name", "sentence", _POINT),
    "partners": RowMapping("partner", "partners", "name", "role"),
    "questions": RowMapping("question", "questions", "question", "answer"),
}
PLACES: Mapping[str, str] = {
    **{name: mapping.place for name, mapping in MAPPINGS.items()},
    "learning": "learning",
    "other_ways": "other_way",
    **{name: "page" for name in DOCUMENTS if name.startswith(PAGE)},
    **{name: MAIL_PLACE for name in DOCUMENTS if name.startswith(MAIL)},
}
"""Document → the place of its pieces in the table of sections."""


def belongs_to(name: str, part: TextPart) -> bool:
    """Whether a piece that stands at a document's place is the document's: standing pages share one, emails another."""
    if name.startswith(MAIL):
        return part.slug == name.removeprefix(MAIL)
    return not name.startswith(PAGE) or part.facts.get("page") == name.removeprefix(PAGE)


def document_of_parts(name: str, parts: Sequence[TextPart]) -> Any:
    """Return a document as it is published."""
    if name in MAPPINGS:
        return _document_of_rows(name, MAPPINGS[name], parts)
    if name.startswith(MAIL):
        opening, closing = specs(DOCUMENTS[name])
        return DOCUMENTS[name](**{opening: parts[0].heading if parts else {}, closing: parts[0].body if parts else {}})
    if name == "learning":
        return _learning_of(parts)
    return _other_ways_of(parts) if name == "other_ways" else _page_of(parts)


def parts_of_document(name: str, document: Any) -> list[TextPart]:
    """Return the pieces that a document is published as."""
    if name in MAPPINGS:
        mapping = MAPPINGS[name]
        return [_part_of_row(mapping, row) for row in getattr(document, mapping.rows)]
    if name.startswith(MAIL):
        opening, closing = (getattr(document, field) for field in specs(DOCUMENTS[name]))
        part = TextPart(slug=name.removeprefix(MAIL), heading=opening, body=closing, facts={})
        return [part] if opening or closing else []
    if name == "learning":
        return _parts_of_learning(document)
    return _parts_of_other_ways(document) if name == "other_ways" else _parts_of_page(name, document)


def with_facts_of_others(parts: Iterable[TextPart], published: Iterable[TextPart]) -> list[TextPart]:
    """Return the pieces with what others have noted about the published ones of the same name."""
    known = {
        part.slug: {name: value for name, value in part.facts.items() if name not in OWN_FACTS} for part in published
    }
    return [
        TextPart(slug=part.slug, heading=part.heading, body=part.body, facts=known.get(part.slug, {}) | part.facts)
        for part in parts
    ]


def _document_of_rows(name: str, mapping: RowMapping, parts: Sequence[TextPart]) -> Any:
    kind = DOCUMENTS[name]
    row_kind = row_of(specs(kind)[mapping.rows])
    return kind(**{mapping.rows: tuple(_row_of_part(row_kind, mapping, part) for part in parts)})


def _row_of_part(row_kind: type[Any], mapping: RowMapping, part: TextPart) -> Any:
    blank: dict[str, object] = {"fund": "", "latitude": 0, "longitude": 0}
    others = {name: part.facts.get(fact, blank[name]) for name, fact in mapping.facts.items()}
    hidden = {"is_hidden": bool(part.facts.get("is_hidden"))}
    return row_kind(key=part.slug, **{mapping.heading: part.heading, mapping.body: part.body}, **others, **hidden)


def _part_of_row(mapping: RowMapping, row: Any) -> TextPart:
    facts = {fact: getattr(row, name) for name, fact in mapping.facts.items()} | _hidden(row)
    return TextPart(slug=row.key, heading=getattr(row, mapping.heading), body=getattr(row, mapping.body), facts=facts)


def _hidden(row: Any) -> dict[str, object]:
    return {"is_hidden": True} if row.is_hidden else {}


def _learning_of(parts: Sequence[TextPart]) -> LearningText:
    head = next((part for part in parts if part.facts.get("part") == "plan"), None)
    facts: Mapping[str, Any] = head.facts if head else {}
    lists = {
        name: tuple(LineRow(key=part.slug, body=part.body) for part in parts if part.facts.get("part") == noted)
        for name, noted in LEARNING_LISTS.items()
    }
    return LearningText(
        title=head.heading if head else {},
        plan_kind=facts.get("kind", {}),
        place=facts.get("place", {}),
        year=facts.get("year", 0),
        latitude=facts.get("latitude_centidegrees", 0),
        longitude=facts.get("longitude_centidegrees", 0),
        handover=head.body if head else {},
        **lists,
    )


def _parts_of_learning(document: LearningText) -> list[TextPart]:
    """Return the plan and its lists; nothing where it has no title, so that the page leaves the whole block out."""
    if not document.title:
        return []
    facts: dict[str, object] = {
        "part": "plan",
        "year": document.year,
        "latitude_centidegrees": document.latitude,
        "longitude_centidegrees": document.longitude,
        "kind": document.plan_kind,
        "place": document.place,
    }
    head = TextPart(slug="learning-1", heading=document.title, body=document.handover, facts=facts)
    return [
        head,
        *(
            TextPart(slug=row.key, heading={}, body=row.body, facts={"part": noted})
            for name, noted in LEARNING_LISTS.items()
            for row in getattr(document, name)
        ),
    ]


def _other_ways_of(parts: Sequence[TextPart]) -> OtherWaysText:
    lead = next((part.body for part in parts if part.facts.get("part") == "lead"), {})
    ways = tuple(
        WayRow(
            key=part.slug,
            title=part.heading,
            body=part.body,
            details=_detail_texts(part.facts.get("details")),
            is_demo=bool(part.facts.get("is_demo")),
            is_hidden=bool(part.facts.get("is_hidden")),
        )
        for part in parts
        if part.facts.get("part") != "lead"
    )
    return OtherWaysText(lead=lead, ways=ways)


def _parts_of_other_ways(document: OtherWaysText) -> list[TextPart]:
    lead = TextPart(slug="lead", heading={}, body=document.lead, facts={"part": "lead"})
    ways = [
        TextPart(
            slug=way.key,
            heading=way.title,
            body=way.body,
            facts={"part": "way", "is_demo": way.is_demo, "details": _details_of(way.details), **_hidden(way)},
        )
        for way in document.ways
    ]
    return [lead, *ways] if document.lead else list(ways)


def _detail_texts(noted: object) -> Texts:
    """Return labelled values as lines per language: `Bank: Demo bank`."""
    pairs: list[dict[str, Texts]] = noted if isinstance(noted, list) else []
    languages = dict.fromkeys(code for pair in pairs for code in (*pair["label"], *pair["value"]))
    return {
        code: "\n".join(f"{pair['label'].get(code, '')}: {pair['value'].get(code, '')}" for pair in pairs)
        for code in languages
    }


def _details_of(texts: Texts) -> list[dict[str, Texts]]:
    lines = {code: [split_detail(line) for line in text.splitlines()] for code, text in texts.items()}
    count = max(map(len, lines.values()), default=0)
    return [
        {
            "label": {code: pairs[index][0] for code, pairs in lines.items() if index < len(pairs)},
            "value": {code: pairs[index][1] for code, pairs in lines.items() if index < len(pairs)},
        }
        for index in range(count)
    ]


def _page_of(parts: Sequence[TextPart]) -> PageText:
    head = parts[0] if parts else None
    sections = tuple(
        SectionRow(key=part.slug, heading=part.heading, body=part.body, is_hidden=bool(part.facts.get("is_hidden")))
        for part in parts[1:]
    )
    return PageText(title=head.heading if head else {}, lead=head.body if head else {}, sections=sections)


def _parts_of_page(name: str, document: PageText) -> list[TextPart]:
    page = name.removeprefix(PAGE)
    head = TextPart(slug=page, heading=document.title, body=document.lead, facts={"page": page})
    return [
        head,
        *(
            TextPart(slug=row.key, heading=row.heading, body=row.body, facts={"page": page, **_hidden(row)})
            for row in document.sections
        ),
    ]
