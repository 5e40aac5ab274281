"""Pictures, their files, where they are shown, and the consents of the people on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from campaign.services.downgrades import refuse_to_lose

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = ("picture_place", "picture_consent", "consent", "picture_file", "picture")


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(length=16), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.CHAR(length=16), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("alt", JSON, nullable=False),
        sa.Column("is_decorative", sa.Boolean(), nullable=False),
        sa.Column("credit", sa.String(), nullable=False),
        sa.Column("focal_x", sa.BigInteger(), nullable=False),
        sa.Column("focal_y", sa.BigInteger(), nullable=False),
        sa.Column("shows_people", sa.Boolean(), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_picture_size")),
        sa.CheckConstraint(
            "focal_x BETWEEN 0 AND 100 AND focal_y BETWEEN 0 AND 100", name=op.f("ck_picture_focal_point")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_picture_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_picture_recorded_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("public_id", name=op.f("uq_picture_public_id")),
    )
    op.create_index(op.f("ix_picture_campaign_id"), "picture", ["campaign_id"])
    op.create_table(
        "picture_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("picture_id", KEY, nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("format IN ('avif', 'webp', 'jpg')", name=op.f("ck_picture_file_format")),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_picture_file_picture_id_picture")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_file")),
        sa.UniqueConstraint("picture_id", "width", "format", name=op.f("uq_picture_file_picture_id_width_format")),
    )
    op.create_table(
        "consent",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(length=16), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("stored_at", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawal_places", JSON, nullable=False),
        sa.CheckConstraint("form IN ('paper', 'voice')", name=op.f("ck_consent_form")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_consent_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_consent_recorded_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("public_id", name=op.f("uq_consent_public_id")),
    )
    op.create_index(op.f("ix_consent_campaign_id"), "consent", ["campaign_id"])
    op.create_table(
        "picture_consent",
        sa.Column("picture_id", KEY, nullable=False),
        sa.Column("consent_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_picture_consent_picture_id_picture")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_picture_consent_consent_id_consent")),
        sa.PrimaryKeyConstraint("picture_id", "consent_id", name=op.f("pk_picture_consent")),
    )
    op.create_table(
        "picture_place",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("picture_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_picture_place_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_picture_place_picture_id_picture")),
        sa.PrimaryKeyConstraint("campaign_id", "place", name=op.f("pk_picture_place")),
    )
    op.create_index(op.f("ix_picture_place_picture_id"), "picture_place", ["picture_id"])


def downgrade() -> None:
    refuse_to_lose(
        op.get_bind(), revision=revision, rows={"pictures": "picture", "consents to be shown": "consent"}
    )
    for table in TABLES:
        op.drop_table(table)
