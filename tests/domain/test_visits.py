"""Which requests for the form count: a plain rule on what a program says of itself."""

import pytest

from campaign.domain.visits import is_counted

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "counts"),
    [
        (PHONE, True),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Instagram 350.0", True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", False),
        ("Mozilla/5.0 (compatible; bingbot/2.0)", False),
        ("facebookexternalhit/1.1", False),
        ("Mozilla/5.0 AppleWebKit/537.36 HeadlessChrome/130.0 Safari/537.36", False),
        ("TelegramBot (like TwitterBot)", False),
        ("curl/8.5.0", False),
        ("", False),
    ],
)
def test_browsers_count_and_programs_that_say_what_they_are_do_not(agent: str, counts: bool) -> None:
    assert is_counted(agent, purpose="", is_staff=False) == counts


def test_a_page_loaded_in_advance_and_staff_do_not_count() -> None:
    assert not is_counted(PHONE, purpose="prefetch", is_staff=False)
    assert not is_counted(PHONE, purpose="", is_staff=True)
