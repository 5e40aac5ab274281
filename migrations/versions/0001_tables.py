"""tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from campaign.services.downgrades import refuse_to_lose
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

LOST = {
    "gifts": "donation",
    "entries in the books": "journal_entry",
    "allocations": "allocation",
    "payments": "disbursement",
    "receipts": "receipt",
    "receipt numbers": "receipt_counter",
    "events of the provider": "provider_event",
    "acts of staff": "audit_event",
}


def upgrade() -> None:

    op.create_table('campaign',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('goal_minor', sa.BigInteger(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('is_featured', sa.Boolean(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('name', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('kicker', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('summary', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('trust_line', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('image_alt', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('contact_email', sa.String(), nullable=False),
    sa.Column('fee_bearer', sa.String(), nullable=False),
    sa.Column('series', sa.String(), nullable=False),
    sa.Column('issuer', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('latitude', sa.String(), nullable=True),
    sa.Column('longitude', sa.String(), nullable=True),
    sa.CheckConstraint("fee_bearer IN ('fund', 'general')", name=op.f('ck_campaign_fee_bearer')),
    sa.CheckConstraint('ends_on > starts_on', name=op.f('ck_campaign_ends_after_start')),
    sa.CheckConstraint('goal_minor > 0', name=op.f('ck_campaign_positive_goal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign')),
    sa.UniqueConstraint('slug', name=op.f('uq_campaign_slug'))
    )
    op.create_table('donor',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.CHAR(length=16), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('email_key', sa.String(), nullable=True),
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_donor')),
    sa.UniqueConstraint('email_key', name=op.f('uq_donor_email_key')),
    sa.UniqueConstraint('public_id', name=op.f('uq_donor_public_id'))
    )
    op.create_table('provider_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('object_id', sa.String(), nullable=False),
    sa.Column('api_version', sa.String(), nullable=True),
    sa.Column('livemode', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('processed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.Column('donation_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("state IN ('new', 'processed', 'ignored', 'foreign', 'parked', 'failed', 'dead')", name=op.f('ck_provider_event_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_event')),
    sa.UniqueConstraint('event_id', name=op.f('uq_provider_event_event_id'))
    )
    op.create_index(op.f('ix_provider_event_object_id'), 'provider_event', ['object_id'], unique=False)
    op.create_index(op.f('ix_provider_event_state_next_try_at_id'), 'provider_event', ['state', 'next_try_at', 'id'], unique=False)
    op.create_table('receipt_counter',
    sa.Column('series', sa.String(), nullable=False),
    sa.Column('year', sa.BigInteger(), nullable=False),
    sa.Column('last_number', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('series', 'year', name=op.f('pk_receipt_counter'))
    )
    op.create_table('role',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('name', name=op.f('uq_role_name'))
    )
    op.create_table('staff',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('password', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tf_primary_method', sa.String(), nullable=True),
    sa.Column('tf_totp_secret', sa.String(), nullable=True),
    sa.Column('mf_recovery_codes', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('email', name=op.f('uq_staff_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_staff_fs_uniquifier'))
    )
    op.create_table('audit_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('detail', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['staff.id'], name=op.f('fk_audit_event_actor_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event'))
    )
    op.create_index(op.f('ix_audit_event_actor_id'), 'audit_event', ['actor_id'], unique=False)
    op.create_index(op.f('ix_audit_event_subject'), 'audit_event', ['subject'], unique=False)
    op.create_table('campaign_currency',
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('minimum_minor', sa.BigInteger(), nullable=False),
    sa.Column('maximum_minor', sa.BigInteger(), nullable=False),
    sa.Column('fee_basis_points', sa.BigInteger(), nullable=False),
    sa.Column('fee_fixed_minor', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('0 < minimum_minor AND minimum_minor < maximum_minor', name=op.f('ck_campaign_currency_bounds')),
    sa.CheckConstraint('fee_basis_points >= 0 AND fee_basis_points < 10000 AND fee_fixed_minor >= 0', name=op.f('ck_campaign_currency_fee')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_currency_campaign_id_campaign')),
    sa.PrimaryKeyConstraint('campaign_id', 'currency', name=op.f('pk_campaign_currency'))
    )
    op.create_table('campaign_revision',
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('revision', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_revision_campaign_id_campaign')),
    sa.PrimaryKeyConstraint('campaign_id', name=op.f('pk_campaign_revision'))
    )
    op.create_table('campaign_update',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.CHAR(length=16), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('published_on', sa.Date(), nullable=False),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('author', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_update_campaign_id_campaign')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_update')),
    sa.UniqueConstraint('public_id', name=op.f('uq_campaign_update_public_id'))
    )
    op.create_index(op.f('ix_campaign_update_campaign_id'), 'campaign_update', ['campaign_id'], unique=False)
    op.create_table('fund',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.CHAR(length=16), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('summary', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('goal_minor', sa.BigInteger(), nullable=False),
    sa.Column('theme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('target_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("(kind = 'restricted') = (theme_id IS NOT NULL AND target_id IS NOT NULL)", name=op.f('ck_fund_restricted_child')),
    sa.CheckConstraint("kind IN ('general', 'theme', 'event', 'grant', 'line', 'restricted')", name=op.f('ck_fund_kind')),
    sa.CheckConstraint('goal_minor >= 0', name=op.f('ck_fund_goal')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_fund_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['target_id'], ['fund.id'], name=op.f('fk_fund_target_id_fund')),
    sa.ForeignKeyConstraint(['theme_id'], ['fund.id'], name=op.f('fk_fund_theme_id_fund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fund')),
    sa.UniqueConstraint('campaign_id', 'code', name=op.f('uq_fund_campaign_id_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_fund_public_id'))
    )
    op.create_table('journal_entry',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('transaction_id', sa.BigInteger(), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('request_hash', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reverses', sa.String(), nullable=True),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.CheckConstraint("kind IN ('gift_paid', 'gift_settled', 'refund', 'refund_failed', 'allocation', 'take_back', 'disbursement', 'reversal')", name=op.f('ck_journal_entry_kind')),
    sa.ForeignKeyConstraint(['actor_id'], ['staff.id'], name=op.f('fk_journal_entry_actor_id_staff')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_journal_entry_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['reverses'], ['journal_entry.source'], name=op.f('fk_journal_entry_reverses_journal_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_entry')),
    sa.UniqueConstraint('id', 'transaction_id', name=op.f('uq_journal_entry_id_transaction_id')),
    sa.UniqueConstraint('reverses', name=op.f('uq_journal_entry_reverses')),
    sa.UniqueConstraint('source', name=op.f('uq_journal_entry_source'))
    )
    op.create_index(op.f('ix_journal_entry_campaign_id_effective_on'), 'journal_entry', ['campaign_id', 'effective_on'], unique=False)
    op.create_index(op.f('ix_journal_entry_subject'), 'journal_entry', ['subject'], unique=False)
    op.create_table('milestone',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_milestone_positive')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_milestone_campaign_id_campaign')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestone')),
    sa.UniqueConstraint('campaign_id', 'amount_minor', name=op.f('uq_milestone_campaign_id_amount_minor'))
    )
    op.create_table('section',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('heading', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_section_campaign_id_campaign')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_section')),
    sa.UniqueConstraint('campaign_id', 'place', 'slug', name=op.f('uq_section_campaign_id_place_slug'))
    )
    op.create_table('staff_role',
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_staff_role_role_id_role')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_role_staff_id_staff')),
    sa.PrimaryKeyConstraint('staff_id', 'role_id', name=op.f('pk_staff_role'))
    )
    op.create_table('suggested_amount',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('impact', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_suggested_amount_campaign_id_campaign')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggested_amount')),
    sa.UniqueConstraint('campaign_id', 'currency', 'amount_minor', name=op.f('uq_suggested_amount_campaign_id_currency_amount_minor'))
    )
    op.create_table('allocation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.CHAR(length=16), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('target_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('proposed_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_note', sa.String(), nullable=False),
    sa.CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name=op.f('ck_allocation_decided_by_somebody')),
    sa.CheckConstraint("kind IN ('allocation', 'take_back')", name=op.f('ck_allocation_kind')),
    sa.CheckConstraint("state <> 'approved' OR decided_by <> proposed_by", name=op.f('ck_allocation_approved_by_another')),
    sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name=op.f('ck_allocation_state')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_allocation_positive_amount')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_allocation_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_allocation_decided_by_staff')),
    sa.ForeignKeyConstraint(['proposed_by'], ['staff.id'], name=op.f('fk_allocation_proposed_by_staff')),
    sa.ForeignKeyConstraint(['source_id'], ['fund.id'], name=op.f('fk_allocation_source_id_fund')),
    sa.ForeignKeyConstraint(['target_id'], ['fund.id'], name=op.f('fk_allocation_target_id_fund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation')),
    sa.UniqueConstraint('public_id', name=op.f('uq_allocation_public_id'))
    )
    op.create_index(op.f('ix_allocation_campaign_id'), 'allocation', ['campaign_id'], unique=False)
    op.create_index(op.f('ix_allocation_state'), 'allocation', ['state'], unique=False)
    op.create_table('budget_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_budget_line_positive')),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_budget_line_fund_id_fund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_budget_line')),
    sa.UniqueConstraint('fund_id', 'position', name=op.f('uq_budget_line_fund_id_position'))
    )
    op.create_table('disbursement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.CHAR(length=16), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=False),
    sa.Column('payee', sa.String(), nullable=False),
    sa.Column('evidence', sa.String(), nullable=False),
    sa.Column('recorded_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_disbursement_positive_amount')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_disbursement_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_disbursement_fund_id_fund')),
    sa.ForeignKeyConstraint(['recorded_by'], ['staff.id'], name=op.f('fk_disbursement_recorded_by_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disbursement')),
    sa.UniqueConstraint('public_id', name=op.f('uq_disbursement_public_id'))
    )
    op.create_index(op.f('ix_disbursement_campaign_id'), 'disbursement', ['campaign_id'], unique=False)
    op.create_table('donation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.CHAR(length=16), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('donor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('form_id', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('frequency', sa.String(), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('gift_minor', sa.BigInteger(), nullable=False),
    sa.Column('cover_minor', sa.BigInteger(), nullable=False),
    sa.Column('fee_bearer', sa.String(), nullable=False),
    sa.Column('is_anonymous', sa.Boolean(), nullable=False),
    sa.Column('public_name', sa.String(), nullable=True),
    sa.Column('message', sa.String(), nullable=True),
    sa.Column('wall', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('attempt', sa.BigInteger(), nullable=False),
    sa.Column('livemode', sa.Boolean(), nullable=False),
    sa.Column('checkout_params', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('checkout_id', sa.String(), nullable=True),
    sa.Column('checkout_url', sa.String(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('payment_id', sa.String(), nullable=True),
    sa.Column('charge_id', sa.String(), nullable=True),
    sa.Column('method', sa.String(), nullable=True),
    sa.Column('method_brand', sa.String(), nullable=True),
    sa.Column('method_last4', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settlement_id', sa.String(), nullable=True),
    sa.Column('settled_currency', sa.String(), nullable=True),
    sa.Column('settled_minor', sa.BigInteger(), nullable=True),
    sa.Column('fee_minor', sa.BigInteger(), nullable=True),
    sa.Column('rate', sa.String(), nullable=True),
    sa.Column('refunded_minor', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("fee_bearer IN ('fund', 'general')", name=op.f('ck_donation_fee_bearer')),
    sa.CheckConstraint("frequency IN ('once', 'monthly')", name=op.f('ck_donation_frequency')),
    sa.CheckConstraint("state <> 'paid' OR paid_at IS NOT NULL", name=op.f('ck_donation_paid_has_a_time')),
    sa.CheckConstraint("state IN ('created', 'open', 'processing', 'paid', 'expired', 'failed')", name=op.f('ck_donation_state')),
    sa.CheckConstraint("wall IN ('shown', 'hidden')", name=op.f('ck_donation_wall')),
    sa.CheckConstraint('gift_minor > 0 AND cover_minor >= 0', name=op.f('ck_donation_positive_amount')),
    sa.CheckConstraint('refunded_minor >= 0 AND refunded_minor <= gift_minor + cover_minor', name=op.f('ck_donation_refund_within_gift')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_donation_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_donation_donor_id_donor')),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_donation_fund_id_fund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_donation')),
    sa.UniqueConstraint('charge_id', name=op.f('uq_donation_charge_id')),
    sa.UniqueConstraint('checkout_id', name=op.f('uq_donation_checkout_id')),
    sa.UniqueConstraint('form_id', name=op.f('uq_donation_form_id')),
    sa.UniqueConstraint('payment_id', name=op.f('uq_donation_payment_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_donation_public_id')),
    sa.UniqueConstraint('settlement_id', name=op.f('uq_donation_settlement_id'))
    )
    op.create_index(op.f('ix_donation_campaign_id_id'), 'donation', ['campaign_id', 'id'], unique=False)
    op.create_index(op.f('ix_donation_campaign_id_state_paid_at'), 'donation', ['campaign_id', 'state', 'paid_at'], unique=False)
    op.create_index(op.f('ix_donation_created_at_id'), 'donation', ['created_at', 'id'], unique=False)
    op.create_index(op.f('ix_donation_donor_id'), 'donation', ['donor_id'], unique=False)
    op.create_table('event',
    sa.Column('fund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('place', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_event_fund_id_fund')),
    sa.PrimaryKeyConstraint('fund_id', name=op.f('pk_event'))
    )
    op.create_table('fund_reach',
    sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('target_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['fund.id'], name=op.f('fk_fund_reach_source_id_fund')),
    sa.ForeignKeyConstraint(['target_id'], ['fund.id'], name=op.f('fk_fund_reach_target_id_fund')),
    sa.PrimaryKeyConstraint('source_id', 'target_id', name=op.f('pk_fund_reach'))
    )
    op.create_table('grant',
    sa.Column('fund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_grant_fund_id_fund')),
    sa.PrimaryKeyConstraint('fund_id', name=op.f('pk_grant'))
    )
    op.create_table('posting',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entry_id', sa.String(), nullable=False),
    sa.Column('transaction_id', sa.BigInteger(), nullable=False),
    sa.Column('line', sa.BigInteger(), nullable=False),
    sa.Column('account', sa.BigInteger(), nullable=False),
    sa.Column('fund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.CheckConstraint('(account >= 3000) = (fund_id IS NOT NULL)', name=op.f('ck_posting_fund_where_needed')),
    sa.CheckConstraint('amount_minor <> 0', name=op.f('ck_posting_amount')),
    sa.ForeignKeyConstraint(['entry_id', 'transaction_id'], ['journal_entry.id', 'journal_entry.transaction_id'], name=op.f('fk_posting_entry_id_transaction_id_journal_entry'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_posting_fund_id_fund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting')),
    sa.UniqueConstraint('entry_id', 'line', name=op.f('uq_posting_entry_id_line'))
    )
    op.create_index(op.f('ix_posting_account_currency_amount_minor'), 'posting', ['account', 'currency', 'amount_minor'], unique=False)
    op.create_index(op.f('ix_posting_fund_id_account_currency_amount_minor'), 'posting', ['fund_id', 'account', 'currency', 'amount_minor'], unique=False)
    op.create_table('donation_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('donation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('detail', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['staff.id'], name=op.f('fk_donation_event_actor_id_staff')),
    sa.ForeignKeyConstraint(['donation_id'], ['donation.id'], name=op.f('fk_donation_event_donation_id_donation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_donation_event'))
    )
    op.create_index(op.f('ix_donation_event_donation_id_id'), 'donation_event', ['donation_id', 'id'], unique=False)
    op.create_table('receipt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('series', sa.String(), nullable=False),
    sa.Column('year', sa.BigInteger(), nullable=False),
    sa.Column('serial', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('donation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verify_code', sa.String(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('document_sha256', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('replaces_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(), nullable=True),
    sa.CheckConstraint("state IN ('issued', 'replaced', 'void')", name=op.f('ck_receipt_state')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_receipt_positive_amount')),
    sa.ForeignKeyConstraint(['donation_id'], ['donation.id'], name=op.f('fk_receipt_donation_id_donation')),
    sa.ForeignKeyConstraint(['replaces_id'], ['receipt.id'], name=op.f('fk_receipt_replaces_id_receipt')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('number', name=op.f('uq_receipt_number')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_receipt_replaces_id')),
    sa.UniqueConstraint('series', 'year', 'serial', name=op.f('uq_receipt_series_year_serial'))
    )
    op.create_index(op.f('ix_receipt_donation_id'), 'receipt', ['donation_id'], unique=False)
    op.create_index(op.f('ix_receipt_issued_at'), 'receipt', ['issued_at'], unique=False)
    op.create_index('uq_receipt_live', 'receipt', ['donation_id'], unique=True, sqlite_where=sa.text("state = 'issued'"), postgresql_where=sa.text("state = 'issued'"))
    op.create_table('refund',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.CHAR(length=16), nullable=False),
    sa.Column('donation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.CHAR(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('requested_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('settlement_id', sa.String(), nullable=True),
    sa.Column('failure_settlement_id', sa.String(), nullable=True),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.CheckConstraint("state IN ('requested', 'pending', 'succeeded', 'failed', 'canceled')", name=op.f('ck_refund_state')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_refund_positive_amount')),
    sa.ForeignKeyConstraint(['donation_id'], ['donation.id'], name=op.f('fk_refund_donation_id_donation')),
    sa.ForeignKeyConstraint(['requested_by'], ['staff.id'], name=op.f('fk_refund_requested_by_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_refund_provider_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_refund_public_id'))
    )
    op.create_index(op.f('ix_refund_donation_id'), 'refund', ['donation_id'], unique=False)
    op.create_index(op.f('ix_refund_state'), 'refund', ['state'], unique=False)
    op.create_table('message',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.CHAR(length=16), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('recipient', sa.String(), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('dedupe_key', sa.String(), nullable=False),
    sa.Column('receipt_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('donation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'sent', 'kept', 'held', 'dead')", name=op.f('ck_message_state')),
    sa.ForeignKeyConstraint(['donation_id'], ['donation.id'], name=op.f('fk_message_donation_id_donation')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_message_receipt_id_receipt')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_message_dedupe_key')),
    sa.UniqueConstraint('public_id', name=op.f('uq_message_public_id'))
    )
    op.create_index(op.f('ix_message_donation_id'), 'message', ['donation_id'], unique=False)
    op.create_index(op.f('ix_message_state_next_try_at_id'), 'message', ['state', 'next_try_at', 'id'], unique=False)
    op.create_table('receipt_file',
    sa.Column('receipt_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('pdf', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_receipt_file_receipt_id_receipt')),
    sa.PrimaryKeyConstraint('receipt_id', name=op.f('pk_receipt_file'))
    )



def downgrade() -> None:
    refuse_to_lose(op.get_bind(), revision=revision, rows=LOST)

    op.drop_table('receipt_file')
    op.drop_index(op.f('ix_message_state_next_try_at_id'), table_name='message')
    op.drop_index(op.f('ix_message_donation_id'), table_name='message')
    op.drop_table('message')
    op.drop_index(op.f('ix_refund_state'), table_name='refund')
    op.drop_index(op.f('ix_refund_donation_id'), table_name='refund')
    op.drop_table('refund')
    op.drop_index('uq_receipt_live', table_name='receipt', sqlite_where=sa.text("state = 'issued'"), postgresql_where=sa.text("state = 'issued'"))
    op.drop_index(op.f('ix_receipt_issued_at'), table_name='receipt')
    op.drop_index(op.f('ix_receipt_donation_id'), table_name='receipt')
    op.drop_table('receipt')
    op.drop_index(op.f('ix_donation_event_donation_id_id'), table_name='donation_event')
    op.drop_table('donation_event')
    op.drop_index(op.f('ix_posting_fund_id_account_currency_amount_minor'), table_name='posting')
    op.drop_index(op.f('ix_posting_account_currency_amount_minor'), table_name='posting')
    op.drop_table('posting')
    op.drop_table('grant')
    op.drop_table('fund_reach')
    op.drop_table('event')
    op.drop_index(op.f('ix_donation_donor_id'), table_name='donation')
    op.drop_index(op.f('ix_donation_created_at_id'), table_name='donation')
    op.drop_index(op.f('ix_donation_campaign_id_state_paid_at'), table_name='donation')
    op.drop_index(op.f('ix_donation_campaign_id_id'), table_name='donation')
    op.drop_table('donation')
    op.drop_index(op.f('ix_disbursement_campaign_id'), table_name='disbursement')
    op.drop_table('disbursement')
    op.drop_table('budget_line')
    op.drop_index(op.f('ix_allocation_state'), table_name='allocation')
    op.drop_index(op.f('ix_allocation_campaign_id'), table_name='allocation')
    op.drop_table('allocation')
    op.drop_table('suggested_amount')
    op.drop_table('staff_role')
    op.drop_table('section')
    op.drop_table('milestone')
    op.drop_index(op.f('ix_journal_entry_subject'), table_name='journal_entry')
    op.drop_index(op.f('ix_journal_entry_campaign_id_effective_on'), table_name='journal_entry')
    op.drop_table('journal_entry')
    op.drop_table('fund')
    op.drop_index(op.f('ix_campaign_update_campaign_id'), table_name='campaign_update')
    op.drop_table('campaign_update')
    op.drop_table('campaign_revision')
    op.drop_table('campaign_currency')
    op.drop_index(op.f('ix_audit_event_subject'), table_name='audit_event')
    op.drop_index(op.f('ix_audit_event_actor_id'), table_name='audit_event')
    op.drop_table('audit_event')
    op.drop_table('staff')
    op.drop_table('role')
    op.drop_table('receipt_counter')
    op.drop_index(op.f('ix_provider_event_state_next_try_at_id'), table_name='provider_event')
    op.drop_index(op.f('ix_provider_event_object_id'), table_name='provider_event')
    op.drop_table('provider_event')
    op.drop_table('donor')
    op.drop_table('campaign')

