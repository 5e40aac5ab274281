"""The weekly email of the dashboard: chosen on one's own account page, stopped there or by the link in the email."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.staff.forms import WeeklyForm
from campaign.gateway_registry import current_context
from campaign.services.dashboard import weekly


@bp.post("/account/weekly")
def set_weekly() -> ResponseReturnValue:
    """Choose the day of the week, or no email, for the campaign that is shown."""
    form = WeeklyForm()
    if form.validate():
        weekly.set_weekday(person().id, campaign().id, form.chosen, clock=current_context().clock)
        message = (
            _("You get no weekly email.") if form.chosen is None else _("The next email comes on the day you chose.")
        )
        return done(message, "admin.account")
    return done(_("Choose one of the days shown."), "admin.account")


@bp.get("/weekly/<token>")
def weekly_link(token: str) -> ResponseReturnValue:
    """Ask before the email is stopped: a program that opens links in emails stops nothing."""
    return render_template(
        "admin/staff/weekly_stop.html", stopped=False, of=weekly.campaign_of_link(token), token=token
    )


@bp.post("/weekly/<token>")
def stop_weekly(token: str) -> ResponseReturnValue:
    """Stop the email: by the button, or by a mail program that sends `List-Unsubscribe=One-Click`."""
    of = weekly.campaign_of_link(token)
    weekly.stop_by_link(token)
    return render_template("admin/staff/weekly_stop.html", stopped=True, of=of, token=token)
