"""Who may do what on the staff pages: one row per endpoint. An endpoint without a row is closed to everybody.

Two people move money: the proposer does not approve, and the administrator's role gives no right over money.
"""

from dataclasses import dataclass

from campaign.blueprints.admin.grants.endpoints import DECIDING, REVIEWING, WRITING_CALLS

ALL_STAFF = frozenset({"viewer", "campaign", "finance", "approver", "admin"})
PERSONAL = frozenset({"campaign", "finance", "approver", "admin"})
"""Who sees donors' names and addresses. The others see what the donors themselves made public."""
CAMPAIGN = frozenset({"campaign"})
DESIGNERS = frozenset({"campaign", "admin"})
"""Who sets a campaign up and decides on its life: its own staff, and an administrator before it has any."""
FINANCE = frozenset({"finance"})
PROPOSERS = frozenset({"campaign", "finance"})
APPROVERS = frozenset({"approver"})
MONEY = frozenset({"finance", "approver"})
KEEPERS = frozenset({"finance", "admin"})
ADMIN = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Permission:
    """One of the roles is needed; `fresh` asks for the password again when the last time is over five minutes ago.

    `back` is the page that leads there, for a download and for a form on the page of something else: once the password has
    been given, the person goes on from that page.
    `is_shared` pages concern the whole installation: a role that holds for one campaign does not open them.
    """

    roles: frozenset[str]
    fresh: bool = False
    back: str | None = None
    is_shared: bool = False

    def allows(self, roles: frozenset[str], *, shared_roles: frozenset[str]) -> bool:
        """Whether these roles are allowed; `shared_roles` are those of them that hold for the whole organisation."""
        return bool(self.roles & (shared_roles if self.is_shared else roles))


OPEN = frozenset(
    {
        "security.login",
        "security.logout",
        "security.two_factor_token_validation",
        "security.two_factor_setup",
        "security.mf_recovery",
        "security.wan_signin",
        "security.wan_signin_response",
        "admin.link",
        "admin.use_link",
        "admin.field_manifest",
        "admin.field_worker",
        "admin.weekly_link",
        "admin.stop_weekly",
    }
)
"""The way in and out; Flask-Security guards these itself (the second step is set up at the first sign-in)."""
PASSIVE = frozenset({"admin.todays_gifts"})
"""What a page fetches by itself: it is no sign that somebody is there, and keeps no session open."""
PASSWORD_VIEWS = frozenset(
    {
        "security.login",
        "security.verify",
        "security.change_password",
        "security.two_factor_token_validation",
        "security.mf_recovery",
        "security.wan_signin_response",
        "admin.use_link",
    }
)
"""Where a password or a code can be guessed: tries are limited and refusals logged."""
OPEN_WITHOUT_SECOND_STEP = OPEN | {
    "security.verify",
    "security.two_factor_setup_validate",
    "admin.second_step_done",
    "admin.set_language",
}
"""Where somebody may go whose role needs a second step that they have not set up yet."""
CLOSED = frozenset({"security.two_factor_rescue", "security.tf_select"})
"""Doors of Flask-Security that we do not offer: rescue by mail, a choice where there is one way."""

