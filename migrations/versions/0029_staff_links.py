"""One-time links take the place of first passwords; whoever has not used theirs yet is given a link."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A first password that was not replaced opens nothing any more, as nothing else would bring it to an end."""
    key = sa.Integer() if op.get_bind().dialect.name == "sqlite" else sa.BigInteger()
    op.create_table(
        "staff_link",
        sa.Column("staff_id", key, nullable=False, autoincrement=False),
        sa.Column("digest", sa.CHAR(64), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("made_by_id", key, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('invitation', 'reset')", name=op.f("ck_staff_link_purpose")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_staff_link_made_by_id_staff")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_link_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_link_digest")),
    )
    op.add_column("staff", sa.Column("last_active_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE staff SET password = NULL WHERE first_password_until IS NOT NULL")
    op.drop_column("staff", "first_password_until")


def downgrade() -> None:
    """Whoever has a link that was not used has no password: an administrator gives them one again."""
    op.add_column("staff", sa.Column("first_password_until", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("staff", "last_active_at")
    op.drop_table("staff_link")
