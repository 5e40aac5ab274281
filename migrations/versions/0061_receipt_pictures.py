"""Receipts print the organisation's logo and its signatory's signature, and keep their own copies of both."""

import hashlib
import re

import sqlalchemy as sa
from alembic import op

from campaign.services.downgrades import refuse_to_lose

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

LOGO = sa.table(
    "organisation_logo",
    *(sa.column(name) for name in ("kind", "media_type", "content", "width", "height", "digest", "sha256", "is_printed")),
    sa.column("updated_at", sa.DateTime(timezone=True)),
)
BEFORE = tuple(column for column in LOGO.c if column.name not in {"sha256", "is_printed"})
MAX_PRINTED_SVG = 100_000
SECOND_TEMPLATE = '%template_version___2"%'  # the underscores stand for quotation marks and a colon
REPEATS = re.compile(rb"<(\w+:)?(use|pattern|mask)\b", re.IGNORECASE)


def upgrade() -> None:
    rows = [dict(row) for row in op.get_bind().execute(sa.select(*BEFORE)).mappings()]
    for row in rows:
        content = bytes(row["content"])
        row |= {"sha256": hashlib.sha256(content).hexdigest(), "is_printed": _is_printed(row["media_type"], content)}
    _create_logos("'logo', 'icon', 'signature'", sa.Column("sha256", sa.CHAR(64), nullable=False), _IS_PRINTED)
    op.bulk_insert(LOGO, rows)
    op.create_table(
        "receipt_picture",
        sa.Column("sha256", sa.CHAR(64), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_receipt_picture")),
    )
    _seal()


def downgrade() -> None:
    """An older version cannot read receipts with pictures. A signature that no receipt prints is removed."""
    connection = op.get_bind()
    unreadable = {
        "pictures printed on receipts": "receipt_picture",
        "receipts in the organisation's colour": f"receipt WHERE document LIKE '{SECOND_TEMPLATE}'",
    }
    refuse_to_lose(connection, revision=revision, rows=unreadable)
    rows = [dict(row) for row in connection.execute(sa.select(*BEFORE).where(LOGO.c.kind != "signature")).mappings()]
    op.drop_table("receipt_picture")
    _create_logos("'logo', 'icon'")
    op.bulk_insert(LOGO, rows)


_IS_PRINTED = sa.Column("is_printed", sa.Boolean(), nullable=False)


def _is_printed(media_type: str, content: bytes) -> bool:
    """Return what the check of an upload says; an SVG in another encoding than UTF-8 is not printed until it is uploaded again."""
    if media_type != "image/svg+xml":
        return True
    return len(content) <= MAX_PRINTED_SVG and b"\0" not in content and not REPEATS.search(content)


def _create_logos(kinds: str, *further: sa.Column[object]) -> None:
    op.drop_table("organisation_logo")
    op.create_table(
        "organisation_logo",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.CHAR(16), nullable=False),
        *further,
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_organisation_logo_kind")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_organisation_logo")),
    )


def _seal() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER receipt_picture_no_{act} BEFORE {act.upper()} ON receipt_picture "
                "BEGIN SELECT RAISE(ABORT, 'receipt_picture is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER receipt_picture_append_only BEFORE UPDATE OR DELETE ON receipt_picture "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER receipt_picture_no_truncate BEFORE TRUNCATE ON receipt_picture "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
