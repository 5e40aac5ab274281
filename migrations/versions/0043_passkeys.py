"""Passkeys of staff."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    key = sa.Integer() if op.get_bind().dialect.name == "sqlite" else sa.BigInteger()
    op.add_column("staff", sa.Column("fs_webauthn_user_handle", sa.String(), nullable=True))
    op.create_index("uq_staff_fs_webauthn_user_handle", "staff", ["fs_webauthn_user_handle"], unique=True)
    op.create_table(
        "staff_passkey",
        sa.Column("id", key, nullable=False),
        sa.Column("staff_id", key, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", JSON, nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(), nullable=False),
        sa.Column("extensions", sa.String(), nullable=True),
        sa.Column("usage", sa.String(), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_passkey_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_staff_passkey_credential_id")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_staff_passkey_staff_id_name")),
    )


def downgrade() -> None:
    op.drop_table("staff_passkey")
    op.drop_index("uq_staff_fs_webauthn_user_handle", "staff")
    op.drop_column("staff", "fs_webauthn_user_handle")
