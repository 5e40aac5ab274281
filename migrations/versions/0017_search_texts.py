"""The names and the address of each gift, folded for the search at the desk."""

import sqlalchemy as sa
from alembic import op

from campaign.domain.folding import fold

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = ("search_text", "public_search_text")
BATCH = 1000
GIFTS = """
SELECT donation.id, donation.payer_name, donation.receipt_name, donation.public_name, donation.is_anonymous,
    COALESCE(donor.email, donation.checkout_params->>'customer_email') AS email
FROM donation LEFT JOIN donor ON donor.id = donation.donor_id
WHERE donation.id > :after ORDER BY donation.id LIMIT :batch
"""
FILL = "UPDATE donation SET search_text = :search_text, public_search_text = :public_search_text WHERE id = :id"


def upgrade() -> None:
    for column in COLUMNS:
        op.execute(f"ALTER TABLE donation ADD COLUMN {column} VARCHAR DEFAULT '' NOT NULL")
    bind, after = op.get_bind(), 0
    while rows := bind.execute(sa.text(GIFTS), {"after": after, "batch": BATCH}).all():
        bind.execute(sa.text(FILL), [_search_texts(row) for row in rows])
        after = rows[-1].id


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.execute(f"ALTER TABLE donation DROP COLUMN {column}")


def _search_texts(gift: "sa.Row[tuple[object, ...]]") -> dict[str, object]:
    known = (gift.payer_name, gift.receipt_name, gift.public_name, gift.email)
    is_public = gift.public_name and not gift.is_anonymous
    return {
        "id": gift.id,
        "search_text": "\n".join(dict.fromkeys(fold(text) for text in known if text)),
        "public_search_text": fold(gift.public_name) if is_public else "",
    }
