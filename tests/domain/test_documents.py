"""Documents: their forms round-trip, drafts are read with sentences for what is wrong, translations grow old."""

from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain.documents.differences import PieceKind, changes_between, compare_texts
from campaign.domain.documents.drafts import (
    dump,
    fingerprint,
    normalized,
    same_content,
    with_row_added,
    with_row_moved,
    with_row_removed,
)
from campaign.domain.documents.fields import YES, Draft, FieldKind, FieldSpec, row_of, specs
from campaign.domain.documents.form_names import draft_of_form, form_fields
from campaign.domain.documents.kinds import DOCUMENTS, AmountsText, HeroText, OtherWaysText, StoryText
from campaign.domain.documents.links import bad_links
from campaign.domain.documents.merging import marks_of, merge, read_marks
from campaign.domain.documents.reading import ProblemKind, Rules, read
from campaign.domain.documents.translation import TranslationState, translation_states, updated_sources
from campaign.domain.money import Money
from campaign.domain.typed_text import markdown_source

LANGUAGES = ("en", "ru", "ky")
RULES = Rules(
    languages=LANGUAGES,
    currency="USD",
    bounds={"USD": (Money(5_00, "USD"), Money(5_000_00, "USD")), "KGS": (Money(100_00, "KGS"), Money(9_000_00, "KGS"))},
    funds=frozenset({"GEN", "THEME-SPACE"}),
)
WORDS = st.text("abAБөң 1é", min_size=1, max_size=12).map(lambda text: " ".join(text.split()) or "a")


def values_of(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """Values of a field that can be published, as they are typed."""
    plain = {
        FieldKind.FLAG: st.sampled_from(["", YES]),
        FieldKind.NUMBER: st.integers(1, 9999).map(str),
        FieldKind.DEGREES: st.integers(-9000, 9000).map(lambda value: f"{value / 100:.2f}"),
        FieldKind.AMOUNT: st.integers(100, 5000).map(str),
        FieldKind.CURRENCY: st.sampled_from(["USD", "KGS"]),
        FieldKind.FUND: st.sampled_from(["", "GEN"]),
    }
    if spec.kind is FieldKind.ROWS:
        return st.lists(drafts_of(row_of(spec)), max_size=3).map(_with_keys)
    if spec.kind is FieldKind.DETAILS:
        return st.dictionaries(st.sampled_from(LANGUAGES), WORDS.map(lambda word: f"{word}: {word}"))
    if not spec.is_text:
        return plain[spec.kind]
    return st.dictionaries(st.sampled_from(LANGUAGES), WORDS, min_size=1 if spec.is_required else 0)


def _with_keys(rows: list[Draft]) -> list[Draft]:
    return [{"key": f"row-{number}", **row} for number, row in enumerate(rows)]


def drafts_of(kind: type[Any]) -> st.SearchStrategy[Draft]:
    return st.fixed_dictionaries({name: values_of(spec) for name, spec in specs(kind).items()})


def rebuilt(kind: type[Any], draft: Draft) -> Draft:
    return draft_of_form(kind, form_fields(kind, draft, LANGUAGES), LANGUAGES)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_merge_takes_over_what_one_has_changed_and_names_what_both_have(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["hero", "story", "learning", "other_ways"]))
    kind = DOCUMENTS[name]
    before, mine, theirs = (data.draw(drafts_of(kind)) for _ in range(3))
    if data.draw(st.booleans()):  # most texts are changed by nobody
        texts = data.draw(st.sampled_from([field for field, spec in specs(kind).items()]))
        mine = {**before, texts: mine[texts]}
    base, own, other = (form_fields(kind, draft, LANGUAGES) for draft in (before, mine, theirs))
    merged = merge(kind, marks_of(kind, before, LANGUAGES), mine, theirs, LANGUAGES)
    fields = form_fields(kind, merged.draft, LANGUAGES)
    conflicts = {conflict.path: conflict for conflict in merged.conflicts}
    lists = {field for field, spec in specs(kind).items() if spec.kind is FieldKind.ROWS}
    for path in fields.keys() - lists:
        if path in own and path in other and path in base:
            is_mine_changed, is_theirs_changed = own[path] != base[path], other[path] != base[path]
            assert fields[path] == (own[path] if is_mine_changed else other[path])
            assert (path in conflicts) == (is_mine_changed and is_theirs_changed and own[path] != other[path])
        elif path in base:  # a row that one of the two has removed, and the other has changed
            assert ".".join(path.split(".")[:2]) in conflicts
    for rows in lists:
        keys = {draft: set(fields[rows].split()) for draft, fields in (("b", base), ("m", own), ("t", other))}
        assert (keys["m"] | keys["t"]) - keys["b"] <= set(fields[rows].split()) <= keys["m"] | keys["t"]
        assert keys["m"] & keys["t"] <= set(fields[rows].split())


