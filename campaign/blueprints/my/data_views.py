"""A donor's own data: consents with their dates, a copy of everything, and what stays after an erasure."""

from collections.abc import Mapping
from contextlib import suppress

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.blueprints.my import bp
from campaign.blueprints.my.browser_session import check_form, current_donor, page, to_sign_in
from campaign.blueprints.my.files import file_answer
from campaign.domain.donor_consent import RECORDABLE, ConsentEnded, ConsentGiven, ConsentPurpose
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.i18n import current_language
from campaign.services.consent_log import TEXTS, newest_version
from campaign.services.donor_account.own_data import copy_of_data, end_consent, give_consent, own_data_of
from campaign.services.privacy.donor_pdf import data_pdf
from campaign.web.security_headers import discreet

PURPOSES: Mapping[ConsentPurpose, LazyString] = {
    ConsentPurpose.UPDATES: _("Updates of a campaign"),
    ConsentPurpose.THANKS: _("Thanks and news of the gift"),
    ConsentPurpose.INVITATIONS: _("Invitations to events"),
}
CHOICES = ",".join(RECORDABLE)


@bp.get("/<language:lang>/my/data")
def data(lang: str) -> ResponseReturnValue:
    """Show them."""
    donor = current_donor()
    if donor is None:
        return to_sign_in(lang)
    own = own_data_of(donor, clock=current_context().clock)
    return page(
        "my/data.html",
        own=own,
        purposes=PURPOSES,
        texts=TEXTS,
        newest_version=newest_version,
        recordable=RECORDABLE,
        is_done="done" in request.args,
    )


@bp.post(f"/<language:lang>/my/consents/<any({CHOICES}):purpose>/<any(give,withdraw):act>")
@limiter.limit("60 per 10 minutes")
def consent(lang: str, purpose: str, act: str) -> ResponseReturnValue:
    """Give or withdraw a consent; what is so already stays."""
    donor = current_donor()
    if donor is None:
        return to_sign_in(lang)
    check_form(donor)
    clock = current_context().clock
    with suppress(ConsentGiven, ConsentEnded):
        if act == "give":
            give_consent(donor, ConsentPurpose(purpose), language=current_language(), clock=clock)
        else:
            end_consent(donor, ConsentPurpose(purpose), clock=clock)
    return discreet(make_response(redirect(url_for(".data", lang=lang, done="1"), code=303)))


@bp.post("/<language:lang>/my/data.<any(json,pdf):data_format>")
@limiter.limit("10 per 10 minutes")
def data_file(lang: str, data_format: str) -> ResponseReturnValue:
    """Download a copy of everything; a POST, for it is written into the audit trail."""
    donor = current_donor()
    if donor is None:
        return to_sign_in(lang)
    check_form(donor)
    copy = copy_of_data(donor, data_format, clock=current_context().clock)
    if data_format == "pdf":
        return discreet(file_answer(data_pdf(copy), "data.pdf", "application/pdf"))
    return discreet(file_answer(copy.to_json(), "data.json", "application/json"))
