"""A folder with mistakes is refused with all of them at once, each with its file, its line and a clear sentence."""

import os
import time
from datetime import date
from pathlib import Path

import pytest

from campaign.services.plan_folders.folder import MAX_FILE_BYTES
from campaign.services.plan_folders.importing import read_folder
from campaign.services.plan_folders.problems import FolderRefused
from campaign.services.plan_folders.reading import CampaignFiles

TODAY = date(2026, 12, 1)
CAMPAIGN = """\
slug = "school-library"
currency = "KGS"
goal_minor = 50000000
starts_on = 2026-12-10
ends_on = 2027-03-08
languages = ["ky", "ru"]
name.ru = "Школьная библиотека"
title.ru = "Книги детям"
contact_email = "library@school.example"
series = "LIB"

[[currencies]]
currency = "KGS"
minimum_minor = 20000
maximum_minor = 90000000
fee_basis_points = 290
fee_fixed_minor = 2500

[[currencies.amounts]]
amount_minor = 100000
impact.ru = "Одна книга"
"""
FUNDS = """\
[[funds]]
code = "GEN"
title.ru = "Где нужнее"
goal_minor = 0

[[funds]]
code = "BOOKS"
title.ru = "Книги"
goal_minor = 50000000
"""
EVENTS = """\
[[events]]
code = "EVENT-1"
theme = "BOOKS"
title.ru = "Открытие"
goal_minor = 100000
starts_on = 2027-01-15

[[events.budget]]
title.ru = "Чай"
amount_minor = 100000
currency = "KGS"
"""
STORY = '[[story]]\nslug = "why"\nheading.ru = "Зачем"\n'
FILES = {"campaign.toml": CAMPAIGN, "funds.toml": FUNDS, "events.toml": EVENTS, "texts/story.toml": STORY}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        put(tmp_path, name, content.encode())
    put(tmp_path, "texts/story/01-why.ru.md", "Потому что дети читают.\n".encode())
    return tmp_path


