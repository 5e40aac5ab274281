"""A page is made once per change, and a campaign is looked up at most once a second."""

from datetime import date
from threading import Event, Thread

import pytest

from campaign.domain.errors import NotFound
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.campaigns.versioned_cache import Cards, PageCache


def a_card(revision: int = 1) -> CampaignCard:
    text = {"en": "A campaign"}
    return CampaignCard(
        id=1,
        slug="quilt",
        name=text,
        title=text,
        summary=text,
        currency="USD",
        goal_minor=1,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 2, 1),
        contact_email="a@quilt.example",
        languages=("en",),
        is_demo=False,
        is_featured=True,
        revision=revision,
        stage="published",
        closed_on=None,
        state_note={},
    )


def test_what_has_not_changed_is_not_made_again() -> None:
    cache: PageCache[str] = PageCache(10)
    assert cache.get("page", 1, lambda: "first") == "first"
    assert cache.get("page", 1, lambda: "again") == "first"
    assert cache.get("page", 2, lambda: "second") == "second"


def test_the_least_used_are_let_go() -> None:
    cache: PageCache[str] = PageCache(2)
    for key in ("a", "b", "a", "c"):
        cache.get(key, 1, lambda key=key: f"{key} first")  # type: ignore[misc]
    assert cache.get("a", 1, lambda: "a again") == "a first"
    assert cache.get("b", 1, lambda: "b again") == "b again"


def test_others_get_the_last_version_while_one_makes_the_next() -> None:
    cache: PageCache[str] = PageCache(10)
    cache.get("page", 1, lambda: "old")
    begun, go_on = Event(), Event()

    def slowly() -> str:
        begun.set()
        go_on.wait(5)
        return "new"

    maker = Thread(target=lambda: cache.get("page", 2, slowly))
    maker.start()
    begun.wait(5)
    assert cache.get("page", 2, lambda: "not made") == "old"
    go_on.set()
    maker.join()
    assert cache.get("page", 2, lambda: "not made") == "new"


def test_a_failed_making_keeps_nothing_and_can_be_tried_again() -> None:
    cache: PageCache[str] = PageCache(10)
    with pytest.raises(ZeroDivisionError):
        cache.get("page", 1, lambda: str(1 // 0))
    assert cache.get("page", 1, lambda: "made") == "made"


def test_what_is_not_there_leaves_no_trace() -> None:
    """Anybody can ask for a million addresses that lead nowhere."""
    cache: PageCache[str] = PageCache(10)
    for number in range(3):
        with pytest.raises(NotFound):
            cache.get(f"nowhere {number}", 1, nobody)
    assert not cache._makers


def nobody() -> str:
    raise NotFound("page")


def test_a_campaign_is_looked_up_at_most_once_a_second() -> None:
    at = [100.0]
    cards = Cards(seconds=1.0, monotonic=lambda: at[0])
    assert cards.get(None, a_card).revision == 1
    at[0] += 0.9
    assert cards.get(None, lambda: a_card(2)).revision == 1
    at[0] += 0.2
    assert cards.get(None, lambda: a_card(2)).revision == 2


def test_a_campaign_that_is_not_there_is_read_again() -> None:
    cards = Cards(seconds=1.0, monotonic=lambda: 0.0)

    def nowhere() -> CampaignCard:
        raise NotFound("campaign")

    with pytest.raises(NotFound):
        cards.get("new", nowhere)
    assert cards.get("new", a_card).slug == "quilt"
