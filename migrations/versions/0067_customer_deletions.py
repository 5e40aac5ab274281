"""Customers of erased donors that are to be deleted at the payment provider; those of former erasures too."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "customer_deletion",
        sa.Column("id", KEY, nullable=False),
        sa.Column("erasure_id", KEY, nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('requested', 'done', 'refused')", name=op.f("ck_customer_deletion_state")),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name=op.f("fk_customer_deletion_erasure_id_erasure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_deletion")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_customer_deletion_customer_id")),
    )
    op.create_index(op.f("ix_customer_deletion_erasure_id"), "customer_deletion", ["erasure_id"])
    op.create_index(
        op.f("ix_customer_deletion_state_next_try_at_id"), "customer_deletion", ["state", "next_try_at", "id"]
    )
    op.execute(
        "INSERT INTO customer_deletion (erasure_id, customer_id, state, attempts, next_try_at) "
        "SELECT MIN(e.id), p.customer_id, 'requested', 0, MIN(e.at) FROM erasure e JOIN pledge p ON p.donor_id = e.donor_id "
        "GROUP BY p.customer_id"
    )


def downgrade() -> None:
    """What was not deleted yet is deleted by hand, as an older version says on the page of the erasure."""
    op.drop_table("customer_deletion")
