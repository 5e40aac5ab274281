"""Browsers in which donors are signed in to their own pages."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "donor_session",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.Column("donor_id", KEY, nullable=False),
        sa.Column("sign_in_id", sa.CHAR(16), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("is_remembered", sa.Boolean(), nullable=False),
        sa.Column("signed_in_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_donor_session_donor_id_donor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_donor_session_public_id")),
        sa.UniqueConstraint("sign_in_id", name=op.f("uq_donor_session_sign_in_id")),
    )
    op.create_index(op.f("ix_donor_session_donor_id"), "donor_session", ["donor_id"])


def downgrade() -> None:
    """Everybody is signed out; nothing else is lost."""
    op.drop_index(op.f("ix_donor_session_donor_id"), table_name="donor_session")
    op.drop_table("donor_session")