@pytest.mark.parametrize("name", ["hero", "story", "learning"])
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_merge_with_nothing_on_one_side_is_the_other_side(name: str, data: st.DataObject) -> None:
    kind = DOCUMENTS[name]
    before, after = (rebuilt(kind, data.draw(drafts_of(kind))) for _ in range(2))
    marks = marks_of(kind, before, LANGUAGES)
    for mine, theirs in ((before, after), (after, before), (after, after)):
        merged = merge(kind, marks, mine, theirs, LANGUAGES)
        assert (merged.draft, merged.conflicts) == (after, ())


@pytest.mark.parametrize("typed", ["", "[]", '{"title.en": 1}', "{", '{"a": "' + "x" * 200_000 + '"}'])
def test_marks_that_cannot_be_read_are_none(typed: str) -> None:
    assert read_marks(typed) is None


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_a_form_shows_is_what_it_sends_and_what_it_means(name: str, data: st.DataObject) -> None:
    kind = DOCUMENTS[name]
    draft = data.draw(drafts_of(kind))
    assert draft_of_form(kind, form_fields(kind, draft, LANGUAGES), LANGUAGES) == draft
    outcome = read(kind, draft, RULES)
    if not {problem.kind for problem in outcome.problems} <= {ProblemKind.REPEATED, ProblemKind.OUT_OF_BOUNDS}:
        pytest.fail(str(outcome.problems))
    if not outcome.problems:
        again = dump(outcome.document)
        assert same_content(again, draft)
        assert read(kind, again, RULES).document == outcome.document


def test_a_draft_says_what_is_wrong_and_loses_nothing() -> None:
    hero = normalized(HeroText, {"title": {"en": "a" * 121}, "summary": {}})
    problems = [(problem.path, problem.language, problem.kind) for problem in read(HeroText, hero, RULES).problems]
    assert problems == [("title", "en", ProblemKind.TOO_LONG), ("summary", "en", ProblemKind.MISSING)]
    amounts = {
        "amounts": [
            {"key": "a", "currency": "USD", "amount": "1,500", "impact": {}},
            {"key": "b", "currency": "RUB", "amount": "15", "impact": {}},
            {"key": "c", "currency": "USD", "amount": "2", "impact": {}},
            {"key": "d", "currency": "USD", "amount": "25", "impact": {}},
            {"key": "e", "currency": "USD", "amount": "25.00", "impact": {}},
        ]
    }
    outcome = read(AmountsText, amounts, RULES)
    assert [problem.kind for problem in outcome.problems] == [
        ProblemKind.NOT_AN_AMOUNT,
        ProblemKind.UNKNOWN_CHOICE,
        ProblemKind.OUT_OF_BOUNDS,
        ProblemKind.REPEATED,
    ]
    assert [row.key for row in outcome.document.amounts] == ["c", "d"]


def test_account_details_have_the_same_lines_in_every_language() -> None:
    way = {"key": "a", "title": {"en": "Bank"}, "body": {}, "is_demo": "", "is_hidden": ""}
    for details, kinds in (
        ({"en": "Bank: Demo\nIBAN: 1:2", "ru": "Банк: Демо\nIBAN: 1:2"}, []),
        ({"en": "Bank: Demo\nIBAN: 1", "ru": "Банк: Демо"}, [ProblemKind.DETAILS_DIFFER]),
        ({"en": "no colon"}, [ProblemKind.BAD_DETAIL]),
    ):
        draft = {"lead": {}, "ways": [{**way, "details": details}]}
        assert [problem.kind for problem in read(OtherWaysText, draft, RULES).problems] == kinds