def put(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def read(folder: Path) -> CampaignFiles:
    return read_folder(folder, today=TODAY)


def complaints(folder: Path) -> list[str]:
    with pytest.raises(FolderRefused) as refusal:
        read(folder)
    return [str(problem) for problem in refusal.value.problems]


def test_a_small_folder_written_by_hand_is_a_campaign(folder: Path) -> None:
    files = read(folder)
    assert files.head.values["languages"] == ["ky", "ru"]
    assert [row.values["code"] for row in files.lists["funds"]] == ["GEN", "BOOKS"]
    assert files.texts["story"][0].values["body"] == {"ru": "Потому что дети читают."}


CHANGES = [
    (
        "campaign.toml",
        "goal_minor",
        "gaol_minor",
        ["1: “goal_minor” is missing.", "3: “gaol_minor” is no key of this row. Is “goal_minor” meant?"],
    ),
    ("campaign.toml", "50000000", '"a lot"', ["3: “goal_minor” is not a whole number without quotation marks."]),
    ("campaign.toml", "50000000", "true", ["3: “goal_minor” is not a whole number without quotation marks."]),
    ("campaign.toml", "50000000", "0.5", ["3: “goal_minor” is not a whole number without quotation marks."]),
    ("campaign.toml", "50000000", "99999999999999999999", ["3: “goal_minor” is too large."]),
    ("campaign.toml", "50000000", "0", ["3: The rule “goal_minor > 0” is not kept."]),
    (
        "campaign.toml",
        "2027-03-08",
        '"2027-03-08"',
        ["5: “ends_on” is not a day such as 2027-03-08, without quotation marks."],
    ),
    (
        "campaign.toml",
        "2027-03-08",
        "2027-03-08T09:00:00Z",
        ["5: “ends_on” is not a day such as 2027-03-08, without quotation marks."],
    ),
    ("campaign.toml", "2027-03-08", "2026-01-01", ["5: The rule “ends_on > starts_on” is not kept."]),
    ("campaign.toml", "2027-03-08", "2027-13-08", ["5: This is not TOML"]),
    ("campaign.toml", '"ky", "ru"', '"kyrgyz", "ru"', ["6: “kyrgyz” is no code of a language, such as ru."]),
    (
        "campaign.toml",
        "title.ru",
        "title.de",
        ["8: “de” is not a language of the campaign: “languages” in campaign.toml has"],
    ),
    (
        "campaign.toml",
        'title.ru = "Книги детям"',
        "title.ru = 5",
        ["8: “title” in the language “ru” is not a text in quotation marks."],
    ),
    ("campaign.toml", '"Книги детям"', '" "', ["8: “title” is empty in every language."]),
    ("campaign.toml", '"Книги детям"', '"a\\u0000b"', ["8: “title” has a character that no page can show."]),
    (
        "campaign.toml",
        '"Книги детям"',
        f'"{"a" * 20_001}"',
        ["8: “title” has 20001 characters; at most 20000 are taken."],
    ),
    ("campaign.toml", "school-library", "../../etc", ["1: “slug” has small letters, digits and hyphens alone."]),
    ("campaign.toml", '"KGS"\ngoal', '"XXX"\ngoal', ["2: “XXX” is no currency in which gifts can be taken."]),
    (
        "campaign.toml",
        '"KGS"\ngoal',
        '"USD"\ngoal',
        ["2: The campaign’s own currency USD is not among [[currencies]]."],
    ),
    (
        "campaign.toml",
        "amount_minor = 100000",
        "amount_minor = []",
        ["20: “amount_minor” is not a whole number without quotation marks."],
    ),
    (
        "campaign.toml",
        "= 20000\n",
        "= 200000000\n",
        ["15: The rule “0 < minimum_minor AND minimum_minor < maximum_minor” is not kept."],
    ),
    ("campaign.toml", '"LIB"', '"lib-1"', ["10: “series” is two to eight capital Latin letters"]),
    ("campaign.toml", "[[currencies]]", "[[goals]]\n[[goals]]\n[[currencies]]", ["13: There is one row of [[goals]]"]),
    (
        "campaign.toml",
        "title.ru",
        'sender_name.ru = "Книги\\nBcc: a@b.c"\ntitle.ru',
        ["8: “sender_name” is one line of at most 60 characters in each language."],
    ),
    (
        "campaign.toml",
        "title.ru",
        'link_colour = "#ffff00"\ntitle.ru',
        ["8: This colour is too light to read on the pages."],
    ),
    ("campaign.toml", '"LIB"', '"TEST"', ["10: “series” is two to eight capital Latin letters"]),
    ("campaign.toml", "2027-03-08", "2047-03-08", ["5: A campaign goes on for ten years at most."]),
    ("campaign.toml", "= 20000\n", "= 1\n", ["15: The least or the largest gift is not one"]),
    ("campaign.toml", "amount_minor = 100000", "amount_minor = 10", ["20: The amount is not between"]),
    (
        "campaign.toml",
        "[[currencies]]",
        "[currencies]",
        ["12: “currencies” is no list of rows; each begins with [[…]]."],
    ),
    (
        "campaign.toml",
        'slug = "school',
        'slug = "a"\nslug = "school',
        ["2: This is not TOML: Cannot overwrite a value."],
    ),
    ("campaign.toml", "[[currencies.amounts]]", "[" * 5000, None),
    ("funds.toml", '"GEN"', '"GENERAL"', [": There is no fund with the code GEN, which every campaign has."]),
    ("funds.toml", '"BOOKS"', '"GEN"', ["7: “code” stands in funds.toml:2 too."]),
    ("funds.toml", "[[funds]]", "[[purses]]", None),
    ("events.toml", '"BOOKS"', '"EVENT-1"', ["3: “EVENT-1” is no theme in funds.toml."]),
    ("events.toml", '"EVENT-1"', '"BOOKS"', ["2: “code” stands in funds.toml:7 too."]),
    ("events.toml", "2027-01-15", '2027-01-15\nstatus = "planed"', None),
    (
        "events.toml",
        "[[events.budget]]",
        "[[events.budgets]]",
        ["8: “budgets” is no key of this row. Is “budget” meant?"],
    ),
    ("texts/story.toml", '"why"', '"Why not"', None),
    (
        "texts/story.toml",
        "heading.ru",
        "facts.day = 2026-01-01\nheading.ru",
        ["3: “facts” holds a day or a time; write it in quotation marks."],
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), CHANGES)
def test_a_mistake_is_named_with_its_line(
    folder: Path, file: str, old: str, new: str, expected: list[str] | None
) -> None:
    source = (folder / file).read_text(encoding="utf-8")
    assert old in source
    put(folder, file, source.replace(old, new, 1 if expected is not None else -1).encode())
    own = [line for line in complaints(folder) if line.startswith(f"{file}:")]
    assert own
    if expected is not None:
        starts = [f"{file}:{line}".replace("::", ":") for line in expected]
        assert [line[: len(start)] for line, start in zip(own, starts, strict=True)] == starts


def test_a_call_that_takes_applications_asks_something_and_gives_reviewers_something_to_score(folder: Path) -> None:
    grant = '[[grants]]\ncode = "GRANT-1"\ngoal_minor = 100000\nopens_on = 2026-12-01\ncloses_on = 2026-12-20\nis_online = true\n'
    question = '[[grants.questions]]\nkind = "{}"\nlabel.ru = "Что?"\n'
    put(folder, "grants.toml", (grant + question.format("short")).encode())
    assert complaints(folder) == [
        "grants.toml:6: The call takes applications: it needs [[grants.questions]], one of them a criterion and one not."
    ]
    put(folder, "grants.toml", (grant + question.format("short") + question.format("criterion")).encode())
    assert read(folder).lists["grants"][0].values["is_online"]


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    put(folder, "funds.toml", FUNDS.replace('"GEN"', "7").replace("goal_minor = 50000000", "goal = 1").encode())
    put(folder, "events.toml", EVENTS.replace("2027-01-15", '"soon"').encode())
    put(folder, "milestones.toml", b"[[milestones]]\n[[milestones]\n")
    files = [line.split(":")[0] for line in complaints(folder)]
    assert [files.count(name) for name in ("funds.toml", "events.toml", "milestones.toml")] == [4, 1, 1]


def test_lines_are_those_of_an_editor_with_byte_order_mark_and_windows_endings(folder: Path) -> None:
    put(folder, "campaign.toml", b"\xef\xbb\xbf" + CAMPAIGN.replace("\n", "\r\n").encode())
    put(folder, "texts/story/01-why.ru.md", "\ufeffОдна\r\nдве\r\n".encode())
    assert read(folder).texts["story"][0].values["body"] == {"ru": "Одна\nдве"}
    put(folder, "campaign.toml", CAMPAIGN.replace("\n", "\r\n").replace("goal_minor", "goal").encode())
    assert any(line.startswith("campaign.toml:3: “goal” is no key") for line in complaints(folder))


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("campaign.toml", b"\xff\xfe\x00", "campaign.toml:1: This is not UTF-8 text. Save the file as UTF-8."),
        (
            "texts/story/01-why.ru.md",
            b"a\nb\x00c",
            "texts/story/01-why.ru.md:2: There is a control character, as in a binary file.",
        ),
        (
            "texts/story/01-why.ru.md",
            b"a" * (MAX_FILE_BYTES + 1),
            f"texts/story/01-why.ru.md: The file has {MAX_FILE_BYTES + 1} bytes;",
        ),
        ("texts/story/01-why.de.md", b"a", "texts/story/01-why.de.md: “de” is not a language of the campaign"),
        (
            "texts/story/02-why.ru.md",
            b"a",
            "texts/story/02-why.ru.md: No row has this text: its number or its name fits none.",
        ),
        (
            "texts/story.toml",
            f'{STORY}body.ru = "x"\n'.encode(),
            "texts/story/01-why.ru.md: The text stands in texts/story.toml:4 too",
        ),
        ("run.sh", b"#!/bin/sh", "run.sh: No file of this name belongs to a campaign."),
        ("texts/Story One.toml", b"", "texts/Story One.toml: No file of this name belongs to a campaign."),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    folder: Path, name: str, content: bytes, complaint: str
) -> None:
    put(folder, name, content)
    assert any(line.startswith(complaint) for line in complaints(folder))


