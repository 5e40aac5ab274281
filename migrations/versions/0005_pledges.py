"""Monthly gifts: how each stands, what was asked of it, what happened to it; and each month's gift with its invoice."""

import sqlalchemy as sa
from alembic import op

from campaign.services.downgrades import refuse_to_lose

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(astext_type=sa.Text()), "postgresql")
REFERENCES = {"campaign_id": "campaign", "fund_id": "fund", "donor_id": "donor", "doubles_id": "pledge"}

LOST = {
    "monthly gifts": "pledge",
    "gifts with an invoice": "donation WHERE invoice_id IS NOT NULL",
}


def upgrade() -> None:
    _create_pledge()
    _create_pledge_event()
    _create_pledge_request()
    key = "INTEGER" if _is_sqlite() else "BIGINT"
    op.execute(
        f"ALTER TABLE donation ADD COLUMN pledge_id {key} CONSTRAINT fk_donation_pledge_id_pledge REFERENCES pledge (id)"
    )
    op.execute("ALTER TABLE donation ADD COLUMN invoice_id VARCHAR")
    op.create_index(op.f("ix_donation_pledge_id"), "donation", ["pledge_id"])
    op.create_index(op.f("ix_donation_invoice_id"), "donation", ["invoice_id"], unique=True)


def downgrade() -> None:
    refuse_to_lose(op.get_bind(), revision=revision, rows=LOST)
    for column in ("invoice_id", "pledge_id"):
        op.drop_index(op.f(f"ix_donation_{column}"), "donation")
        op.execute(f"ALTER TABLE donation DROP COLUMN {column}")
    for table in ("pledge_request", "pledge_event", "pledge"):
        op.drop_table(table)


def _create_pledge() -> None:
    op.create_table(
        "pledge",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(length=16), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("donor_id", KEY, nullable=True),
        sa.Column("doubles_id", KEY, nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("gift_minor", sa.BigInteger(), nullable=False),
        sa.Column("cover_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_bearer", sa.String(), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("public_name", sa.String(), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("link_version", sa.BigInteger(), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("card_brand", sa.String(), nullable=True),
        sa.Column("card_last4", sa.String(), nullable=True),
        sa.Column("card_expires_on", sa.Date(), nullable=True),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("paused_until", MOMENT, nullable=True),
        sa.Column("stops_at", MOMENT, nullable=True),
        sa.Column("due_invoice_id", sa.String(), nullable=True),
        sa.Column("due_reason", sa.String(), nullable=True),
        sa.Column("due_url", sa.String(), nullable=True),
        sa.Column("due_next_at", MOMENT, nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("looked_at", MOMENT, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("card_warned_on", sa.Date(), nullable=True),
        sa.CheckConstraint("gift_minor > 0 AND cover_minor >= 0", name=op.f("ck_pledge_positive_amount")),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'past_due', 'stopping', 'stopped')", name=op.f("ck_pledge_state")
        ),
        sa.CheckConstraint("fee_bearer IN ('fund', 'general')", name=op.f("ck_pledge_fee_bearer")),
        sa.CheckConstraint("state <> 'stopped' OR ended_at IS NOT NULL", name=op.f("ck_pledge_stopped_has_a_time")),
        sa.CheckConstraint(
            "end_reason IN ('asked', 'unpaid', 'provider', 'double')", name=op.f("ck_pledge_end_reason")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_pledge_{column}_{table}"))
            for column, table in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pledge_public_id")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_pledge_subscription_id")),
    )
    for columns in (("campaign_id", "state"), ("state", "next_at"), ("donor_id",), ("doubles_id",)):
        op.create_index(op.f(f"ix_pledge_{'_'.join(columns)}"), "pledge", list(columns))


def _create_pledge_event() -> None:
    op.create_table(
        "pledge_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("pledge_id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["staff.id"], name=op.f("fk_pledge_event_actor_id_staff")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_event_pledge_id_pledge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_event")),
    )
    op.create_index(op.f("ix_pledge_event_pledge_id_id"), "pledge_event", ["pledge_id", "id"])
    if _is_sqlite():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER pledge_event_no_{act.lower()} BEFORE {act} ON pledge_event "
                "BEGIN SELECT RAISE(ABORT, 'pledge_event is append-only'); END"
            )
        op.execute(
            "CREATE TRIGGER pledge_event_once BEFORE INSERT ON pledge_event "
            "WHEN EXISTS (SELECT 1 FROM pledge_event WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'pledge_event stands already'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER pledge_event_append_only BEFORE UPDATE OR DELETE ON pledge_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER pledge_event_no_truncate BEFORE TRUNCATE ON pledge_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _create_pledge_request() -> None:
    acts = "'change', 'pause', 'skip', 'resume', 'stop_later', 'keep', 'stop', 'mend'"
    op.create_table(
        "pledge_request",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(length=16), nullable=False),
        sa.Column("pledge_id", KEY, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint(f"act IN ({acts})", name=op.f("ck_pledge_request_act")),
        sa.CheckConstraint("state IN ('requested', 'done', 'refused')", name=op.f("ck_pledge_request_state")),
        sa.CheckConstraint("asked_by IN ('donor', 'staff', 'system')", name=op.f("ck_pledge_request_asked_by")),
        sa.ForeignKeyConstraint(["actor_id"], ["staff.id"], name=op.f("fk_pledge_request_actor_id_staff")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_request_pledge_id_pledge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pledge_request_public_id")),
    )
    for columns in (("pledge_id", "state", "id"), ("state", "next_try_at", "id")):
        op.create_index(op.f(f"ix_pledge_request_{'_'.join(columns)}"), "pledge_request", list(columns))


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")
