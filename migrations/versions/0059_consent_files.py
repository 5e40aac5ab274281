"""Files of consents: scans of signed papers and recorded voices."""

import sqlalchemy as sa
from alembic import op

from campaign.services.downgrades import refuse_to_lose

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "consent_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.Column("consent_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.CHAR(64), nullable=False),
        sa.Column("version", sa.CHAR(16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.CheckConstraint(
            "kind IN ('pdf', 'jpg', 'm4a', 'aac', 'mp3', 'ogg', 'wav', 'amr')", name=op.f("ck_consent_file_kind")
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_consent_file_consent_id_consent")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_consent_file_recorded_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_consent_file_public_id")),
        sa.UniqueConstraint("consent_id", "digest", name=op.f("uq_consent_file_consent_id_digest")),
    )


def downgrade() -> None:
    refuse_to_lose(op.get_bind(), revision=revision, rows={"scans and recordings of consents": "consent_file"})
    op.drop_table("consent_file")
