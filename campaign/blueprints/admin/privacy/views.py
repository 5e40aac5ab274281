"""A donor's personal data: the log of consents, and a copy of everything as JSON or PDF."""

from io import BytesIO

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.privacy.forms import DonorConsentForm
from campaign.blueprints.admin.privacy.words import PURPOSES, SOURCES
from campaign.domain.donor_consent import BY_STAFF, RECORDABLE, ConsentPurpose, ConsentSource
from campaign.domain.errors import DomainError, NotFound
from campaign.gateway_registry import current_context
from campaign.services.consent_log import TEXTS
from campaign.services.donors.details import donor_details
from campaign.services.donors.scope import mailboxes_of
from campaign.services.privacy import consents, donor_data
from campaign.services.privacy.consents import RecordedConsent
from campaign.services.privacy.donor_pdf import data_pdf


@bp.get("/donors/<public_id>/privacy")
def donor_privacy(public_id: str) -> ResponseReturnValue:
    """What the donor agreed to, and what can be done with their data."""
    return _page(public_id, DonorConsentForm())


@bp.post("/donors/<public_id>/privacy")
def record_donor_consent(public_id: str) -> ResponseReturnValue:
    """Record what a donor said to staff."""
    form = DonorConsentForm()
    if not form.validate():
        return _page(public_id, form), form.status
    mailboxes_of(campaign().id, public_id)  # only of a donor of this campaign
    order = RecordedConsent(
        donor_public_id=public_id,
        purpose=ConsentPurpose(form.purpose.data),
        source=ConsentSource(form.source.data),
        evidence=form.evidence.data,
        actor_id=person().id,
    )
    try:
        consents.record_consent(order, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.donor_privacy", public_id=public_id)
    return done(_("The consent is recorded."), "admin.donor_privacy", public_id=public_id)


@bp.post("/donors/<public_id>/privacy/withdraw/<purpose>")
def withdraw_donor_consent(public_id: str, purpose: str) -> ResponseReturnValue:
    """Withdraw what a donor agreed to, because they said so."""
    if purpose not in set(ConsentPurpose):
        raise NotFound(purpose)
    mailbox = request.form.get("mailbox", public_id)
    if mailbox not in mailboxes_of(campaign().id, public_id):
        raise NotFound(f"donor:{mailbox}")
    clock = current_context().clock
    try:
        consents.withdraw_consent(mailbox, ConsentPurpose(purpose), actor_id=person().id, clock=clock)
    except DomainError as error:
        return refused(error, "admin.donor_privacy", public_id=public_id)
    return done(
        _("The consent is withdrawn. No such email leaves any more."), "admin.donor_privacy", public_id=public_id
    )


@bp.get("/donors/<public_id>/data.<any(json,pdf):data_format>")
def donor_data_file(public_id: str, data_format: str) -> ResponseReturnValue:
    """Everything that is stored about the donor, in all campaigns; for them, not for staff."""
    clock = current_context().clock
    try:
        data = donor_data.hand_out(public_id, file_format=data_format, actor_id=person().id, clock=clock)
    except DomainError as error:
        return refused(error, "admin.donor_privacy", public_id=public_id)
    body, mimetype = (
        (data.to_json(), "application/json") if data_format == "json" else (data_pdf(data), "application/pdf")
    )
    name = f"data-{public_id}.{data_format}"
    return send_file(BytesIO(body), mimetype=mimetype, as_attachment=True, download_name=name, max_age=0)


def _page(public_id: str, form: DonorConsentForm) -> str:
    mailboxes = mailboxes_of(campaign().id, public_id)
    return render_template(
        "admin/privacy/donor.html",
        donor=donor_details(campaign().id, public_id),
        log=consents.consents_of(campaign().id, list(mailboxes.values())),
        has_many=len(mailboxes) > 1,
        form=form,
        recordable=[(purpose.value, PURPOSES[purpose]) for purpose in RECORDABLE],
        by_staff=[(source.value, SOURCES[source]) for source in BY_STAFF],
        purposes=PURPOSES,
        sources=SOURCES,
        texts=TEXTS,
        updates_of=campaign().name,
    )