RULES: dict[str, Permission] = {
    "security.verify": Permission(ALL_STAFF),
    "security.change_password": Permission(ALL_STAFF, fresh=True),
    "security.two_factor_setup_validate": Permission(ALL_STAFF),
    "security.mf_recovery_codes": Permission(ALL_STAFF, fresh=True),
    "security.wan_register": Permission(ALL_STAFF, fresh=True),
    "security.wan_register_response": Permission(ALL_STAFF),
    "security.wan_delete": Permission(ALL_STAFF, fresh=True),
    **dict.fromkeys(("admin.overview", "admin.attention", "admin.dashboard"), Permission(ALL_STAFF)),
    "admin.todays_gifts": Permission(ALL_STAFF),
    "admin.report": Permission(ALL_STAFF),
    **dict.fromkeys(("admin.goals", "admin.save_goals", "admin.moderation", "admin.moderate"), Permission(CAMPAIGN)),
    **dict.fromkeys(("admin.set_review", "admin.moderation_blocks", "admin.block_form"), Permission(CAMPAIGN)),
    **dict.fromkeys(("admin.add_block", "admin.remove_block", "admin.links", "admin.link_qr"), Permission(CAMPAIGN)),
    "admin.link_poster": Permission(CAMPAIGN),
    **dict.fromkeys(("admin.account", "admin.second_step_done", "admin.set_weekly"), Permission(ALL_STAFF)),
    **dict.fromkeys(("admin.sessions", "admin.end_session", "admin.end_other_sessions"), Permission(ALL_STAFF)),
    **dict.fromkeys(("admin.set_language", "admin.choose_campaign", "admin.campaigns"), Permission(ALL_STAFF)),
    "admin.switch_campaign": Permission(ALL_STAFF),
    "admin.campaign_preview": Permission(ALL_STAFF),
    "admin.campaign_act_form": Permission(DESIGNERS, fresh=True),
    "admin.campaign_act": Permission(DESIGNERS, fresh=True),
    "admin.new_campaign": Permission(ADMIN, is_shared=True),
    "admin.create_campaign": Permission(ADMIN, is_shared=True),
    "admin.campaign_removal_form": Permission(ADMIN, is_shared=True, fresh=True),
    "admin.remove_campaign": Permission(ADMIN, is_shared=True, fresh=True),
    "admin.successor": Permission(DESIGNERS),
    "admin.name_successor": Permission(DESIGNERS, fresh=True),
    "admin.campaign_languages": Permission(DESIGNERS),
    "admin.save_campaign_languages": Permission(DESIGNERS),
    "admin.campaign_settings": Permission(DESIGNERS),
    "admin.save_campaign_settings": Permission(DESIGNERS),
    "admin.campaign_currency": Permission(DESIGNERS),
    "admin.save_campaign_currency": Permission(DESIGNERS),
    "admin.remove_campaign_currency": Permission(DESIGNERS),
    "admin.plan": Permission(ALL_STAFF),
    "admin.plan_item_form": Permission(DESIGNERS),
    "admin.add_plan_item": Permission(DESIGNERS),
    "admin.plan_item": Permission(DESIGNERS),
    "admin.save_plan_item": Permission(DESIGNERS),
    "admin.move_plan_item": Permission(DESIGNERS),
    "admin.close_plan_item": Permission(DESIGNERS),
    "admin.add_plan_cost": Permission(DESIGNERS),
    "admin.remove_plan_cost": Permission(DESIGNERS),
    **dict.fromkeys(("admin.plan_cost", "admin.save_plan_cost", "admin.move_plan_cost"), Permission(DESIGNERS)),
    **dict.fromkeys(("admin.plan_removal_form", "admin.remove_plan_item"), Permission(DESIGNERS)),
    "admin.target_act_form": Permission(DESIGNERS),
    "admin.act_on_plan_item": Permission(DESIGNERS),
    "admin.delete_field_report": Permission(DESIGNERS),
    **dict.fromkeys(REVIEWING, Permission(ALL_STAFF)),
    **dict.fromkeys(DECIDING, Permission(CAMPAIGN)),
    **dict.fromkeys(WRITING_CALLS, Permission(DESIGNERS)),
    "admin.applications_file": Permission(CAMPAIGN, fresh=True, back="admin.applications"),
    "admin.event_sign_ups": Permission(CAMPAIGN),
    "admin.save_sign_up_settings": Permission(CAMPAIGN),
    "admin.guest_form": Permission(CAMPAIGN),
    "admin.add_guest": Permission(CAMPAIGN),
    "admin.sign_up_cancellation": Permission(CAMPAIGN),
    "admin.sign_up_erasure": Permission(CAMPAIGN),
    "admin.act_on_sign_up": Permission(CAMPAIGN),
    "admin.attendance_form": Permission(CAMPAIGN),
    "admin.save_attendance": Permission(CAMPAIGN),
    "admin.attendance_sheet": Permission(CAMPAIGN),
    "admin.sign_up_file": Permission(CAMPAIGN, fresh=True, back="admin.event_sign_ups"),
    "admin.donations": Permission(ALL_STAFF),
    "admin.donation": Permission(ALL_STAFF),
    "admin.donors": Permission(PERSONAL),
    "admin.donor": Permission(PERSONAL),
    "admin.donor_file": Permission(PROPOSERS, fresh=True, back="admin.donors"),
    "admin.add_donor_note": Permission(PROPOSERS),
    "admin.remove_donor_note": Permission(PROPOSERS),
    "admin.add_donor_tag": Permission(PROPOSERS),
    "admin.remove_donor_tag": Permission(PROPOSERS),
    "admin.possible_donor_duplicates": Permission(PERSONAL),
    "admin.dismiss_donor_pair": Permission(PROPOSERS),
    "admin.merge_form": Permission(PROPOSERS, fresh=True),
    "admin.find_merge": Permission(PROPOSERS, fresh=True, back="admin.merge_form"),
    "admin.merge_donors": Permission(PROPOSERS, fresh=True, back="admin.merge_form"),
    "admin.undo_donor_merge": Permission(PROPOSERS, fresh=True, back="admin.donor"),
    "admin.credit_form": Permission(PROPOSERS),
    "admin.add_soft_credit": Permission(PROPOSERS),
    "admin.remove_soft_credit": Permission(PROPOSERS),
    "admin.segments": Permission(PERSONAL),
    "admin.segment": Permission(PERSONAL),
    "admin.segment_donors": Permission(PERSONAL),
    "admin.save_segment": Permission(PROPOSERS),
    "admin.segment_mail_form": Permission(CAMPAIGN),
    "admin.write_to_segment": Permission(CAMPAIGN, fresh=True, back="admin.segment_mail_form"),
    "admin.segment_mailing": Permission(PERSONAL),
    "admin.act_on_segment_mailing": Permission(CAMPAIGN),
    "admin.rename_segment": Permission(PROPOSERS),
    "admin.set_segment_filters": Permission(PROPOSERS),
    "admin.remove_segment": Permission(PROPOSERS),
    "admin.donor_privacy": Permission(PERSONAL),
    "admin.record_donor_consent": Permission(CAMPAIGN),
    "admin.withdraw_donor_consent": Permission(CAMPAIGN),
    "admin.donor_erasure": Permission(ADMIN, is_shared=True),
    "admin.erase_donor": Permission(ADMIN, fresh=True, back="admin.donor_erasure", is_shared=True),
    "admin.donor_data_file": Permission(ADMIN, fresh=True, back="admin.donor_privacy", is_shared=True),
    "admin.pledges": Permission(ALL_STAFF),
    "admin.pledge": Permission(ALL_STAFF),
    "admin.stop_pledge": Permission(PROPOSERS, fresh=True, back="admin.pledge"),
    "admin.withdraw_pledge_links": Permission(PROPOSERS),
    "admin.send_pledge_link": Permission(PROPOSERS),
    "admin.set_wall": Permission(CAMPAIGN),
    "admin.approve_gift": Permission(PROPOSERS),
    "admin.correction": Permission(FINANCE, fresh=True),
    "admin.correct_donation": Permission(FINANCE, fresh=True),
    "admin.refund": Permission(FINANCE, fresh=True),
    "admin.request_refund": Permission(FINANCE, fresh=True),
    "admin.allocations": Permission(ALL_STAFF),
    "admin.allocation": Permission(ALL_STAFF),
    "admin.allocation_form": Permission(PROPOSERS),
    "admin.propose_allocation": Permission(PROPOSERS),
    "admin.take_back_form": Permission(PROPOSERS),
    "admin.propose_take_back": Permission(PROPOSERS),
    "admin.cover_form": Permission(PROPOSERS),
    "admin.propose_cover": Permission(PROPOSERS),
    "admin.approve_allocation": Permission(APPROVERS),
    "admin.reject_allocation": Permission(APPROVERS),
    "admin.withdraw_allocation": Permission(PROPOSERS),
    "admin.disbursements": Permission(ALL_STAFF),
    "admin.disbursement_form": Permission(FINANCE),
    "admin.record_disbursement": Permission(FINANCE),
    "admin.receipts": Permission(PERSONAL),
    "admin.held_receipt": Permission(FINANCE),
    "admin.correct_receipt": Permission(FINANCE, fresh=True),
    "admin.receipt_pdf": Permission(PERSONAL, fresh=True, back="admin.receipts"),
    "admin.receipts_zip": Permission(MONEY, fresh=True, back="admin.receipts"),
    "admin.receipt_register": Permission(MONEY, fresh=True, back="admin.receipts"),
    "admin.ledger": Permission(ALL_STAFF),
    "admin.journal_file": Permission(ALL_STAFF),
    "admin.trial_balance": Permission(ALL_STAFF),
    "admin.balance_file": Permission(ALL_STAFF),
    "admin.fund_statement": Permission(ALL_STAFF),
    "admin.statement_file": Permission(ALL_STAFF),
    "admin.allocation_ledger_file": Permission(ALL_STAFF),
    "admin.reconciliation": Permission(MONEY, is_shared=True),
    "admin.reconciliation_case": Permission(MONEY, is_shared=True),
    "admin.compare_now": Permission(FINANCE, is_shared=True),
    "admin.fetch_case": Permission(FINANCE, is_shared=True),
    "admin.book_fee": Permission(FINANCE, fresh=True, back="admin.reconciliation_case", is_shared=True),
    "admin.book_unidentified": Permission(FINANCE, fresh=True, back="admin.reconciliation_case", is_shared=True),
    "admin.send_late_mails": Permission(FINANCE, fresh=True, back="admin.reconciliation", is_shared=True),
    "admin.payout": Permission(MONEY, is_shared=True),
    "admin.book_payout": Permission(FINANCE, fresh=True, back="admin.payout", is_shared=True),
    "admin.payout_register": Permission(MONEY, is_shared=True),
    "admin.donation_register": Permission(FINANCE, fresh=True, back="admin.donations"),
    "admin.inbox": Permission(KEEPERS, is_shared=True),
    "admin.inbox_event": Permission(KEEPERS, is_shared=True),
    "admin.replay_event": Permission(KEEPERS, is_shared=True),
    "admin.replay_events": Permission(KEEPERS, is_shared=True),
    "admin.set_event_aside": Permission(KEEPERS, is_shared=True),
    "admin.mails": Permission(PERSONAL),
    "admin.mail_again": Permission(KEEPERS, fresh=True),
    "admin.send_mail_again": Permission(KEEPERS, fresh=True),
    "admin.shield": Permission(PERSONAL, is_shared=True),
    "admin.turn_shield": Permission(KEEPERS, is_shared=True),
    "admin.updates": Permission(CAMPAIGN),
    "admin.update_form": Permission(CAMPAIGN),
    "admin.create_update": Permission(CAMPAIGN),
    "admin.update": Permission(CAMPAIGN),
    "admin.save_update": Permission(CAMPAIGN),
    "admin.autosave_update": Permission(CAMPAIGN),
    "admin.preview_update": Permission(CAMPAIGN),
    "admin.preview_typed_update": Permission(CAMPAIGN),
    "admin.publish_form": Permission(CAMPAIGN),
    "admin.publish_update": Permission(CAMPAIGN),
    "admin.unschedule_update": Permission(CAMPAIGN),
    "admin.withdraw_form": Permission(CAMPAIGN),
    "admin.withdraw_update": Permission(CAMPAIGN),
    "admin.emails_of_update": Permission(CAMPAIGN),
    "admin.act_on_emails": Permission(CAMPAIGN),
    "admin.readers": Permission(CAMPAIGN),
    "admin.remove_reader": Permission(CAMPAIGN),
    "admin.delete_update_form": Permission(CAMPAIGN),
    "admin.delete_update": Permission(CAMPAIGN),
    "admin.field": Permission(CAMPAIGN),
    "admin.field_state": Permission(CAMPAIGN),
    **dict.fromkeys(("admin.renew_mail_address", "admin.remove_mail_address"), Permission(CAMPAIGN)),
    **dict.fromkeys(("admin.add_field_picture", "admin.add_field_entry"), Permission(CAMPAIGN)),
    "admin.pictures": Permission(CAMPAIGN),
    "admin.picture_upload": Permission(CAMPAIGN),
    "admin.add_picture": Permission(CAMPAIGN),
    "admin.picture": Permission(CAMPAIGN),
    "admin.save_picture": Permission(CAMPAIGN),
    "admin.picture_replacement": Permission(CAMPAIGN),
    "admin.replace_picture": Permission(CAMPAIGN),
    "admin.picture_removal": Permission(CAMPAIGN),
    "admin.remove_picture": Permission(CAMPAIGN),
    "admin.consents": Permission(PERSONAL),
    "admin.consent": Permission(PERSONAL),
    "admin.new_consent": Permission(CAMPAIGN),
    "admin.record_consent": Permission(CAMPAIGN),
    "admin.save_consent": Permission(CAMPAIGN),
    "admin.consent_withdrawal": Permission(CAMPAIGN),
    "admin.withdraw_consent": Permission(CAMPAIGN),
    **dict.fromkeys(
        ("admin.consent_file", "admin.consent_file_deletion", "admin.delete_consent_file"), Permission(CAMPAIGN)
    ),
    **dict.fromkeys(("admin.quote_in_text", "admin.quote_no_more", "admin.quote_nobody"), Permission(CAMPAIGN)),
    "admin.show_picture": Permission(CAMPAIGN),
    "admin.hide_picture": Permission(CAMPAIGN),
    "admin.picture_file": Permission(ALL_STAFF),
    "admin.audit_trail": Permission(MONEY | ADMIN),
    "admin.setup": Permission(ADMIN, is_shared=True),
    "admin.take_campaign_role": Permission(ADMIN, fresh=True, back="admin.setup", is_shared=True),
    "admin.audit_file": Permission(MONEY | ADMIN, fresh=True, back="admin.audit_trail"),
    "admin.organisation": Permission(ADMIN, is_shared=True),
    "admin.save_organisation": Permission(ADMIN, is_shared=True),
    "admin.organisation_logos": Permission(ADMIN, is_shared=True),
    "admin.save_logos": Permission(ADMIN, is_shared=True),
    "admin.save_logo": Permission(ADMIN, is_shared=True),
    "admin.remove_logo": Permission(ADMIN, is_shared=True),
    "admin.signature_picture": Permission(ADMIN, is_shared=True),
    "admin.remove_signature": Permission(ADMIN, is_shared=True),
    "admin.people": Permission(ADMIN, is_shared=True),
    "admin.person": Permission(ADMIN, fresh=True, is_shared=True),
    "admin.set_roles": Permission(ADMIN, fresh=True, is_shared=True),
    "admin.second_step_rules": Permission(ADMIN, is_shared=True),
    "admin.set_second_step_rules": Permission(ADMIN, fresh=True, back="admin.second_step_rules", is_shared=True),
    "admin.reset_person": Permission(ADMIN, fresh=True, back="admin.person", is_shared=True),
    "admin.confirm_person": Permission(ADMIN, fresh=True, back="admin.people", is_shared=True),
    "admin.end_person_session": Permission(ADMIN, fresh=True, back="admin.people", is_shared=True),
    "admin.end_person_sessions": Permission(ADMIN, fresh=True, back="admin.person", is_shared=True),
    "admin.invitation_form": Permission(ADMIN, fresh=True, is_shared=True),
    "admin.invite": Permission(ADMIN, fresh=True, is_shared=True),
    "admin.invite_again": Permission(ADMIN, fresh=True, back="admin.person", is_shared=True),
    "admin.withdraw_invitation": Permission(ADMIN, fresh=True, back="admin.person", is_shared=True),
    "admin.correct_person": Permission(ADMIN, fresh=True, back="admin.person", is_shared=True),
    "admin.deactivate": Permission(ADMIN, fresh=True, back="admin.person", is_shared=True),
    "admin.reactivate": Permission(ADMIN, fresh=True, back="admin.person", is_shared=True),
    "admin.texts": Permission(CAMPAIGN),
    "admin.text": Permission(CAMPAIGN),
    "admin.save_text": Permission(CAMPAIGN),
    "admin.autosave_text": Permission(CAMPAIGN),
    "admin.discard_draft": Permission(CAMPAIGN),
    "admin.check_text": Permission(CAMPAIGN),
    "admin.publish_text": Permission(CAMPAIGN),
    "admin.schedule_text": Permission(CAMPAIGN),
    "admin.unschedule_text": Permission(CAMPAIGN),
    "admin.undo_text": Permission(CAMPAIGN),
    "admin.text_versions": Permission(CAMPAIGN),
    "admin.text_version": Permission(CAMPAIGN),
    "admin.restore_version": Permission(CAMPAIGN),
    "admin.preview_text": Permission(CAMPAIGN),
    "admin.preview_page": Permission(CAMPAIGN),
}


def sees_donors(roles: frozenset[str]) -> bool:
    """Whether these roles see donors' names and addresses, and search by them."""
    return bool(roles & PERSONAL)


def starts_with_progress(roles: frozenset[str]) -> bool:
    """Whether the first page of these roles is the way to the goal; else it is what needs attention."""
    return bool(roles & CAMPAIGN)


def can(roles: frozenset[str], endpoint: str, *, shared_roles: frozenset[str]) -> bool:
    """Whether these roles may use an endpoint; menus, buttons and the guard share this table."""
    rule = RULES.get(endpoint)
    return rule is not None and rule.allows(roles, shared_roles=shared_roles)