@pytest.mark.parametrize(
    ("source", "bad"),
    [
        ("[a](https://example.org/x?y=1#z) [b](/en/about) [c](#top) [d](mailto:a@b.kg) [e](tel:+996312)", []),
        ("[a](javascript:alert(1)) [b](//evil.example)", ["javascript:alert(1", "//evil.example"]),
        ("[c](www.example.org)", ["www.example.org"]),
        ("[a](http://) [b]( <data:text/html> )", ["http://", "data:text/html"]),
        ("[ref]: ftp://example.org\n\n[x][ref]", ["ftp://example.org"]),
        ("[a]()", [""]),
    ],
)  # fmt: skip
def test_links_that_lead_nowhere_are_named(source: str, bad: list[str]) -> None:
    assert bad_links(source) == bad


def test_markdown_loses_what_is_invisible_and_retains_its_lists() -> None:
    typed = "- one\r\n  - two\u202e\n\n\n\n\tthree \u200f four   \n    "
    assert markdown_source(typed) == "- one\n  - two\n\n    three four"


def test_a_translation_is_outdated_when_its_source_changes_until_it_is_changed_or_confirmed() -> None:
    first = normalized(HeroText, {"title": {"en": "One", "ru": "Раз"}})
    second = normalized(HeroText, {"title": {"en": "Two", "ru": "Раз"}})
    third = normalized(HeroText, {"title": {"en": "Two", "ru": "Два"}})

    def state(before: Draft, after: Draft, *confirmed: tuple[str, str]) -> TranslationState:
        sources = updated_sources(HeroText, before, after, {}, source_language="en", confirmed=confirmed)
        return translation_states(HeroText, after, sources, LANGUAGES)["title", "ru"]

    assert state(first, second) is TranslationState.OUTDATED
    assert state(first, second, ("title", "ru")) is TranslationState.CURRENT
    assert state(first, third) is TranslationState.CURRENT
    states = translation_states(HeroText, first, {}, LANGUAGES)
    assert states["title", "ky"] is TranslationState.MISSING
    assert states["kicker", "ky"] is TranslationState.CURRENT  # no language has it


def test_rows_move_come_and_go() -> None:
    story: Draft = {"sections": []}
    for key in "abc":
        story = with_row_added(StoryText, story, "sections", key)
    assert [row["key"] for row in with_row_moved(story, "sections", "c", -1)["sections"]] == ["a", "c", "b"]
    assert with_row_moved(story, "sections", "a", -1) == story
    assert [row["key"] for row in with_row_removed(story, "sections", "b")["sections"]] == ["a", "c"]
    assert fingerprint(story) == fingerprint(
        with_row_removed(with_row_added(StoryText, story, "sections", "d"), "sections", "a")
    )


@settings(max_examples=40, deadline=None)
@given(before=WORDS, after=WORDS)
def test_a_comparison_has_both_texts_in_it(before: str, after: str) -> None:
    pieces = compare_texts(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.REMOVED) == after


def test_changes_name_rows_that_came_went_and_moved() -> None:
    row = {"heading": {"en": "A"}, "body": {}, "is_hidden": ""}
    before = {"sections": [{"key": key, **row} for key in "abc"]}
    after = {"sections": [{"key": key, **row} for key in "cad"]}
    kinds = [(change.kind, change.number) for change in changes_between(StoryText, before, after, LANGUAGES)]
    assert kinds == [("added", 3), ("changed", 3), ("moved", 0), ("removed", 2)]


def test_a_comparison_ends_soon_whatever_repeats_in_the_texts() -> None:
    begun = process_time()
    for word in ("a b ", "a\nb\n"):
        compare_texts(word * 700, (word + word[:2]) * 500)
    assert process_time() - begun < 1  # it took half a minute
    prose = " ".join(f"word{number}" for number in range(900))
    changed = compare_texts(prose, prose.replace("word500", "other"))
    assert [piece.text for piece in changed if piece.kind is not PieceKind.SAME] == ["word500", "other"]
