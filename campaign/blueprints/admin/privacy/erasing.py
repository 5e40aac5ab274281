"""Erasing a donor: what goes, what stays and why, and then the act."""

import logging

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.privacy.words import DELETIONS
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.gateways.file_store import FileStoreUnavailable
from campaign.services.privacy import erasure, reapplying, second_list
from campaign.services.privacy.erasure import ErasureOrder
from campaign.services.privacy.namesakes import consents_of_namesakes
from campaign.services.privacy.reapplying import UnreadableErasures

log = logging.getLogger(__name__)


@bp.get("/donors/<public_id>/erase")
def donor_erasure(public_id: str) -> ResponseReturnValue:
    """What an erasure would do; nothing is changed."""
    preview = erasure.preview(public_id, clock=current_context().clock)
    return render_template(
        "admin/privacy/erase.html",
        preview=preview,
        namesakes=() if preview.erased_on else consents_of_namesakes(public_id),
        shown_campaign=campaign().slug,
        public_id=public_id,
        deletions=DELETIONS,
    )


@bp.post("/donors/<public_id>/erase")
def erase_donor(public_id: str) -> ResponseReturnValue:
    """Erase the donor's personal data, in all campaigns."""
    order = ErasureOrder(donor_public_id=public_id, actor_id=person().id)
    try:
        erased = erasure.erase(order, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.donor_erasure", public_id=public_id)
    try:
        second_list.note_everywhere(erased, current_app.config["KURAK"].instance_dir, current_context().erasures)
    except (OSError, FileStoreUnavailable, UnreadableErasures):  # it is done, and its record is in the database
        log.exception("an erasure could not be noted in %s", reapplying.FILE_NAME)
        flash(
            _(
                "The personal data are erased, but the list of erasures outside the database could not be written: a "
                "restored backup could bring them back. Tell those who run the server: their check of the "
                "installation names what is missing."
            ),
            "bad",
        )
        return redirect(url_for("admin.donor_erasure", public_id=public_id), 303)
    return done(_("The personal data are erased."), "admin.donor_erasure", public_id=public_id)
