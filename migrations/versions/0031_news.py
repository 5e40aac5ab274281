"""Updates have states, revisions and moments.

An update that was there is published, at noon of its day in UTC: that is the same day in nearly every time zone.
Going back, drafts and withdrawn updates are removed, for the older version would show them to everybody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLE = "campaign_update"
STATES = "'draft', 'scheduled', 'published', 'withdrawn'"
MOMENTS = ("publish_at", "published_at", "corrected_at", "withdrawn_at")
NOON = {
    "sqlite": "published_on || ' 12:00:00.000000'",
    "postgresql": "(published_on + TIME '12:00') AT TIME ZONE 'UTC'",
}
DAY = {"sqlite": "date(published_at)", "postgresql": "(published_at AT TIME ZONE 'UTC')::date"}


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("state", sa.String(), nullable=True))
        table.add_column(sa.Column("revision", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        for name in MOMENTS:
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("milestone_minor", sa.BigInteger(), nullable=True))
    dialect = op.get_bind().dialect.name
    op.execute(
        f"UPDATE {TABLE} SET state = 'published', revision = 1, changed_at = recorded_at, published_at = {NOON[dialect]}"
    )
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("state", existing_type=sa.String(), nullable=False)
        table.alter_column("revision", existing_type=sa.BigInteger(), nullable=False)
        table.alter_column("changed_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        table.drop_column("published_on")
        table.create_check_constraint(op.f("ck_campaign_update_state"), f"state IN ({STATES})")
        table.create_check_constraint(
            op.f("ck_campaign_update_scheduled_has_a_time"), "state <> 'scheduled' OR publish_at IS NOT NULL"
        )
        table.create_check_constraint(
            op.f("ck_campaign_update_published_has_a_time"),
            "state NOT IN ('published', 'withdrawn') OR published_at IS NOT NULL",
        )
        table.create_foreign_key(op.f("fk_campaign_update_changed_by_staff"), "staff", ["changed_by"], ["id"])
    op.create_index(op.f("ix_campaign_update_state_publish_at"), TABLE, ["state", "publish_at"])


def downgrade() -> None:
    op.execute(f"DELETE FROM {TABLE} WHERE state <> 'published'")
    op.drop_index(op.f("ix_campaign_update_state_publish_at"), TABLE)
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("published_on", sa.Date(), nullable=True))
    op.execute(f"UPDATE {TABLE} SET published_on = {DAY[op.get_bind().dialect.name]}")
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("published_on", existing_type=sa.Date(), nullable=False)
        table.drop_constraint(op.f("fk_campaign_update_changed_by_staff"), type_="foreignkey")
        for name in ("state", "scheduled_has_a_time", "published_has_a_time"):
            table.drop_constraint(op.f(f"ck_campaign_update_{name}"), type_="check")
        for name in ("state", "revision", "changed_at", "changed_by", *MOMENTS, "milestone_minor"):
            table.drop_column(name)
