"""Sessions of the staff desk are rows: whoever is signed in when this arrives signs in again."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.Integer() if op.get_bind().dialect.name == "sqlite" else sa.BigInteger()
    op.create_table(
        "staff_session",
        sa.Column("id", key, nullable=False),
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.Column("staff_id", key, nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_session_public_id")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])


def downgrade() -> None:
    """Everybody is signed out: a session that was ended must not count again, as without the table it would."""
    bind = op.get_bind()
    for staff_id in bind.execute(sa.text("SELECT id FROM staff")).scalars().all():
        renewed = {"id": staff_id, "mark": uuid4().hex}
        bind.execute(sa.text("UPDATE staff SET fs_uniquifier = :mark WHERE id = :id"), renewed)
    op.drop_index(op.f("ix_staff_session_staff_id"), "staff_session")
    op.drop_table("staff_session")
