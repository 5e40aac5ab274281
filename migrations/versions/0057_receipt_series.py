"""One prefix of receipts for one campaign.

Where campaigns share a prefix, the one that issued its receipts first has it from now on, and the others get letters of their
own for the receipts to come. Receipts that exist are not touched.
"""

import logging
from collections.abc import Iterator
from itertools import product
from string import ascii_uppercase

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

INDEX = "uq_campaign_series"
MAX_SERIES = 8
SHARED = """
    SELECT c.id, c.slug, c.series FROM campaign c
    LEFT JOIN (
        SELECT d.campaign_id, r.series, MIN(r.id) AS first FROM receipt r JOIN donation d ON d.id = r.donation_id
        GROUP BY d.campaign_id, r.series
    ) issued ON issued.campaign_id = c.id AND issued.series IN (c.series, 'TEST-' || c.series)
    WHERE c.series IN (SELECT series FROM campaign GROUP BY series HAVING COUNT(*) > 1)
    GROUP BY c.id, c.slug, c.series
    ORDER BY c.series, MIN(issued.first) IS NULL, MIN(issued.first), c.id
"""
"""The campaigns that share a prefix, the one whose receipts are the oldest first."""
NOTICE = (
    "The campaigns %s and %s shared the prefix %s of their receipts. Receipts of %s have the prefix %s from now on; those that "
    "were issued keep their numbers. Until the first of them is issued, other letters can be chosen in the campaign's settings."
)


def upgrade() -> None:
    connection = op.get_bind()
    numbered = connection.execute(sa.text("SELECT series FROM campaign UNION SELECT series FROM receipt_counter"))
    taken = {"TEST", *(series.removeprefix("TEST-") for series in numbered.scalars())}
    owners: dict[str, str] = {}
    for key, slug, series in connection.execute(sa.text(SHARED)).all():
        owner = owners.setdefault(series, slug)
        if owner == slug:
            continue
        new = next(made for made in _made_of(slug) if made not in taken)
        taken.add(new)
        connection.execute(sa.text("UPDATE campaign SET series = :new WHERE id = :id"), {"new": new, "id": key})
        logging.getLogger("alembic.series").warning(NOTICE, owner, slug, series, slug, new)
    op.create_index(INDEX, "campaign", ["series"], unique=True)


def downgrade() -> None:
    """A campaign that got other letters keeps them: an older version takes any."""
    op.drop_index(INDEX, "campaign")


def _made_of(slug: str) -> Iterator[str]:
    letters = "".join(character for character in slug.upper() if character in ascii_uppercase)
    initials = "".join(word[0] for word in slug.upper().split("-") if word)
    if initials.isalpha() and 2 <= len(initials) <= MAX_SERIES:
        yield initials
    yield from (letters[:length] for length in range(3, MAX_SERIES + 1) if len(letters) >= length)
    for count in (1, 2, 3):
        yield from (
            made
            for further in product(ascii_uppercase, repeat=count)
            if len(made := letters[: MAX_SERIES - count] + "".join(further)) > 1
        )
