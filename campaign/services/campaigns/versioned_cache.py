"""Pages and files made from a campaign's public data, cached in the process until the data change.

A campaign's revision is read at most once a second. While one thread makes the new version, the others get the last
one, so a rush of readers makes a page only once per change.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from campaign.services.campaigns.cards import CampaignCard

Made = TypeVar("Made")


@dataclass(slots=True)
class _Shelf(Generic[Made]):
    version: Hashable
    made: Made


class PageCache(Generic[Made]):
    """Values by key, each made once per version; the least recently used ones are removed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._shelves: OrderedDict[Hashable, _Shelf[Made]] = OrderedDict()
        self._makers: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, version: Hashable, make: Callable[[], Made]) -> Made:
        """Return the value of this version, or the previous one while another thread is making it."""
        with self._lock:
            shelf = self._shelves.get(key)
            if shelf is not None:
                self._shelves.move_to_end(key)
                if shelf.version == version:
                    return shelf.made
            maker = self._makers.setdefault(key, Lock())
        if not maker.acquire(blocking=shelf is None) and shelf is not None:
            return shelf.made
        try:
            known = self._shelves.get(key)
            if known is not None and known.version == version:
                return known.made
            made = make()
            self._put(key, _Shelf(version, made))
            return made
        finally:
            maker.release()
            with self._lock:
                if key not in self._shelves:  # nothing was made: whoever asks for what is not there leaves no trace
                    self._makers.pop(key, None)

    def _put(self, key: Hashable, shelf: _Shelf[Made]) -> None:
        with self._lock:
            self._shelves[key] = shelf
            self._shelves.move_to_end(key)
            while len(self._shelves) > self._most:
                oldest, _ = self._shelves.popitem(last=False)
                self._makers.pop(oldest, None)


class Cards:
    """Campaigns by slug (None is the featured one), each read at most once in `seconds`."""

    def __init__(self, *, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._read: dict[str | None, tuple[float, CampaignCard]] = {}

    def get(self, slug: str | None, read: Callable[[], CampaignCard]) -> CampaignCard:
        """Return the campaign as of at most `seconds` ago. Exceptions of `read` pass through and nothing is cached."""
        at = self._monotonic()
        known = self._read.get(slug)
        if known is not None and at - known[0] < self._seconds:
            return known[1]
        card = read()
        self._read[slug] = (at, card)
        return card

    def fresh_until(self, slug: str | None) -> float:
        """Return when this campaign must be read again, by the monotonic clock."""
        known = self._read.get(slug)
        return known[0] + self._seconds if known else 0.0
