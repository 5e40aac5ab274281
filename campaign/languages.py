"""The languages of the interface: those whose catalogue is installed, with what CLDR knows about each of them.

A catalogue is a folder `translations/CODE/` with `LC_MESSAGES/messages.po`; English stands in the code and needs none.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.core import Locale, UnknownLocaleError, get_global

from campaign.project import PACKAGE

FOLDER = PACKAGE / "translations"
SOURCE = "en"
"""The language in which the texts stand in the code."""


@dataclass(frozen=True, slots=True)
class LanguageFacts:
    """What CLDR knows about a language."""

    code: str
    name: str
    """In the language itself."""
    direction: str
    """Of its script: `ltr` or `rtl`."""
    og_locale: str
    """With the territory where most of its readers live, as Open Graph writes it: `ky_KG`."""


class UnknownLanguage(ValueError):
    """CLDR has no language with this code."""


@cache
def language_facts(code: str) -> LanguageFacts:
    """Describe a language by its ISO 639 code of two or three letters.

    Raises:
        UnknownLanguage: it is no such code.
    """
    if not (2 <= len(code) <= 3 and code.isascii() and code.islower() and code.isalpha()):
        raise UnknownLanguage(code)
    try:
        locale = Locale.parse(code)
    except (UnknownLocaleError, ValueError) as error:
        raise UnknownLanguage(code) from error
    name = locale.get_display_name(code) or code
    territory = str(get_global("likely_subtags").get(code, "")).rpartition("_")[2]
    og_locale = f"{code}_{territory}" if territory else code
    return LanguageFacts(code, name[0].upper() + name[1:], locale.text_direction, og_locale)


def language_name(code: str) -> str:
    """Name a language in itself; the code where CLDR does not know it."""
    try:
        return language_facts(code).name
    except UnknownLanguage:
        return code


def installed() -> tuple[str, ...]:
    """Return the codes of the languages that the interface has, in the order in which lists show them."""
    return _installed_in(FOLDER)


def catalogue_path(code: str, folder: Path | None = None) -> Path:
    """Return where the catalogue of a language is, or would be."""
    return (folder or FOLDER) / code / "LC_MESSAGES" / "messages.po"


@cache
def _installed_in(folder: Path) -> tuple[str, ...]:
    """Look for catalogues once. The order is that of `languages.toml`; a language that it does not name comes last."""
    listed = folder / "languages.toml"
    order = tomllib.loads(listed.read_text(encoding="utf-8"))["order"] if listed.exists() else [SOURCE]
    codes = {path.parents[1].name for path in folder.glob("*/LC_MESSAGES/messages.po")} | {SOURCE}
    return tuple(sorted(codes, key=lambda code: (order.index(code) if code in order else len(order), code)))


class LanguageNames(Mapping[str, str]):
    """Code → name of each installed language, read at each use."""

    def __getitem__(self, code: str) -> str:
        if code not in installed():
            raise KeyError(code)
        return language_name(code)

    def __iter__(self) -> Iterator[str]:
        return iter(installed())

    def __len__(self) -> int:
        return len(installed())
