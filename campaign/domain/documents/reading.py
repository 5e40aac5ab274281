"""Reading a draft: the typed document that it means, and what stands in the way of publishing it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from campaign.domain.amount_text import InvalidAmount, parse_amount
from campaign.domain.documents.fields import YES, FieldKind, FieldSpec, row_of, specs
from campaign.domain.documents.links import bad_links
from campaign.domain.documents.placeholders import unknown_placeholders
from campaign.domain.money import Money


class ProblemKind(StrEnum):
    """What is wrong with a field."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    BAD_LINK = "bad_link"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    BAD_DETAIL = "bad_detail"
    DETAILS_DIFFER = "details_differ"
    NOT_A_NUMBER = "not_a_number"
    NOT_DEGREES = "not_degrees"
    NOT_AN_AMOUNT = "not_an_amount"
    OUT_OF_BOUNDS = "out_of_bounds"
    UNKNOWN_CHOICE = "unknown_choice"
    REPEATED = "repeated"
    TOO_MANY_ROWS = "too_many_rows"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A field that cannot be published; `language` is empty for what is the same in every language."""

    path: str
    language: str
    kind: ProblemKind
    detail: str = ""
    limit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a campaign allows its documents."""

    languages: tuple[str, ...]
    """The first one is the source of the translations."""
    currency: str
    bounds: Mapping[str, tuple[Money, Money]] = field(default_factory=dict)
    """Currency → the least and the greatest gift."""
    funds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """The document of a draft, as far as it can be read, and its problems in the order of the page."""

    document: Any
    problems: tuple[FieldProblem, ...]


_NUMBER = re.compile(r"[0-9]{1,6}")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:[.,][0-9]{1,6})?")
_UNREADABLE = object()
MAX_DEGREES = 180_00


def read(kind: type[Any], draft: Mapping[str, Any], rules: Rules) -> Reading:
    """Read a draft; rows whose values cannot be read are left out of the document and named in the problems."""
    problems: list[FieldProblem] = []
    values = _values(kind, draft, rules, problems, "")
    problems.extend(_halves(getattr(kind, "pairs", ()), values))
    readable = {name: 0 if value is _UNREADABLE else value for name, value in values.items()}
    return Reading(kind(**readable), tuple(problems))


