"""The organisation has a row of its own; the issuer of receipts moves there from the campaign that the site shows first."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
TEXTS = ("legal_name", "short_name", "address", "place", "registration", "signatory", "signatory_role", "footer")
OF_ISSUER = ("legal_name", "address", "place", "registration", "signatory")
CAMPAIGN = sa.table(
    "campaign",
    sa.column("id", sa.BigInteger),
    sa.column("is_featured", sa.Boolean),
    sa.column("contact_email", sa.String),
    sa.column("name", JSON),
    sa.column("issuer", JSON),
)


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        *(sa.Column(name, JSON, nullable=False) for name in TEXTS),
        sa.Column("country", sa.CHAR(2), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("fiscal_month", sa.BigInteger(), nullable=False),
        sa.Column("contact_email", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=False),
        sa.Column("links", JSON, nullable=False),
        sa.Column("button_colour", sa.CHAR(7), nullable=True),
        sa.Column("link_colour", sa.CHAR(7), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_organisation_one_row")),
        sa.CheckConstraint("fiscal_month BETWEEN 1 AND 12", name=op.f("ck_organisation_fiscal_month")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    _move_issuer_to_organisation()


def downgrade() -> None:
    _return_issuer_to_campaigns()
    op.drop_table("organisation")


def _move_issuer_to_organisation() -> None:
    """Copy what the first campaign prints on receipts; campaigns with the same issuer use the organisation's from now on."""
    connection = op.get_bind()
    first = connection.execute(sa.select(CAMPAIGN).order_by(CAMPAIGN.c.is_featured.desc(), CAMPAIGN.c.id)).first()
    if first is None or not first.issuer:
        return
    issuer = dict(first.issuer)
    connection.execute(_organisation().insert(), {**_empty_row(), **_columns_of(issuer), "contact_email": first.contact_email})
    for row in connection.execute(sa.select(CAMPAIGN.c.id, CAMPAIGN.c.issuer)).all():
        if row.issuer == issuer:
            connection.execute(sa.update(CAMPAIGN).where(CAMPAIGN.c.id == row.id).values(issuer={}))


def _return_issuer_to_campaigns() -> None:
    connection = op.get_bind()
    row = connection.execute(sa.select(_organisation())).first()
    if row is None:
        return
    issuer = {name: getattr(row, name) for name in OF_ISSUER if getattr(row, name)}
    for campaign in connection.execute(sa.select(CAMPAIGN.c.id, CAMPAIGN.c.issuer)).all():
        if not campaign.issuer:
            connection.execute(sa.update(CAMPAIGN).where(CAMPAIGN.c.id == campaign.id).values(issuer=issuer))


def _columns_of(issuer: dict[str, Any]) -> dict[str, Any]:
    return {name: issuer.get(name) or {} for name in OF_ISSUER}


def _empty_row() -> dict[str, Any]:
    texts: dict[str, Any] = {name: {} for name in TEXTS}
    return {
        **texts,
        "id": 1,
        "revision": 1,
        "fiscal_month": 1,
        "reply_to": "",
        "links": [],
        "updated_at": datetime.now(UTC).replace(tzinfo=None if op.get_bind().dialect.name == "sqlite" else UTC),
    }


def _organisation() -> sa.TableClause:
    return sa.table(
        "organisation",
        *(sa.column(name, JSON) for name in (*TEXTS, "links")),
        *(sa.column(name, sa.BigInteger) for name in ("id", "revision", "fiscal_month")),
        *(sa.column(name, sa.String) for name in ("contact_email", "reply_to")),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
