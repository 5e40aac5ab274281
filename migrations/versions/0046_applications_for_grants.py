"""Applications for grants."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "call_question",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.CHAR(length=16), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "label", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "hint", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("needs_yes", sa.Boolean(), nullable=False),
        sa.Column("max_length", sa.BigInteger(), nullable=False),
        sa.Column(
            "options", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('eligibility', 'short', 'long', 'number', 'choice', 'file', 'criterion')",
            name=op.f("ck_call_question_kind"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_call_question_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_question_public_id")),
    )
    op.create_index(op.f("ix_call_question_fund_id"), "call_question", ["fund_id"], unique=False)
    op.create_table(
        "grant_call",
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_online", sa.Boolean(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("places IS NULL OR places > 0", name=op.f("ck_grant_call_places")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_grant_call_fund_id_fund")),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_grant_call")),
    )
    op.create_table(
        "grant_application",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.CHAR(length=16), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column(
            "answers", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("shows_place", sa.Boolean(), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_version", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("award_minor", sa.BigInteger(), nullable=True),
        sa.Column("award_currency", sa.CHAR(length=3), nullable=True),
        sa.Column("allocation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("letter_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state <> 'awarded' OR award_minor > 0", name=op.f("ck_grant_application_award")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'waiting', 'awarded', 'refused', 'withdrawn')",
            name=op.f("ck_grant_application_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'waiting', 'awarded', 'refused') OR submitted_at IS NOT NULL",
            name=op.f("ck_grant_application_submitted"),
        ),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_grant_application_allocation_id_allocation")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_grant_application_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_grant_application_decided_by_staff")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_grant_application_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_application")),
        sa.UniqueConstraint("fund_id", "email_key", name=op.f("uq_grant_application_fund_id_email_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_grant_application_public_id")),
    )
    op.create_index(op.f("ix_grant_application_campaign_id"), "grant_application", ["campaign_id"], unique=False)
    op.create_table(
        "application_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.CHAR(length=16), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_application.id"],
            name=op.f("fk_application_file_application_id_grant_application"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["call_question.id"], name=op.f("fk_application_file_question_id_call_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_application_file_public_id")),
    )
    op.create_index(op.f("ix_application_file_application_id"), "application_file", ["application_id"], unique=False)
    op.create_table(
        "application_link",
        sa.Column("digest", sa.CHAR(length=64), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_application.id"],
            name=op.f("fk_application_link_application_id_grant_application"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_application_link")),
    )
    op.create_index(op.f("ix_application_link_application_id"), "application_link", ["application_id"], unique=False)
    op.create_table(
        "application_review",
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column(
            "scores", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("assigned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('assigned', 'scored', 'conflict')", name=op.f("ck_application_review_state")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_application.id"],
            name=op.f("fk_application_review_application_id_grant_application"),
        ),
        sa.ForeignKeyConstraint(["assigned_by"], ["staff.id"], name=op.f("fk_application_review_assigned_by_staff")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_application_review_staff_id_staff")),
        sa.PrimaryKeyConstraint("application_id", "staff_id", name=op.f("pk_application_review")),
    )


def downgrade() -> None:

    op.drop_table("application_review")
    op.drop_index(op.f("ix_application_link_application_id"), table_name="application_link")
    op.drop_table("application_link")
    op.drop_index(op.f("ix_application_file_application_id"), table_name="application_file")
    op.drop_table("application_file")
    op.drop_index(op.f("ix_grant_application_campaign_id"), table_name="grant_application")
    op.drop_table("grant_application")
    op.drop_table("grant_call")
    op.drop_index(op.f("ix_call_question_fund_id"), table_name="call_question")
    op.drop_table("call_question")
