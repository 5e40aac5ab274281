"""Where a gift comes from, which form led to it and whether it is superseded: columns instead of parts of form_id."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ORIGINS = "'form', 'invoice', 'duplicate'"
COLUMNS = ("superseded_form_id", "superseded_at", "shown_form_id", "origin")
BEFORE = {
    "sqlite": "substr(form_id, 1, instr(form_id, '{mark}') - 1)",
    "postgresql": "split_part(form_id, '{mark}', 1)",
}
"""What stands before a mark in a form id that has it."""
UNPACK = """
UPDATE donation SET
    origin = CASE WHEN form_id LIKE 'invoice:%' THEN 'invoice' WHEN form_id LIKE 'again:%' THEN 'duplicate' ELSE 'form' END,
    shown_form_id = CASE
        WHEN form_id LIKE 'invoice:%' OR form_id LIKE 'again:%' THEN NULL WHEN form_id LIKE '%-%' THEN {shown} END,
    superseded_at = CASE WHEN form_id LIKE '% %' THEN created_at END,
    superseded_form_id = CASE WHEN form_id LIKE '% %' THEN {key} END,
    form_id = CASE WHEN form_id LIKE '% %' THEN 'superseded:' || public_id ELSE form_id END
"""
"""When a gift was superseded was not written down; it was not before it was begun."""


def upgrade() -> None:
    op.execute(
        "ALTER TABLE donation ADD COLUMN origin VARCHAR DEFAULT 'form' NOT NULL "
        f"CONSTRAINT ck_donation_origin CHECK (origin IN ({ORIGINS}))"
    )
    op.add_column("donation", sa.Column("shown_form_id", sa.String(), nullable=True))
    op.add_column("donation", sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("donation", sa.Column("superseded_form_id", sa.String(), nullable=True))
    op.execute(UNPACK.format(shown=_before("-"), key=_before(" ")))
    op.create_index(op.f("ix_donation_shown_form_id"), "donation", ["shown_form_id"])


def downgrade() -> None:
    op.execute(
        "UPDATE donation SET form_id = superseded_form_id || ' ' || public_id WHERE superseded_form_id IS NOT NULL"
    )
    op.drop_index(op.f("ix_donation_shown_form_id"), "donation")
    for column in COLUMNS:
        op.execute(f"ALTER TABLE donation DROP COLUMN {column}")


def _before(mark: str) -> str:
    return BEFORE[op.get_bind().dialect.name].format(mark=mark)
