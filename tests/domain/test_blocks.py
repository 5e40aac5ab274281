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
        # Spelled out, with signs between the letters, or typed so by staff.
        ("спам", "c.п.а.м", True),
        ("спам", "это с-п-а-м!", True),
        ("спам", "с п а м", True),
        ("спам", "сп.ам и ещё", True),
        ("спам", "с_п_а_м", True),
        ("с.п.а.м", "спам", True),
        # Digits at its ends or in place of letters, letters of three scripts, repeated letters, full width.
        ("спам", "спам1", True),
        ("спам", "2спам", True),
        ("спам", "сп4м", True),
        ("spam", "$p@m", True),
        ("spam", "ｓｐａｍ", True),
        ("scam", "ѕсαm", True),
        ("спам", "спааааам", True),
        ("купи сейчас", "Купи1 сейчас2", True),
        # Words with a blocked one in them, abbreviations and plain sentences.
        ("cunt", "Scunthorpe United", False),
        ("ass", "The class of 2026 will pass, assess and assist", False),
        ("sex", "Essex, Sussex, Middlesex", False),
        ("хер", "Привет из Херсона", False),
        ("бля", "Употребляйте с пользой", False),
        ("секс", "Алексей Сексяев", False),
        ("спам", "спаму нет", False),
        ("ass", "A. S. Smith", False),
        ("ass", "m.a.s.s.", False),
        ("ass", "as soon as possible", False),
        ("аким", "А. К. Иманов, г. Ош", False),
        ("2026", "В 2026м году", False),
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


def test_a_word_that_was_stored_before_still_matches() -> None:
    """The value of a row that was written by a version with fewer look-alikes."""
    assert is_blocked({Block(BlockKind.WORD, "ѕcam")}, ("scam",), None)


def test_what_cannot_be_compared_is_refused() -> None:
    for read, text in ((read_word, " !! "), (read_word, "x" * 61), (read_address, "no address"), (read_address, "@")):
        with pytest.raises(NothingToBlock):
            read(text)


def test_a_word_is_no_address() -> None:
    assert not is_blocked({Block(BlockKind.WORD, "example")}, ("A donor",), "example@example.org")
