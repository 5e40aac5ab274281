"""The retired words stand in no name, no prose and no text; what still has them is listed, and the list only shrinks."""

from collections import defaultdict
from functools import cache
from pathlib import Path

from tests.invariants.test_glossary import texts
from tests.support.retired_words import STAYS, RetiredWord, names_in, words_in
from tests.support.tree import ROOT, known_files, name_of

NOT_YET = Path(__file__).with_suffix(".txt")
"""Files and folders, one on each line, that are still to be converted; take out what is clean, add nothing."""
DEFINED_HERE = {
    "tests/support/retired_words.py",
    "tests/invariants/test_retired_words.py",
    "tests/invariants/test_glossary.py",
}


def test_no_retired_word_outside_the_files_still_to_be_converted() -> None:
    listed = _not_yet()
    lines = [
        f"{name}:{one.line}: {one.word} (use: {one.term})"
        for name, words in _retired().items()
        for one in words
        if not any(_covers(entry, name) for entry in listed)
    ]
    assert lines == []


def test_what_is_converted_leaves_the_list() -> None:
    clean = [entry for entry in _not_yet() if not any(_covers(entry, name) for name in _retired())]
    assert clean == []


def test_no_retired_word_in_the_texts_that_are_translated() -> None:
    words = [f"{text!r}: {one.word} (use: {one.term})" for _, text in texts("en") for one in words_in(text)]
    assert words == []


def test_the_search_finds_names_and_prose() -> None:
    assert [one.term for one in words_in("It mends\nthe worn page.")] == ["fix, repair, update", "exhausted"]
    assert [one.line for one in words_in("one\n\nlaid aside")] == [3]
    assert list(words_in("os.walk and ast.walk are Python’s")) == []


@cache
def _retired() -> dict[str, list[RetiredWord]]:
    """The retired words of each file that has any."""
    words: defaultdict[str, list[RetiredWord]] = defaultdict(list)
    for file in known_files():
        name = name_of(file)
        if name in DEFINED_HERE or not _is_ours(file):
            continue
        stays = STAYS.get(name, {})
        words[name] += [one for one in words_in(file.read_text(encoding="utf-8")) if one.word.lower() not in stays]
        if file.suffix == ".py":
            words[name] += names_in(file)
    return {name: sorted(set(some)) for name, some in words.items() if some}


def _is_ours(file: Path) -> bool:
    """Return whether a file has code, a template or documentation; the demo's texts are those of its organisation."""
    top = file.relative_to(ROOT).parts[0]
    if top in {"campaign", "receipts", "tests"}:
        return file.suffix in {".py", ".md"} or "templates" in file.parts
    return file.name in {"README.md", "CONTRIBUTING.md", "web_server.py", "wsgi.py"} or (
        top == "docs" and file.suffix == ".md"
    )


def _not_yet() -> list[str]:
    return NOT_YET.read_text(encoding="utf-8").split()


def _covers(entry: str, name: str) -> bool:
    """Return whether an entry of the list, a file or a folder with its slash, stands for a file."""
    return name.startswith(entry) if entry.endswith("/") else name == entry
