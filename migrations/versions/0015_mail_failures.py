"""Mails: whose campaign they tell of, why one could not leave, and the address folded for the desk's search."""

import sqlalchemy as sa
from alembic import op

from campaign.domain.folding import fold

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FAILURES = "'address', 'refused', 'unreachable', 'receipt', 'late', 'fault'"
LATE_NEWS = "late news: found by a comparison with the provider, and not yet released"


def upgrade() -> None:
    key = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute("ALTER TABLE message ADD COLUMN search_text VARCHAR DEFAULT '' NOT NULL")
    op.execute(
        f"ALTER TABLE message ADD COLUMN campaign_id {key} "
        "CONSTRAINT fk_message_campaign_id_campaign REFERENCES campaign (id)"
    )
    op.execute(
        f"ALTER TABLE message ADD COLUMN failure VARCHAR CONSTRAINT ck_message_failure CHECK (failure IN ({FAILURES}))"
    )
    op.create_index(op.f("ix_message_campaign_id"), "message", ["campaign_id"])
    _fill()


def downgrade() -> None:
    op.drop_index(op.f("ix_message_campaign_id"), "message")
    for column in ("failure", "campaign_id", "search_text"):
        op.execute(f"ALTER TABLE message DROP COLUMN {column}")


def _fill() -> None:
    bind = op.get_bind()
    json = "facts->>'pledge'"
    bind.execute(
        sa.text(
            "UPDATE message SET campaign_id = COALESCE("
            "(SELECT campaign_id FROM donation WHERE donation.id = message.donation_id), "
            f"(SELECT campaign_id FROM pledge WHERE pledge.public_id = message.{json}))"
        )
    )
    failures = {
        "late": f"error = '{LATE_NEWS}'",
        "receipt": "state = 'held'",
        "address": "error IN ('the address was refused (550)', 'the address was refused (553)')",
        "unreachable": "error LIKE 'no answer from the mail server%' OR error LIKE '%refused (4%'",
        "refused": "error LIKE '%refused (5%'",
        "fault": "error IS NOT NULL",
    }
    for failure, condition in failures.items():
        bind.execute(
            sa.text(f"UPDATE message SET failure = :failure WHERE failure IS NULL AND error IS NOT NULL AND ({condition})"),
            {"failure": failure},
        )
    addresses = bind.execute(sa.text("SELECT DISTINCT recipient FROM message")).scalars().all()
    for address in addresses:
        bind.execute(
            sa.text("UPDATE message SET search_text = :folded WHERE recipient = :address"),
            {"folded": fold(address), "address": address},
        )
