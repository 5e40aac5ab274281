"""The words for roles, and for the campaigns for which they hold."""

from collections.abc import Collection, Iterable, Mapping

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _

ROLES: Mapping[str, LazyString] = {
    "viewer": _("Viewer: reads, without donors' addresses"),
    "campaign": _(
        "Campaign: writes texts and updates, shows pictures, proposes allocations, moderates the supporters list"
    ),
    "finance": _("Finance: refunds, payments, proposals, files"),
    "approver": _("Approver: decides on allocations"),
    "admin": _("Administrator: the organisation, campaigns, people and their roles"),
}
ROLE_NAMES: Mapping[str, LazyString] = {
    "viewer": lazy_pgettext("role", "Viewer"),
    "campaign": lazy_pgettext("role", "Campaign"),
    "finance": lazy_pgettext("role", "Finance"),
    "approver": lazy_pgettext("role", "Approver"),
    "admin": lazy_pgettext("role", "Administrator"),
}


def roles_in_words(roles: Collection[str]) -> str:
    """Return the names of roles, always in the same order."""
    return ", ".join(str(name) for role, name in ROLE_NAMES.items() if role in roles)


def grants_in_words(grants: Iterable[str]) -> str:
    """Return roles with the campaigns for which they hold, from texts like finance@quilt."""
    parts = [grant.partition("@") for grant in grants]
    names = [(str(ROLE_NAMES.get(role, role)), campaign) for role, _at, campaign in parts]
    return ", ".join(f"{name} ({campaign})" if campaign else name for name, campaign in names)
