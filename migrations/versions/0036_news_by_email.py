"""Readers of updates by email, the sending of an update to them, and which milestones have a prepared update."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OLD_FAILURES = "failure IN ('address', 'refused', 'unreachable', 'fault')"
FAILURES = "failure IN ('address', 'refused', 'unreachable', 'fault', 'uncertain')"


def upgrade() -> None:
    _create_subscriber()
    _create_mailing()
    op.create_table(
        "milestone_note",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("prepared_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_milestone_note_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("campaign_id", "amount_minor", name=op.f("pk_milestone_note")),
    )
    op.add_column("campaign_update", sa.Column("is_emailed", sa.Boolean(), server_default=sa.false(), nullable=False))
    _check_failure(OLD_FAILURES, FAILURES)


def downgrade() -> None:
    """Updates that wait in the outbox are removed: the older version has no templates for them."""
    op.drop_table("update_delivery")
    op.execute("DELETE FROM message WHERE kind IN ('update', 'news_confirm')")
    op.execute("UPDATE message SET failure = 'fault' WHERE failure = 'uncertain'")
    _check_failure(FAILURES, OLD_FAILURES)
    op.drop_column("campaign_update", "is_emailed")
    op.drop_table("milestone_note")
    op.drop_table("update_mailing")
    op.drop_table("subscriber")


def _create_subscriber() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("email_key", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("consent_version", sa.String(), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'confirmed', 'left')", name=op.f("ck_subscriber_state")),
        sa.CheckConstraint(
            "state <> 'confirmed' OR email IS NOT NULL", name=op.f("ck_subscriber_confirmed_has_an_address")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR confirmed_at IS NOT NULL", name=op.f("ck_subscriber_confirmed_has_a_time")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_subscriber_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("campaign_id", "email_key", name=op.f("uq_subscriber_campaign_id_email_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_subscriber_public_id")),
    )


def _create_mailing() -> None:
    op.create_table(
        "update_mailing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("update_id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by", KEY, nullable=True),
        sa.Column("last_subscriber_id", sa.BigInteger(), nullable=False),
        sa.Column("max_subscriber_id", sa.BigInteger(), nullable=False),
        sa.Column("refused_count", sa.BigInteger(), nullable=False),
        sa.Column("left_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'finished', 'stopped')", name=op.f("ck_update_mailing_state")
        ),
        sa.ForeignKeyConstraint(
            ["update_id"], ["campaign_update.id"], name=op.f("fk_update_mailing_update_id_campaign_update")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_update_mailing_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(["started_by"], ["staff.id"], name=op.f("fk_update_mailing_started_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_mailing")),
        sa.UniqueConstraint("update_id", name=op.f("uq_update_mailing_update_id")),
    )
    op.create_index(op.f("ix_update_mailing_state"), "update_mailing", ["state"])
    op.create_table(
        "update_delivery",
        sa.Column("mailing_id", KEY, nullable=False),
        sa.Column("subscriber_id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("handed_over_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["update_mailing.id"], name=op.f("fk_update_delivery_mailing_id_update_mailing")
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_update_delivery_subscriber_id_subscriber")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_update_delivery_message_id_message")),
        sa.PrimaryKeyConstraint("mailing_id", "subscriber_id", name=op.f("pk_update_delivery")),
        sa.UniqueConstraint("message_id", name=op.f("uq_update_delivery_message_id")),
    )


def _check_failure(was: str, will_be: str) -> None:
    """Change what the CHECK says. SQLite cannot, so the table's definition is edited; its rows are valid under both."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.execute("ALTER TABLE message DROP CONSTRAINT ck_message_failure")
        op.execute(f"ALTER TABLE message ADD CONSTRAINT ck_message_failure CHECK ({will_be})")
        return
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :was, :will_be) WHERE name = 'message'"),
        {"was": f"ck_message_failure CHECK ({was})", "will_be": f"ck_message_failure CHECK ({will_be})"},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
