"""Opens the files of a campaign's folder: text of a bounded size, at the places that a folder has, and nothing else."""

import os
import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from campaign.domain.picture import MAX_BYTES
from campaign.services.plan_folders import schema
from campaign.services.plan_folders.problems import Problems
from campaign.services.plan_folders.toml_lines import Path as KeyPath
from campaign.services.plan_folders.toml_lines import lines_of, read_toml

MAX_FILE_BYTES = 300_000
MAX_FILES = 2_000
MARKDOWN_FILE = re.compile(r"((?:updates|texts/[a-z_]{1,40})/[a-z0-9_-]{1,80})\.([a-z]{2,3})\.md")
PICTURE_FILE = re.compile(r"(pictures/[0-9]{2,4})\.[a-z]{3,4}")
TEXTS_FILE = re.compile(r"texts/([a-z_]{1,40})\.toml")
IGNORED = re.compile(r"\.|README\.md$")
"""Hidden files of editors and version control, and notes for people."""


@dataclass(frozen=True)
class TomlFile:
    """A file that was read, with the line of each key, which is looked for only where something is wrong."""

    name: str
    content: dict[str, Any]
    source: str

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """Path of a key → the line on which its statement begins."""
        return lines_of(self.source)

    def line(self, path: KeyPath) -> int:
        """Return the line of a key or of the first row under it, else that of what it is in."""
        while path and path not in self.lines and (*path, 0) not in self.lines:
            path = path[:-1]
        return self.lines.get(path) or self.lines.get((*path, 0), 1)


@dataclass
class Folder:
    """Everything that a folder has, as it stands there: TOML files by name, long texts by stem and language."""

    files: dict[str, TomlFile] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    pictures: dict[str, Path] = field(default_factory=dict)


def open_folder(root: Path, problems: Problems) -> Folder:
    """Read every file; what is wrong with one is noted and the others are read all the same."""
    folder = Folder()
    if not root.is_dir():
        problems.add(str(root), 0, "There is no such folder.")
        return folder
    names = _names_in(root, problems)
    if len(names) > MAX_FILES:
        problems.add(str(root), 0, f"The folder has {len(names)} files; a campaign has at most {MAX_FILES}.")
        return folder
    for name in names:
        _read_file(folder, root / name, name, problems)
    if "campaign.toml" not in names:
        problems.add("campaign.toml", 0, "The file is missing.")
    return folder


def _read_file(folder: Folder, path: Path, name: str, problems: Problems) -> None:
    """Put a file where it belongs in the folder, by its name."""
    if picture := PICTURE_FILE.fullmatch(name):
        _add_picture(folder, picture[1], path, name, problems)
        return
    source = _source(path, name, problems)
    if source is None:
        return
    if markdown := MARKDOWN_FILE.fullmatch(name):
        folder.texts.setdefault(markdown[1], {})[markdown[2]] = source.removesuffix("\n")
    elif _is_toml(name):
        _read_toml(folder, name, source, problems)
    else:
        problems.add(name, 0, "No file of this name belongs to a campaign.")


def _add_picture(folder: Folder, stem: str, path: Path, name: str, problems: Problems) -> None:
    if stem in folder.pictures:
        problems.add(name, 0, "There is another file with this number.")
    elif path.stat().st_size > MAX_BYTES:
        problems.add(name, 0, f"The picture has more than {MAX_BYTES} bytes.")
    folder.pictures.setdefault(stem, path)


def _is_toml(name: str) -> bool:
    lists = {f"{key}.toml" for key in (*schema.list_kinds(), "campaign")}
    return name in lists or TEXTS_FILE.fullmatch(name) is not None


def _names_in(root: Path, problems: Problems) -> list[str]:
    """List files below the folder without following any link."""
    names = []
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*files, *folders]):
            path = Path(place) / name
            relative = path.relative_to(root).as_posix()
            if IGNORED.match(relative) or IGNORED.match(name):
                continue
            if path.is_symlink():
                problems.add(relative, 0, "This is a link; put the file itself here.")
            elif path.is_file():
                names.append(relative)
            elif not path.is_dir():
                problems.add(relative, 0, "This is neither a file nor a folder.")
    return sorted(names)


def _source(path: Path, name: str, problems: Problems) -> str | None:
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        problems.add(name, 0, f"The file has {size} bytes; at most {MAX_FILE_BYTES} are read.")
        return None
    try:
        source = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problems.add(name, line, "This is not UTF-8 text. Save the file as UTF-8.")
        return None
    except OSError as error:
        problems.add(name, 0, f"The file cannot be read: {error.strerror}.")
        return None
    source = source.replace("\r\n", "\n")
    control = re.search(r"[\x00-\x08\x0b-\x1f\x7f]", source)
    if control:
        problems.add(
            name, source.count("\n", 0, control.start()) + 1, "There is a control character, as in a binary file."
        )
        return None
    return source


def _read_toml(folder: Folder, name: str, source: str, problems: Problems) -> None:
    try:
        content = read_toml(source)
    except tomllib.TOMLDecodeError as error:
        sentence, _, place = str(error).partition(" (at ")
        line = re.search(r"line (\d+)", place)
        end = source.rstrip().count("\n") + 1
        problems.add(name, int(line[1]) if line else end, f"This is not TOML: {sentence}.")
        return
    folder.files[name] = TomlFile(name, content, source)
