"""The prefixes of receipts’ numbers: one campaign each, so that no two campaigns share a series."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from string import ascii_uppercase

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.domain.campaign_settings import SERIES, SeriesTaken, SlugTaken
from campaign.models.campaign import Campaign
from campaign.models.receipt import ReceiptCounter

MAX_SERIES = 8


def series_owners(session: Session) -> dict[str, str]:
    """Return each prefix in use with the address of its campaign; an empty one where receipts alone have the prefix."""
    numbered = session.execute(select(ReceiptCounter.series)).scalars()
    owners = dict.fromkeys((series.removeprefix("TEST-") for series in numbered), "")
    return owners | dict(session.execute(select(Campaign.series, Campaign.slug)).all())


def free_series(session: Session, slug: str, *preferred: str) -> str:
    """Return the first prefix that no other campaign has: a preferred one, or one made of the slug's letters."""
    taken = {"TEST", *(series for series, owner in series_owners(session).items() if owner != slug)}
    return next(series for series in (*preferred, *_made_of(slug)) if SERIES.fullmatch(series) and series not in taken)


@contextmanager
def refusing_taken(slug: str, series: str) -> Iterator[None]:
    """Name what another campaign took at the same moment, when the database refuses it.

    Raises:
        SlugTaken, SeriesTaken: Another campaign has the address or the prefix.
    """
    try:
        yield
    except IntegrityError as error:
        reason = str(error.orig).replace(".", "_")
        if "campaign_series" in reason:
            raise SeriesTaken(series) from error
        if "campaign_slug" in reason:
            raise SlugTaken(slug) from error
        raise


def _made_of(slug: str) -> Iterator[str]:
    """Return prefixes in the order of preference: initials, the first letters, then these with further letters."""
    letters = "".join(character for character in slug.upper() if character in ascii_uppercase)
    initials = "".join(word[0] for word in slug.upper().split("-") if word)
    yield initials
    yield from (letters[:length] for length in range(3, MAX_SERIES + 1))
    for count in (1, 2, 3):
        for further in product(ascii_uppercase, repeat=count):
            yield letters[: MAX_SERIES - count] + "".join(further)