def _values(
    kind: type[Any], draft: Mapping[str, Any], rules: Rules, problems: list[FieldProblem], before: str
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, spec in specs(kind).items():
        path = before + name
        if spec.kind is FieldKind.ROWS:
            values[name] = _rows(spec, draft[name], rules, problems, path)
        elif spec.is_text:
            values[name] = {code: text for code, text in draft[name].items() if text}
            problems.extend(_text_problems(spec, path, values[name], rules.languages))
        else:
            values[name] = _plain_value(spec, path, draft, rules, problems)
    return values


def _rows(
    spec: FieldSpec, typed: Sequence[Mapping[str, Any]], rules: Rules, problems: list[FieldProblem], path: str
) -> tuple[Any, ...]:
    row_kind = row_of(spec)
    if len(typed) > spec.max_rows:
        problems.append(FieldProblem(path, "", ProblemKind.TOO_MANY_ROWS, limit=spec.max_rows))
    rows, known = [], set()
    for row in typed:
        values = _values(row_kind, row, rules, problems, f"{path}.{row['key']}.")
        if _UNREADABLE in values.values():
            continue
        unique = tuple(values[name] for name in getattr(row_kind, "unique", ()))
        if unique and unique in known:
            last = row_kind.unique[-1]
            problems.append(FieldProblem(f"{path}.{row['key']}.{last}", "", ProblemKind.REPEATED))
            continue
        known.add(unique)
        rows.append(row_kind(key=row["key"], **values))
    return tuple(rows)


def _text_problems(
    spec: FieldSpec, path: str, texts: Mapping[str, str], languages: tuple[str, ...]
) -> Iterable[FieldProblem]:
    if spec.is_required and not texts:
        yield FieldProblem(path, languages[0], ProblemKind.MISSING)
    for language, text in texts.items():
        if len(text) > spec.max_length:
            yield FieldProblem(path, language, ProblemKind.TOO_LONG, str(len(text)), spec.max_length)
        if spec.kind is FieldKind.MARKDOWN:
            yield from (FieldProblem(path, language, ProblemKind.BAD_LINK, link[:100]) for link in bad_links(text))
        if spec.placeholders:
            unknown = unknown_placeholders(text, spec.placeholders)
            yield from (FieldProblem(path, language, ProblemKind.UNKNOWN_PLACEHOLDER, name[:100]) for name in unknown)
    if spec.kind is FieldKind.DETAILS:
        yield from _detail_problems(path, texts)


def _halves(pairs: tuple[str, ...], values: Mapping[str, Any]) -> Iterable[FieldProblem]:
    """Yield the languages that have one of two texts which belong together."""
    for name in pairs:
        others = {language for other in pairs if other != name for language in values[other]}
        yield from (
            FieldProblem(name, language, ProblemKind.MISSING) for language in sorted(others - values[name].keys())
        )


def _detail_problems(path: str, texts: Mapping[str, str]) -> Iterable[FieldProblem]:
    counts = {language: len(text.splitlines()) for language, text in texts.items()}
    first = next(iter(counts.values()), 0)
    for language, text in texts.items():
        bad = next((line for line in text.splitlines() if not all(part.strip() for part in split_detail(line))), None)
        if bad is not None:
            yield FieldProblem(path, language, ProblemKind.BAD_DETAIL, bad[:100])
        elif counts[language] != first:
            yield FieldProblem(path, language, ProblemKind.DETAILS_DIFFER, str(counts[language]), first)


def split_detail(line: str) -> tuple[str, str]:
    """Return the label and the value of a line; one of them is empty where there is no colon."""
    label, _colon, value = line.partition(":")
    return label.strip(), value.strip()


def _plain_value(
    spec: FieldSpec, path: str, draft: Mapping[str, Any], rules: Rules, problems: list[FieldProblem]
) -> Any:
    typed = str(draft[path.rpartition(".")[2]])
    if spec.kind is FieldKind.FLAG:
        return typed == YES
    if spec.kind is FieldKind.AMOUNT:
        value, wrong = _amount(typed, draft, rules)
    elif spec.kind is FieldKind.NUMBER:
        value, wrong = _number(typed)
    elif spec.kind is FieldKind.DEGREES:
        value, wrong = _degrees(typed, is_required=spec.is_required)
    else:
        allowed = rules.bounds if spec.kind is FieldKind.CURRENCY else rules.funds | {""}
        value, wrong = (typed, None) if typed in allowed else (_UNREADABLE, ProblemKind.UNKNOWN_CHOICE)
    if wrong is not None:
        problems.append(FieldProblem(path, "", wrong, typed[:100]))
    return value


def _amount(typed: str, draft: Mapping[str, Any], rules: Rules) -> tuple[Any, ProblemKind | None]:
    """Return an amount in the row's currency, which must be one that a donor can give; else in the campaign's."""
    code = str(draft.get("currency", rules.currency))
    if "currency" in draft and code not in rules.bounds:
        return _UNREADABLE, None  # the currency is the problem
    try:
        amount = parse_amount(typed, code)
    except InvalidAmount:
        return _UNREADABLE, ProblemKind.NOT_AN_AMOUNT
    least, most = rules.bounds.get(code, (amount, amount)) if "currency" in draft else (amount, amount)
    return amount, None if least <= amount <= most else ProblemKind.OUT_OF_BOUNDS


def _number(typed: str) -> tuple[Any, ProblemKind | None]:
    return (int(typed or 0), None) if _NUMBER.fullmatch(typed or "0") else (_UNREADABLE, ProblemKind.NOT_A_NUMBER)


def _degrees(typed: str, *, is_required: bool) -> tuple[Any, ProblemKind | None]:
    if not typed and not is_required:
        return 0, None
    if not _DEGREES.fullmatch(typed):
        return _UNREADABLE, ProblemKind.NOT_DEGREES
    hundredths = round(float(typed.replace(",", ".")) * 100)
    return (hundredths, None) if abs(hundredths) <= MAX_DEGREES else (_UNREADABLE, ProblemKind.NOT_DEGREES)