def test_a_value_of_very_many_lines_is_refused_at_once(folder: Path) -> None:
    put(folder, "lines.toml", b"lists = [\n" + b"[0],\n" * 40_000 + b"]\n[[lines]]\n")
    begun = time.perf_counter()
    assert "lines.toml:1: “lists” does not belong here; rows begin with [[lines]]." in complaints(folder)
    assert time.perf_counter() - begun < 10


def test_no_link_is_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.md"
    secret.write_text("secret")
    (folder / "texts" / "story" / "01-why.ky.md").symlink_to(secret)
    (folder / "texts" / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.md")
    assert complaints(folder) == [
        "pipe.md: This is neither a file nor a folder.",
        "texts/loop: This is a link; put the file itself here.",
        "texts/story/01-why.ky.md: This is a link; put the file itself here.",
    ]


def test_what_is_no_folder_or_has_no_campaign_is_refused(tmp_path: Path) -> None:
    assert complaints(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}: There is no such folder."]
    assert complaints(tmp_path) == ["campaign.toml: The file is missing."]


def test_hidden_files_and_notes_are_left_alone(folder: Path) -> None:
    put(folder, ".git/config", b"\xff")
    put(folder, "README.md", b"For colleagues")
    put(folder, "texts/.story.toml.swp", b"\xff")
    assert read(folder).head.file == "campaign.toml"


def test_a_goal_in_which_the_account_is_never_credited_is_refused_by_its_line(folder: Path) -> None:
    with pytest.raises(FolderRefused) as refusal:
        read_folder(folder, today=TODAY, settled=("USD", "EUR"))
    assert [str(problem) for problem in refusal.value.problems] == [
        (
            "campaign.toml:2: The payment account is credited in USD or EUR, so a goal in KGS would stay at zero: count it in "
            "USD or EUR. Donors can give in KGS all the same: leave it among [[currencies]]."
        )
    ]
