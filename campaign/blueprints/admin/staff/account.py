"""The page of one's own account: language, password, second step, and which campaign the staff pages show."""

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign, done, visible_campaigns
from campaign.blueprints.admin.guard import person, person_can
from campaign.blueprints.admin.staff.forms import NO_DAY, CampaignForm, LanguageForm, WeeklyForm
from campaign.domain.errors import NotFound
from campaign.gateway_registry import current_context
from campaign.services.dashboard import weekly
from campaign.services.field import mailboxes
from campaign.services.staff import accounts


@bp.get("/account")
def account() -> ResponseReturnValue:
    """The person's own page."""
    return _page(LanguageForm(data={"language": person().language}))


@bp.get("/second-step/done")
def second_step_done() -> ResponseReturnValue:
    """Lead on after the second step was set up: to recovery codes where there are none yet."""
    needs_codes = person().has_second_factor and not person().has_recovery_codes
    return redirect(url_for("security.mf_recovery_codes" if needs_codes else "admin.account"))


@bp.post("/account/language")
def set_language() -> ResponseReturnValue:
    """Set the language of the staff pages for this person."""
    form = LanguageForm()
    if not form.validate():
        return _page(form), form.status
    accounts.set_language(person().id, form.language.data)
    return redirect(url_for("admin.account"), 303)


@bp.post("/account/campaign")
def choose_campaign() -> ResponseReturnValue:
    """Show another campaign on the staff pages; it changes nothing but this session.

    Raises:
        NotFound: The person may not see this campaign, or there is none of this name.
    """
    show_chosen_campaign()
    return redirect(url_for("admin.overview"), 303)


def show_chosen_campaign() -> None:
    """Have the session show the campaign that the form names.

    Raises:
        NotFound: The person may not see this campaign, or there is none of this name.
    """
    form = CampaignForm(visible_campaigns())
    if not form.validate():
        raise NotFound("campaign")
    session["campaign"] = form.campaign.data


@bp.post("/account/mail-address")
def renew_mail_address() -> ResponseReturnValue:
    """Give the person a new secret address for updates by email."""
    mailboxes.renew_address(person().id, clock=current_context().clock)
    return done(_("You have a new address. Mail to an earlier one is ignored."), "admin.account")


@bp.post("/account/mail-address/remove")
def remove_mail_address() -> ResponseReturnValue:
    """Make the person's secret address void."""
    mailboxes.remove_address(person().id, clock=current_context().clock)
    return done(_("Your address is removed. Mail to it is ignored."), "admin.account")


def _page(form: LanguageForm) -> str:
    campaigns = visible_campaigns()
    shown = campaign() if campaigns else None
    campaign_form = CampaignForm(campaigns, formdata=None, data={"campaign": shown.slug if shown else None})
    chosen = weekly.weekday_of(person().id, shown.id) if shown else None
    weekly_form = WeeklyForm(formdata=None, data={"weekday": NO_DAY if chosen is None else str(chosen)})
    has_mailbox = shown is not None and mailboxes.is_set_up() and person_can("admin.renew_mail_address")
    return render_template(
        "admin/staff/account.html",
        form=form,
        campaign_form=campaign_form,
        weekly_form=weekly_form,
        shown=shown,
        has_mailbox=has_mailbox,
        mail_address=mailboxes.address_of(person().id, shown.id) if shown and has_mailbox else "",
    )
