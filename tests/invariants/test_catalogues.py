"""Every text of the product stands in every catalogue, whole: no slot empty, nothing fuzzy, nothing lost."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from campaign.languages import SOURCE, catalogue_path, installed
from tests.support.tree import ROOT

LANGUAGES = {code: get_plural(code).num_plurals for code in installed() if code != SOURCE}
"""Language → its plural forms in gettext."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")
EXTRACTED = {"_", "gettext", "ngettext", "pgettext", "npgettext", "lazy_gettext", "lazy_ngettext", "lazy_pgettext"}
"""Functions whose texts the extraction finds."""
TAG = re.compile(r"</?\w+")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The messages as they stand in code and templates now."""
    path = tmp_path_factory.mktemp("messages") / "messages.pot"
    tools = Path(sys.executable).parent
    subprocess.run(["make", "--silent", "i18n-extract", f"POT={path}", f"BIN={tools}"], cwd=ROOT, check=True)
    with path.open("rb") as file:
        return read_po(file)


@cache
def catalogue(language: str) -> Catalog:
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def forms(message: Message) -> tuple[str, ...]:
    """The text, or each of its plural forms."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def originals(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(template: Catalog, language: str) -> None:
    missing = []
    for message in template:
        translation = catalogue(language).get(originals(message)[0], message.context) if message.id else message
        if message.id and (translation is None or translation.fuzzy or not all(forms(translation))):
            missing.append(originals(message)[0])
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plural_forms_are_those_of_the_language(language: str) -> None:
    assert catalogue(language).num_plurals == LANGUAGES[language]
    plurals = [message for message in catalogue(language) if isinstance(message.id, tuple | list)]
    assert {len(forms(message)) for message in plurals} <= {LANGUAGES[language]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_what_is_filled_in(language: str) -> None:
    changed = [
        form
        for message in catalogue(language)
        if message.id
        for form in forms(message)
        if form and _shape(form) != _shape(originals(message)[-1])
    ]
    assert changed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_country_is_named_as_it_names_itself(language: str) -> None:
    assert [form for message in catalogue(language) for form in forms(message) if "киргиз" in form.lower()] == []


def test_no_russian_sentence_ends_with_a_day() -> None:
    """A day ends in «г.», so two full stops would meet."""
    ends = re.compile(r"%\((?:day|date|until|ends_on)\)s\.")
    assert [form for message in catalogue("ru") for form in forms(message) if ends.search(form)] == []


def _shape(text: str) -> tuple[set[str], list[str], bool, bool]:
    """What is filled in, the tags, and whether the text begins or ends with a space."""
    return set(PLACEHOLDER.findall(text)), sorted(TAG.findall(text)), text.startswith(" "), text.endswith(" ")


def test_no_name_hides_a_text_from_the_catalogues() -> None:
    """The extraction knows functions by name: a text under another name is shown in English everywhere."""
    renamed = re.compile(r"\b(?:lazy_)?n?p?gettext as (\w+)")
    names = {name for file in (ROOT / "campaign").rglob("*.py") for name in renamed.findall(file.read_text())}
    assert names <= EXTRACTED


def test_a_text_inside_an_f_string_stands_elsewhere_too(template: Catalog) -> None:
    """The extraction does not look into f-strings: a text that is only there is in no catalogue."""
    inside = {
        str(node.args[0].value)
        for file in (ROOT / "campaign").rglob("*.py")
        for string in ast.walk(ast.parse(file.read_text()))
        if isinstance(string, ast.JoinedStr)
        for node in ast.walk(string)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in EXTRACTED
        if isinstance(node.args[0], ast.Constant)
    }
    assert {text for text in inside if template.get(text) is None} == set()
