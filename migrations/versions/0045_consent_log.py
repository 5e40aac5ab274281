"""One log of consents to be written to; readers who confirmed or left are carried over."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OPEN = {name: sa.text("withdrawn_at IS NULL") for name in ("sqlite_where", "postgresql_where")}
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


def upgrade() -> None:
    op.create_table(
        "donor_consent",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.Column("donor_id", KEY, nullable=True),
        sa.Column("subscriber_id", KEY, nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("withdrawn_by", KEY, nullable=True),
        sa.CheckConstraint(
            "purpose IN ('updates', 'thanks', 'invitations')", name=op.f("ck_donor_consent_purpose")
        ),
        sa.CheckConstraint(
            "source IN ('email_link', 'in_person', 'paper', 'phone', 'message')", name=op.f("ck_donor_consent_source")
        ),
        sa.CheckConstraint("(donor_id IS NULL) <> (subscriber_id IS NULL)", name=op.f("ck_donor_consent_one_person")),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_donor_consent_donor_id_donor")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_donor_consent_subscriber_id_subscriber")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_donor_consent_recorded_by_staff")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["staff.id"], name=op.f("fk_donor_consent_withdrawn_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor_consent")),
        sa.UniqueConstraint("public_id", name=op.f("uq_donor_consent_public_id")),
    )
    op.create_index("uq_donor_consent_donor", "donor_consent", ["donor_id", "purpose"], unique=True, **OPEN)
    op.create_index("uq_donor_consent_subscriber", "donor_consent", ["subscriber_id"], unique=True, **OPEN)
    op.create_index(op.f("ix_donor_consent_donor_id"), "donor_consent", ["donor_id"])
    op.create_index(op.f("ix_donor_consent_subscriber_id"), "donor_consent", ["subscriber_id"])
    _carry_over()


def downgrade() -> None:
    op.drop_table("donor_consent")


def _carry_over() -> None:
    """What readers agreed to stands in their rows; from here on it stands in the log."""
    connection = op.get_bind()
    readers = connection.execute(
        sa.text(
            "SELECT id, language, consent_version, confirmed_at, left_at FROM subscriber WHERE confirmed_at IS NOT NULL"
        )
    ).all()
    log = sa.text(
        "INSERT INTO donor_consent (public_id, subscriber_id, purpose, text_version, language, source, evidence,"
        " given_at, withdrawn_at) VALUES (:name, :id, 'updates', :version, :language, 'email_link', '', :at, :left)"
    )
    for reader in readers:
        connection.execute(
            log,
            {
                "name": "".join(secrets.choice(ALPHABET) for _ in range(16)),
                "id": reader.id,
                "version": reader.consent_version,
                "language": reader.language,
                "at": reader.confirmed_at,
                "left": reader.left_at,
            },
        )
