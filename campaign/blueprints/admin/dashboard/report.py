"""The report of a period on one page, as PDF: what somebody prints for a meeting."""

from datetime import timedelta
from io import BytesIO

from flask import Response, render_template, send_file

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.dashboard.chart import describe, goal_chart
from campaign.blueprints.admin.dashboard.views import purpose_bars, verdict_of
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.permissions import sees_donors
from campaign.days import local_day
from campaign.domain.brand import STANDARD
from campaign.domain.errors import UnreadableFilter
from campaign.gateway_registry import current_context
from campaign.services.dashboard.figures import DayRange
from campaign.services.dashboard.page import dashboard as dashboard_of
from campaign.services.links.poster import font_faces, html_to_pdf
from campaign.services.organisation.profile import organisation

DEFAULT_DAYS, MAX_DAYS = 30, 366


@bp.get("/progress/report.pdf")
def report() -> Response:
    """The dashboard as of now with the figures of a period, by default the last thirty days.

    Raises:
        UnreadableFilter: the period has more than 366 days, or ends in the future.
    """
    here, at = campaign(), current_context().clock.now()
    figures = dashboard_of(
        here, at=at, period_days=DEFAULT_DAYS, sees_donors=sees_donors(person().roles), period=_period()
    )
    page = render_template(
        "admin/dashboard/report.html",
        campaign=here,
        it=figures,
        faces=font_faces(),
        colour=here.button_colour or organisation().button_colour or STANDARD,
        verdict=verdict_of(figures.pace, here, figures.last_day),
        chart=goal_chart(
            figures.pace, figures.days, starts_on=here.starts_on, ends_on=figures.last_day, currency_code=here.currency
        ),
        chart_text=describe(figures.pace, currency_code=here.currency, ends_on=figures.last_day),
        purposes=purpose_bars(figures, here),
        sees_donors=sees_donors(person().roles),
    )
    period = figures.comparison.period
    name = f"{here.slug}-report-{period.first.isoformat()}-{period.last.isoformat()}.pdf"
    pdf = BytesIO(html_to_pdf(page))
    return send_file(pdf, mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0)


def _period() -> DayRange:
    filters, today = list_filters(), local_day(current_context().clock.now())
    since, until = filters.period()
    filters.refuse_mistakes()
    last = until or today
    first = since or last - timedelta(days=DEFAULT_DAYS - 1)
    if last > today or not first <= last or (last - first).days >= MAX_DAYS:
        raise UnreadableFilter("since")
    return DayRange(first=first, last=last)
