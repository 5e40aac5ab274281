"""The decision on an application, and the letter that tells it."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, choices
from campaign.blueprints.admin.forms import Step
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.grants import words as grant_words
from campaign.blueprints.admin.grants.application_forms import AwardDecisionForm, LetterForm
from campaign.blueprints.admin.grants.applications import reader
from campaign.domain.allocation import MoneyMayNotGoThere, NotEnoughFunds, NothingToMove
from campaign.domain.errors import DomainError
from campaign.domain.grant_application import WrongApplicationState
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.funds.balances import funds, targets_of
from campaign.services.grants import deciding, desk, letters
from campaign.services.grants.desk import DeskApplication

AT_THE_AMOUNT = (NotEnoughFunds, MoneyMayNotGoThere, NothingToMove)


@bp.get("/applications/<public_id>/decision")
def decision_form(public_id: str) -> ResponseReturnValue:
    """The form for the decision, once both reviewers have given their scores."""
    known = desk.one_application(reader(), public_id)
    if not known.is_open:
        return refused(WrongApplicationState(known.state), "admin.application", public_id=public_id)
    return _decision_page(known, AwardDecisionForm(campaign().currency))


@bp.post("/applications/<public_id>/decision")
def decide(public_id: str) -> ResponseReturnValue:
    """Decide; an award becomes a proposed allocation, which another person approves."""
    known, form = desk.one_application(reader(), public_id), AwardDecisionForm(campaign().currency)
    if not form.validate():
        return _decision_page(known, form), form.status
    try:
        deciding.decide(reader(), form.order(public_id), clock=current_context().clock)
    except AT_THE_AMOUNT as error:
        form.refuse_rule(error, "amount")
        return _decision_page(known, form), form.status
    except DomainError as error:
        return refused(error, "admin.application", public_id=public_id)
    message = _("Decided. Another person approves the allocation.") if form.is_award else _("Decided.")
    return done(message, "admin.application", public_id=public_id)


@bp.get("/applications/<public_id>/letter")
def letter_form(public_id: str) -> ResponseReturnValue:
    """The letter to the applicant, proposed in their language."""
    try:
        text = letters.proposed_letter(reader(), public_id)
    except DomainError as error:
        return refused(error, "admin.application", public_id=public_id)
    return _letter_page(public_id, LetterForm(data={"text": text}))


@bp.post("/applications/<public_id>/letter")
def send_letter(public_id: str) -> ResponseReturnValue:
    """Show the letter as it will leave; confirmed, send it."""
    form = LetterForm()
    if not form.is_ready:
        return _letter_page(public_id, form), form.status
    if not form.is_confirmed:
        return _letter_page(public_id, form, is_preview=True)
    try:
        letters.send_letter(reader(), public_id, form.text.data, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.application", public_id=public_id)
    wake("outbox")
    return done(_("The letter is on its way."), "admin.application", public_id=public_id)


def _decision_page(known: DeskApplication, form: AwardDecisionForm) -> str:
    rows = funds(campaign().id)
    sources = [row for row in rows if any(to.public_id == known.grant for to in targets_of(campaign().id, row))]
    form.source.choices = choices.funds(sources, _("Choose"), with_balance=True)
    own = campaign().currency
    form.currency.choices = choices.currencies_of(sources, own) or choices.codes([own])
    return render_template("admin/grants/decision.html", it=known, form=form, decisions=grant_words.DECISIONS)


def _letter_page(public_id: str, form: LetterForm, *, is_preview: bool = False) -> str:
    known = desk.one_application(reader(), public_id)
    return render_template("admin/grants/letter.html", it=known, form=form, is_preview=is_preview, confirm=Step.CONFIRM)
