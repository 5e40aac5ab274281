"""Notes, tags and segments of donors, soft credits, merges, and pairs that are not to be merged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
FACTS = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    _create_notes_and_tags()
    _create_segment()
    _create_soft_credit()
    _create_merges()


def downgrade() -> None:
    """What staff noted about donors is lost; gifts stay with the donors to whom they were merged."""
    for table in ("distinct_donors", "donor_merge", "soft_credit", "donor_segment", "donor_tag", "donor_note"):
        op.drop_table(table)


def _id(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _public_id(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    )


def _reference(table: str, column: str, other: str, *, nullable: bool = False) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column(column, KEY, nullable=nullable),
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")),
    )


def _create_notes_and_tags() -> None:
    op.create_table(
        "donor_note",
        *_id("donor_note"),
        *_public_id("donor_note"),
        *_reference("donor_note", "campaign_id", "campaign"),
        *_reference("donor_note", "donor_id", "donor"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        *_reference("donor_note", "written_by", "staff"),
    )
    op.create_index(op.f("ix_donor_note_donor_id_campaign_id"), "donor_note", ["donor_id", "campaign_id"])
    op.create_table(
        "donor_tag",
        *_id("donor_tag"),
        *_reference("donor_tag", "campaign_id", "campaign"),
        *_reference("donor_tag", "donor_id", "donor"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        *_reference("donor_tag", "added_by", "staff"),
        sa.UniqueConstraint(
            "campaign_id", "donor_id", "name_key", name=op.f("uq_donor_tag_campaign_id_donor_id_name_key")
        ),
    )
    op.create_index(op.f("ix_donor_tag_donor_id"), "donor_tag", ["donor_id"])


def _create_segment() -> None:
    op.create_table(
        "donor_segment",
        *_id("donor_segment"),
        *_public_id("donor_segment"),
        *_reference("donor_segment", "campaign_id", "campaign"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("filters", FACTS, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        *_reference("donor_segment", "saved_by", "staff"),
        sa.UniqueConstraint("campaign_id", "name_key", name=op.f("uq_donor_segment_campaign_id_name_key")),
    )


def _create_soft_credit() -> None:
    op.create_table(
        "soft_credit",
        *_id("soft_credit"),
        *_public_id("soft_credit"),
        *_reference("soft_credit", "campaign_id", "campaign"),
        *_reference("soft_credit", "donation_id", "donation"),
        *_reference("soft_credit", "donor_id", "donor"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        *_reference("soft_credit", "added_by", "staff"),
        sa.CheckConstraint(
            "kind IN ('introduced', 'employer', 'matched', 'honoured')", name=op.f("ck_soft_credit_kind")
        ),
        sa.UniqueConstraint("donation_id", "donor_id", name=op.f("uq_soft_credit_donation_id_donor_id")),
    )
    op.create_index(op.f("ix_soft_credit_donor_id"), "soft_credit", ["donor_id"])


def _create_merges() -> None:
    op.create_table(
        "donor_merge",
        *_id("donor_merge"),
        *_public_id("donor_merge"),
        *_reference("donor_merge", "campaign_id", "campaign"),
        *_reference("donor_merge", "target_id", "donor"),
        *_reference("donor_merge", "source_id", "donor"),
        sa.Column("moved", FACTS, nullable=False),
        sa.Column("merged_at", MOMENT, nullable=False),
        *_reference("donor_merge", "merged_by", "staff"),
        sa.Column("undone_at", MOMENT, nullable=True),
        *_reference("donor_merge", "undone_by", "staff", nullable=True),
        sa.CheckConstraint("target_id <> source_id", name=op.f("ck_donor_merge_two_donors")),
    )
    op.create_index(op.f("ix_donor_merge_target_id"), "donor_merge", ["target_id"])
    op.create_index(op.f("ix_donor_merge_source_id"), "donor_merge", ["source_id"])
    op.create_table(
        "distinct_donors",
        *_reference("distinct_donors", "campaign_id", "campaign"),
        *_reference("distinct_donors", "first_id", "donor"),
        *_reference("distinct_donors", "second_id", "donor"),
        sa.Column("decided_at", MOMENT, nullable=False),
        *_reference("distinct_donors", "decided_by", "staff"),
        sa.PrimaryKeyConstraint("campaign_id", "first_id", "second_id", name=op.f("pk_distinct_donors")),
    )
