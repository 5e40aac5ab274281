"""The menu of the staff pages: groups of entries, of which each person sees those that they may open."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.blueprints.admin.guard import person, person_can
from campaign.blueprints.admin.permissions import starts_with_progress


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A page of the menu, and the endpoints of the pages below it."""

    endpoint: str
    label: LazyString
    below: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Entries that belong together, under a heading."""

    label: LazyString
    entries: tuple[MenuEntry, ...]


MENU: tuple[MenuGroup, ...] = (
    MenuGroup(
        _("Campaign"),
        (
            MenuEntry("admin.overview", _("Overview"), frozenset({"admin.goals", "admin.save_goals"})),
            MenuEntry("admin.dashboard", _("Progress"), frozenset({"admin.goals", "admin.save_goals"})),
            MenuEntry("admin.attention", _("Needs attention")),
            MenuEntry(
                "admin.moderation",
                _("Names and messages"),
                frozenset(
                    {
                        *("admin.moderate", "admin.set_review"),
                        *("admin.moderation_blocks", "admin.block_form", "admin.add_block", "admin.remove_block"),
                    }
                ),
            ),
            MenuEntry(
                "admin.plan",
                _("Plan"),
                frozenset(
                    {
                        "admin.plan_item_form",
                        "admin.add_plan_item",
                        "admin.plan_item",
                        "admin.save_plan_item",
                        "admin.add_plan_cost",
                        *("admin.plan_cost", "admin.save_plan_cost", "admin.plan_removal_form"),
                        "admin.target_act_form",
                        "admin.act_on_plan_item",
                        "admin.delete_field_report",
                        *("admin.grant_call", "admin.save_grant_call", "admin.question_form"),
                        *("admin.add_question", "admin.question", "admin.save_question"),
                        *("admin.event_sign_ups", "admin.save_sign_up_settings", "admin.guest_form"),
                        *("admin.add_guest", "admin.attendance_form", "admin.save_attendance"),
                        *("admin.attendance_sheet", "admin.sign_up_cancellation", "admin.sign_up_erasure"),
                    }
                ),
            ),
            MenuEntry(
                "admin.applications",
                _("Applications"),
                frozenset(
                    {
                        *("admin.application", "admin.score_application", "admin.declare_conflict"),
                        *("admin.decision_form", "admin.decide", "admin.letter_form", "admin.send_letter"),
                    }
                ),
            ),
            MenuEntry(
                "admin.campaign_settings",
                _("Settings"),
                frozenset({"admin.save_campaign_settings", "admin.campaign_currency", "admin.save_campaign_currency"})
                | {"admin.campaign_languages", "admin.save_campaign_languages"},
            ),
            MenuEntry(
                "admin.campaigns",
                _("Campaigns"),
                frozenset(
                    {
                        "admin.campaign_removal_form",
                        "admin.campaign_act_form",
                        "admin.campaign_act",
                        "admin.new_campaign",
                        "admin.create_campaign",
                    }
                    | {"admin.successor", "admin.name_successor"}
                ),
            ),
        ),
    ),
    MenuGroup(
        _("Texts and pictures"),
        (
            MenuEntry(
                "admin.texts",
                _("Texts"),
                frozenset(
                    {
                        *("admin.text", "admin.save_text", "admin.check_text", "admin.schedule_text"),
                        *("admin.text_versions", "admin.text_version", "admin.preview_text"),
                    }
                ),
            ),
            MenuEntry(
                "admin.updates",
                _("Updates"),
                frozenset(
                    {
                        "admin.update_form",
                        "admin.create_update",
                        "admin.update",
                        "admin.save_update",
                        "admin.autosave_update",
                        "admin.publish_form",
                        "admin.publish_update",
                        "admin.withdraw_form",
                        "admin.withdraw_update",
                        "admin.delete_update_form",
                        "admin.emails_of_update",
                    }
                ),
            ),
            MenuEntry("admin.field", _("Field mode")),
            MenuEntry("admin.readers", _("Readers by email"), frozenset({"admin.remove_reader"})),
            MenuEntry(
                "admin.pictures",
                _("Pictures"),
                frozenset(
                    {
                        "admin.picture_upload",
                        "admin.add_picture",
                        "admin.picture",
                        "admin.save_picture",
                        "admin.picture_replacement",
                        "admin.replace_picture",
                        "admin.picture_removal",
                    }
                ),
            ),
            MenuEntry(
                "admin.consents",
                _("Consents"),
                frozenset(
                    {
                        "admin.new_consent",
                        "admin.record_consent",
                        "admin.consent",
                        "admin.save_consent",
                        "admin.consent_withdrawal",
                        "admin.consent_file_deletion",
                    }
                ),
            ),
            MenuEntry("admin.links", _("Links and posters")),
        ),
    ),
    MenuGroup(
        _("Giving"),
        (
            MenuEntry(
                "admin.donations",
                _("Donations"),
                frozenset(
                    {
                        "admin.donation",
                        *("admin.credit_form", "admin.add_soft_credit"),
                        "admin.correction",
                        "admin.correct_donation",
                        "admin.refund",
                        "admin.request_refund",
                    }
                ),
            ),
            MenuEntry(
                "admin.donors",
                _("Donors"),
                frozenset(
                    {
                        *("admin.donor", "admin.donor_privacy", "admin.donor_erasure"),
                        *("admin.add_donor_note", "admin.add_donor_tag"),
                        *("admin.segments", "admin.segment", "admin.save_segment", "admin.rename_segment"),
                        *("admin.set_segment_filters", "admin.possible_donor_duplicates", "admin.segment_mailing"),
                        *("admin.merge_form", "admin.find_merge", "admin.merge_donors"),
                        *("admin.segment_mail_form", "admin.write_to_segment"),
                    }
                ),
            ),
            MenuEntry("admin.pledges", _("Monthly gifts"), frozenset({"admin.pledge", "admin.stop_pledge"})),
            MenuEntry("admin.receipts", _("Receipts"), frozenset({"admin.held_receipt", "admin.correct_receipt"})),
            MenuEntry("admin.mails", _("Emails"), frozenset({"admin.mail_again", "admin.send_mail_again"})),
        ),
    ),
    MenuGroup(
        _("Money"),
        (
            MenuEntry(
                "admin.allocations",
                _("Allocations"),
                frozenset(
                    {
                        "admin.allocation",
                        "admin.allocation_form",
                        "admin.propose_allocation",
                        "admin.take_back_form",
                        "admin.propose_take_back",
                        "admin.cover_form",
                        "admin.propose_cover",
                    }
                ),
            ),
            MenuEntry(
                "admin.disbursements",
                _("Spending"),
                frozenset({"admin.disbursement_form", "admin.record_disbursement"}),
            ),
            MenuEntry("admin.ledger", _("Ledger"), frozenset({"admin.trial_balance", "admin.fund_statement"})),
            MenuEntry(
                "admin.reconciliation", _("Reconciliation"), frozenset({"admin.reconciliation_case", "admin.payout"})
            ),
        ),
    ),
    MenuGroup(
        _("Organisation"),
        (
            MenuEntry("admin.setup", _("Set-up")),
            MenuEntry(
                "admin.organisation",
                _("Names and addresses"),
                frozenset(
                    {"admin.save_organisation", "admin.organisation_logos", "admin.save_logo", "admin.save_logos"}
                ),
            ),
            MenuEntry(
                "admin.people",
                _("People"),
                frozenset(
                    {
                        "admin.person",
                        "admin.set_roles",
                        "admin.correct_person",
                        "admin.reset_person",
                        "admin.invitation_form",
                        "admin.invite",
                        "admin.second_step_rules",
                        "admin.set_second_step_rules",
                    }
                ),
            ),
            MenuEntry("admin.audit_trail", _("Audit trail")),
            MenuEntry("admin.inbox", _("Inbox"), frozenset({"admin.inbox_event", "admin.replay_events"})),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A link of the menu that this person may follow."""

    label: LazyString
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class VisibleGroup:
    """A group of the menu with what this person may open of it."""

    label: LazyString
    items: tuple[MenuItem, ...]

    @property
    def url(self) -> str:
        """The address of its first page."""
        return self.items[0].url

    @property
    def is_current(self) -> bool:
        """Whether the page that is shown belongs to this group."""
        return any(item.is_current for item in self.items)


def visible_groups() -> list[VisibleGroup]:
    """Return the groups of which this person may open something."""
    groups = (VisibleGroup(group.label, tuple(_items(group))) for group in MENU)
    return [group for group in groups if group.items]


def _items(group: MenuGroup) -> list[MenuItem]:
    return [
        MenuItem(
            entry.label,
            url_for(entry.endpoint),
            request.endpoint == entry.endpoint or request.endpoint in entry.below,
        )
        for entry in group.entries
        if person_can(entry.endpoint) and not _is_overview(entry)
    ]


def _is_overview(entry: MenuEntry) -> bool:
    """Whether this person's overview shows the page already."""
    return entry.endpoint == ("admin.dashboard" if starts_with_progress(person().roles) else "admin.attention")
