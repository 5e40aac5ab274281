"""Blocked words are found whole, in three languages, however they are written; addresses with and without a plus."""

import pytest

from campaign.domain.blocks import Block, BlockKind, NothingToBlock, is_blocked, read_address, read_word


@pytest.mark.parametrize(
    ("blocked", "text", "is_match"),
    [
        ("scam", "What a SCAM!", True),
        ("scam", "_scam_", True),
        ("scam", "scampi for all", False),
        ("дурак", "Ты ДУРА́К, да", True),
        ("дурак", "дypaк", True),  # three of the letters are Latin
        ("дурак", "дураков нет", False),
        ("акмак", "АКМАК!!!", True),
        ("үкү", "уку", True),  # typed on a Russian keyboard
        ("buy now", "BUY\u00a0 now, please", True),
        ("buy now", "buy it now", False),
        ("c++", "c", True),  # signs are no part of a word
        ("1xbet", "go to 1xbet.com", True),
    ],
)
def test_a_word_is_match_whole_and_folded(blocked: str, text: str, is_match: bool) -> None:
    assert is_blocked({read_word(blocked)}, (None, text), None) is is_match


@pytest.mark.parametrize(
    ("blocked", "email", "is_match"),
    [
        ("Troll@Example.org", "troll+again@example.org", True),
        ("troll@example.org", "troll@sub.example.org", False),
        ("@example.org", "anybody@EXAMPLE.org", True),
        ("example.org", "anybody@mail.example.org", True),
        ("example.org", "anybody@notexample.org", False),
    ],
)
def test_an_address_is_match_with_its_domain(blocked: str, email: str, is_match: bool) -> None:
    assert is_blocked({read_address(blocked)}, (), email) is is_match


def test_what_cannot_be_compared_is_refused() -> None:
    for read, text in ((read_word, " !! "), (read_word, "x" * 61), (read_address, "no address"), (read_address, "@")):
        with pytest.raises(NothingToBlock):
            read(text)


def test_a_word_is_no_address() -> None:
    assert not is_blocked({Block(BlockKind.WORD, "example")}, ("A donor",), "example@example.org")
