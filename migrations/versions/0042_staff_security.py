"""A role may need a second step; browsers in which a person signed in before are known."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.Integer() if op.get_bind().dialect.name == "sqlite" else sa.BigInteger()
    op.add_column("role", sa.Column("needs_second_step", sa.Boolean(), nullable=True))
    op.create_table(
        "staff_device",
        sa.Column("id", key, nullable=False),
        sa.Column("staff_id", key, nullable=False),
        sa.Column("digest", sa.CHAR(64), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_device_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_device")),
        sa.UniqueConstraint("staff_id", "digest", name=op.f("uq_staff_device_staff_id_digest")),
    )


def downgrade() -> None:
    op.drop_table("staff_device")
    op.drop_column("role", "needs_second_step")
