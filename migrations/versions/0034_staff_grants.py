"""A role is granted for one campaign or for the organisation; until now all roles of a person held for the same."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

IS_OF_CAMPAIGN = sa.text("campaign_id IS NOT NULL")
IS_SHARED = sa.text("campaign_id IS NULL")


def upgrade() -> None:
    key = sa.Integer() if op.get_bind().dialect.name == "sqlite" else sa.BigInteger()
    op.create_table(
        "staff_grant",
        sa.Column("id", key, nullable=False),
        sa.Column("staff_id", key, nullable=False),
        sa.Column("role_id", key, nullable=False),
        sa.Column("campaign_id", key, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_staff_grant_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_staff_grant_role_id_role")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_grant_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_grant")),
    )
    op.create_index(op.f("ix_staff_grant_campaign_id"), "staff_grant", ["campaign_id"])
    op.create_index(op.f("ix_staff_grant_staff_id"), "staff_grant", ["staff_id"])
    op.create_index(
        "uq_staff_grant_of_campaign",
        "staff_grant",
        ["staff_id", "role_id", "campaign_id"],
        unique=True,
        sqlite_where=IS_OF_CAMPAIGN,
        postgresql_where=IS_OF_CAMPAIGN,
    )
    op.create_index(
        "uq_staff_grant_shared",
        "staff_grant",
        ["staff_id", "role_id"],
        unique=True,
        sqlite_where=IS_SHARED,
        postgresql_where=IS_SHARED,
    )
    op.execute(
        "INSERT INTO staff_grant (staff_id, role_id, campaign_id) SELECT staff_role.staff_id, staff_role.role_id, "
        "staff.campaign_id FROM staff_role JOIN staff ON staff.id = staff_role.staff_id ORDER BY staff_role.staff_id"
    )
    op.drop_index(op.f("ix_staff_campaign_id"), "staff")
    op.execute("ALTER TABLE staff DROP COLUMN campaign_id")
    op.drop_table("staff_role")


def downgrade() -> None:
    """The older version knows one place for all roles of a person.

    Of somebody with several places the roles for the organisation stay, else those for their first campaign: nobody gains
    a right.
    """
    key = sa.Integer() if op.get_bind().dialect.name == "sqlite" else sa.BigInteger()
    op.create_table(
        "staff_role",
        sa.Column("staff_id", key, nullable=False),
        sa.Column("role_id", key, nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_staff_role_role_id_role")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_role_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", "role_id", name=op.f("pk_staff_role")),
    )
    name = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE staff ADD COLUMN campaign_id {name} CONSTRAINT fk_staff_campaign_id_campaign REFERENCES campaign (id)"
    )
    op.create_index(op.f("ix_staff_campaign_id"), "staff", ["campaign_id"])
    op.execute(
        "UPDATE staff SET campaign_id = (SELECT min(campaign_id) FROM staff_grant WHERE staff_id = staff.id) "
        "WHERE NOT EXISTS (SELECT 1 FROM staff_grant WHERE staff_id = staff.id AND campaign_id IS NULL)"
    )
    op.execute(
        "INSERT INTO staff_role (staff_id, role_id) SELECT staff_grant.staff_id, staff_grant.role_id FROM staff_grant "
        "JOIN staff ON staff.id = staff_grant.staff_id WHERE staff_grant.campaign_id = staff.campaign_id "
        "OR (staff_grant.campaign_id IS NULL AND staff.campaign_id IS NULL)"
    )
    op.drop_table("staff_grant")
