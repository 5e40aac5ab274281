"""Who may do what at the desk: one row per endpoint. An endpoint without a row is closed to everybody.

Money moves by two hands: who proposes does not approve, and looking after people (admin) gives no right over money.
"""

from dataclasses import dataclass

ANYONE = frozenset({"viewer", "campaign", "finance", "approver", "admin"})
PERSONAL = frozenset({"campaign", "finance", "approver", "admin"})
"""Who sees donors' names and addresses. The others see what the donors themselves made public."""
CAMPAIGN = frozenset({"campaign"})
FINANCE = frozenset({"finance"})
PROPOSERS = frozenset({"campaign", "finance"})
APPROVERS = frozenset({"approver"})
MONEY = frozenset({"finance", "approver"})
KEEPERS = frozenset({"finance", "admin"})
ADMIN = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the roles is needed; `fresh` asks for the password again when the last time is over five minutes ago.

    `back` is the page that leads to a download: from there it is chosen again once the password has been given.
    `is_shared` pages concern the whole installation: a role that holds for one campaign does not open them.
    """

    roles: frozenset[str]
    fresh: bool = False
    back: str | None = None
    is_shared: bool = False

    def allows(self, roles: frozenset[str], *, campaign_id: int | None) -> bool:
        """Whether somebody with these roles may go there; `campaign_id` is the only campaign for which they hold."""
        return bool(self.roles & roles) and (campaign_id is None or not self.is_shared)


OPEN = frozenset(
    {
        "security.login",
        "security.logout",
        "security.two_factor_token_validation",
        "security.two_factor_setup",
        "security.mf_recovery",
    }
)
"""The way in and out; Flask-Security guards these itself (the second step is set up at the first sign-in)."""
PASSWORD_DOORS = frozenset(
    {
        "security.login",
        "security.verify",
        "security.change_password",
        "security.two_factor_token_validation",
        "security.mf_recovery",
    }
)
"""Where a password or a code can be guessed: tries are limited and refusals logged."""
WITH_A_FIRST_PASSWORD = OPEN | {"security.verify", "security.change_password", "security.two_factor_setup_validate"}
"""Where somebody may go who has not chosen a password of their own yet."""
CLOSED = frozenset({"security.two_factor_rescue", "security.tf_select"})
"""Doors of Flask-Security that we do not offer: rescue by mail, a choice where there is one way."""

RULES: dict[str, Rule] = {
    "security.verify": Rule(ANYONE),
    "security.change_password": Rule(ANYONE, fresh=True),
    "security.two_factor_setup_validate": Rule(ANYONE),
    "security.mf_recovery_codes": Rule(ANYONE, fresh=True),
    "admin.overview": Rule(ANYONE),
    "admin.account": Rule(ANYONE),
    "admin.sessions": Rule(ANYONE),
    "admin.end_session": Rule(ANYONE),
    "admin.end_other_sessions": Rule(ANYONE),
    "admin.set_language": Rule(ANYONE),
    "admin.choose_campaign": Rule(ANYONE),
    "admin.donations": Rule(ANYONE),
    "admin.donation": Rule(ANYONE),
    "admin.pledges": Rule(ANYONE),
    "admin.pledge": Rule(ANYONE),
    "admin.stop_pledge": Rule(PROPOSERS, fresh=True),
    "admin.withdraw_pledge_links": Rule(PROPOSERS),
    "admin.send_pledge_link": Rule(PROPOSERS),
    "admin.set_wall": Rule(CAMPAIGN),
    "admin.correction": Rule(FINANCE, fresh=True),
    "admin.correct_donation": Rule(FINANCE, fresh=True),
    "admin.refund": Rule(FINANCE, fresh=True),
    "admin.request_refund": Rule(FINANCE, fresh=True),
    "admin.allocations": Rule(ANYONE),
    "admin.allocation": Rule(ANYONE),
    "admin.allocation_form": Rule(PROPOSERS),
    "admin.propose_allocation": Rule(PROPOSERS),
    "admin.take_back_form": Rule(PROPOSERS),
    "admin.propose_take_back": Rule(PROPOSERS),
    "admin.cover_form": Rule(PROPOSERS),
    "admin.propose_cover": Rule(PROPOSERS),
    "admin.approve_allocation": Rule(APPROVERS),
    "admin.reject_allocation": Rule(APPROVERS),
    "admin.withdraw_allocation": Rule(PROPOSERS),
    "admin.disbursements": Rule(ANYONE),
    "admin.disbursement_form": Rule(FINANCE),
    "admin.record_disbursement": Rule(FINANCE),
    "admin.receipts": Rule(PERSONAL),
    "admin.held_receipt": Rule(FINANCE),
    "admin.correct_receipt": Rule(FINANCE, fresh=True),
    "admin.receipt_pdf": Rule(PERSONAL, fresh=True, back="admin.receipts"),
    "admin.receipts_zip": Rule(MONEY, fresh=True, back="admin.receipts"),
    "admin.receipt_register": Rule(MONEY, fresh=True, back="admin.receipts"),
    "admin.ledger": Rule(ANYONE),
    "admin.journal_file": Rule(ANYONE),
    "admin.trial_balance": Rule(ANYONE),
    "admin.balance_file": Rule(ANYONE),
    "admin.fund_statement": Rule(ANYONE),
    "admin.statement_file": Rule(ANYONE),
    "admin.allocation_ledger_file": Rule(ANYONE),
    "admin.reconciliation": Rule(MONEY, is_shared=True),
    "admin.reconciliation_case": Rule(MONEY, is_shared=True),
    "admin.compare_now": Rule(FINANCE, is_shared=True),
    "admin.fetch_case": Rule(FINANCE, is_shared=True),
    "admin.book_fee": Rule(FINANCE, fresh=True, is_shared=True),
    "admin.book_unidentified": Rule(FINANCE, fresh=True, is_shared=True),
    "admin.send_late_mails": Rule(FINANCE, fresh=True, is_shared=True),
    "admin.payout": Rule(MONEY, is_shared=True),
    "admin.book_payout": Rule(FINANCE, fresh=True, is_shared=True),
    "admin.payout_register": Rule(MONEY, is_shared=True),
    "admin.donation_register": Rule(FINANCE, fresh=True, back="admin.donations"),
    "admin.inbox": Rule(KEEPERS, is_shared=True),
    "admin.inbox_event": Rule(KEEPERS, is_shared=True),
    "admin.replay_event": Rule(KEEPERS, is_shared=True),
    "admin.replay_events": Rule(KEEPERS, is_shared=True),
    "admin.set_event_aside": Rule(KEEPERS, is_shared=True),
    "admin.mails": Rule(PERSONAL),
    "admin.mail_again": Rule(KEEPERS, fresh=True),
    "admin.send_mail_again": Rule(KEEPERS, fresh=True),
    "admin.shield": Rule(PERSONAL, is_shared=True),
    "admin.turn_shield": Rule(KEEPERS, is_shared=True),
    "admin.audit_trail": Rule(MONEY | ADMIN),
    "admin.people": Rule(ADMIN, is_shared=True),
    "admin.person": Rule(ADMIN, fresh=True, is_shared=True),
    "admin.set_roles": Rule(ADMIN, fresh=True, is_shared=True),
}


def sees_donors(roles: frozenset[str]) -> bool:
    """Whether somebody with these roles sees who gave, and finds gifts by it."""
    return bool(roles & PERSONAL)


def can(roles: frozenset[str], endpoint: str, *, campaign_id: int | None) -> bool:
    """Whether somebody with these roles may go there; menus and buttons ask the same table as the guard."""
    rule = RULES.get(endpoint)
    return rule is not None and rule.allows(roles, campaign_id=campaign_id)
