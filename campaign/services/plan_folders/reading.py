"""Makes typed rows of a campaign's files, and notes each key that no campaign has, each that is missing or of a wrong type."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from campaign.languages import UnknownLanguage, installed, language_facts
from campaign.services.plan_folders import schema
from campaign.services.plan_folders.folder import Folder, TomlFile
from campaign.services.plan_folders.problems import Problems
from campaign.services.plan_folders.schema import MARKDOWN, RowKind
from campaign.services.plan_folders.toml_lines import Path as KeyPath
from campaign.services.plan_folders.values import ValueReader


@dataclass
class PlanRow:
    """A row that was read, and where it stands."""

    kind: RowKind
    source: TomlFile
    path: KeyPath
    values: dict[str, Any]
    below: "dict[str, list[PlanRow]]" = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Return the name of its file."""
        return self.source.name

    @property
    def line(self) -> int:
        """Return the line on which it begins."""
        return self.source.line(self.path)

    def line_of(self, name: str) -> int:
        """Return the line of one of its keys."""
        return self.source.line((*self.path, name))

    def each(self) -> "Iterator[PlanRow]":
        """Return the row and all rows below it."""
        yield self
        for rows in self.below.values():
            for row in rows:
                yield from row.each()


@dataclass
class CampaignFiles:
    """A campaign as its files have it: one head, and lists of rows by the name of their file."""

    head: PlanRow
    lists: dict[str, list[PlanRow]]
    texts: dict[str, list[PlanRow]]
    pictures: list[Path]
    """The file of each row of `pictures`."""

    def each(self) -> Iterator[PlanRow]:
        """Return every row."""
        for rows in ([self.head], *self.lists.values(), *self.texts.values()):
            for row in rows:
                yield from row.each()


def read_rows(folder: Folder, problems: Problems, *, today: date) -> CampaignFiles | None:
    """Make rows of the files; None when there is no head to make a campaign of."""
    if "campaign.toml" not in folder.files:
        return None
    return _Reader(folder, problems, today).read()


class _Reader:
    def __init__(self, folder: Folder, problems: Problems, today: date) -> None:
        self._folder, self._problems = folder, problems
        head = folder.files["campaign.toml"].content
        as_of = head.get("dates_as_of")
        shift = today - as_of if type(as_of) is date else timedelta()
        self._values = ValueReader(frozenset(self._languages_of(folder.files["campaign.toml"])), shift)

    def read(self) -> CampaignFiles:
        head_file = self._folder.files["campaign.toml"]
        head = self._row(schema.campaign_kind(), head_file.content, head_file, ())
        lists = {name: self._list(f"{name}.toml", kind) for name, kind in schema.list_kinds().items()}
        texts = {
            name.removeprefix("texts/").removesuffix(".toml"): self._list(name, schema.section_kind())
            for name in self._folder.files
            if name.startswith("texts/")
        }
        for number, row in enumerate(lists["updates"], start=1):
            self._add_markdown(row, f"updates/{number:02}")
        for place, rows in texts.items():
            for number, row in enumerate(rows, start=1):
                self._add_markdown(row, f"texts/{place}/{number:02}-{row.values.get('slug', '')}")
        for stem, texts_of_stem in self._folder.texts.items():
            for code in texts_of_stem:
                self._problems.add(f"{stem}.{code}.md", 0, "No row has this text: its number or its name fits none.")
        return CampaignFiles(head, lists, texts, self._pictures(lists["pictures"]))

    def _pictures(self, rows: list[PlanRow]) -> list[Path]:
        """Return the file of each row; one without a row is noted."""
        files, pictures = dict(self._folder.pictures), []
        for number, row in enumerate(rows, start=1):
            path = files.pop(f"pictures/{number:02}", None)
            if path is None:
                self._problems.add(row.file, row.line, f"The picture pictures/{number:02}.jpg is missing.")
            else:
                pictures.append(path)
        for path in files.values():
            self._problems.add(f"pictures/{path.name}", 0, "No row of pictures.toml has this number.")
        return pictures

    def _languages_of(self, file: TomlFile) -> set[str]:
        codes = []
        for key in ("languages", "unlisted_languages"):
            value = file.content.get(key)
            for code in value if isinstance(value, list) else ():
                try:
                    codes.append(language_facts(str(code)).code)
                except UnknownLanguage:
                    self._problems.add(file.name, file.line((key,)), f"“{code}” is no code of a language, such as ru.")
        return set(codes) or set(installed())

    def _list(self, name: str, kind: RowKind) -> list[PlanRow]:
        file = self._folder.files.get(name)
        if file is None:
            return []
        key = name.rpartition("/")[2].removesuffix(".toml")
        for unknown in file.content.keys() - {key}:
            self._problems.add(
                name, file.line((unknown,)), f"“{unknown}” does not belong here; rows begin with [[{key}]]."
            )
        return self._rows(kind, file.content.get(key, []), file, (key,))

    def _rows(self, kind: RowKind, value: object, file: TomlFile, path: KeyPath) -> list[PlanRow]:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self._problems.add(file.name, file.line(path), f"“{path[-1]}” is no list of rows; each begins with [[…]].")
            return []
        return [self._row(kind, row, file, (*path, number)) for number, row in enumerate(value)]

    def _row(self, kind: RowKind, row: dict[str, Any], file: TomlFile, path: KeyPath) -> PlanRow:
        known = [*kind.fields, *kind.below]
        for name in row.keys() - set(known):
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Is “{near[0]}” meant?" if near else ""
            self._problems.add(file.name, file.line((*path, name)), f"“{name}” is no key of this row.{hint}")
        for name, entry in kind.fields.items():
            if entry.is_required and name not in row:
                self._problems.add(file.name, file.line(path), f"“{name}” is missing.")
        values = {}
        for name in (name for name in kind.fields if name in row):
            complaint, value = self._values.value_of(kind.fields[name], row[name])
            if complaint:
                self._problems.add(file.name, self._line_in(file, (*path, name), row[name], complaint), complaint)
            else:
                values[name] = value
        below = {name: self._rows(inner, row.get(name, []), file, (*path, name)) for name, inner in kind.below.items()}
        return PlanRow(kind, file, path, values, below)

    def _line_in(self, file: TomlFile, path: KeyPath, value: object, complaint: str) -> int:
        """Return the line of the language that the complaint names, where it names one."""
        codes = [code for code in value if f"“{code}”" in complaint] if isinstance(value, dict) else []
        return file.line((*path, *codes[:1]))

    def _add_markdown(self, row: PlanRow, stem: str) -> None:
        """Give a row its long texts, which no longer look for one then."""
        for code, text in self._folder.texts.pop(stem, {}).items():
            file = f"{stem}.{code}.md"
            own = row.values.setdefault(MARKDOWN, {})
            complaint, _ = self._values.texts_of(row.kind.fields[MARKDOWN], {code: text})
            if code in own:
                complaint = f"The text stands in {row.file}:{row.line_of(MARKDOWN)} too; leave one of the two out."
            if complaint:
                self._problems.add(file, 0, complaint)
            own[code] = text
