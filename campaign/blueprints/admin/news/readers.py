"""Readers by email: how many there are, and taking out one who asks."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.forms import StaffForm
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.news.words import READER
from campaign.gateway_registry import current_context
from campaign.services.news import readers as reader_list
from campaign.web.form_fields import EmailField


class RemoveReaderForm(StaffForm):
    """The address of a reader who asked staff to stop the emails."""

    email = EmailField(lazy_gettext("Email address"))


@bp.get("/readers")
def readers() -> ResponseReturnValue:
    """Counts by language; there is no list of addresses."""
    return _page(RemoveReaderForm())


@bp.post("/readers")
def remove_reader() -> ResponseReturnValue:
    """End the subscription of an address."""
    form = RemoveReaderForm()
    if not form.validate():
        return _page(form), form.status
    clock = current_context().clock
    if not reader_list.remove_reader(campaign().id, form.email.data, actor_id=person().id, clock=clock):
        form.refuse("email", _("This address gets no updates of this campaign."))
        return _page(form), form.status
    return done(_("The address is unsubscribed."), "admin.readers")


def _page(form: RemoveReaderForm) -> str:
    return render_template(
        "admin/news/readers.html",
        form=form,
        rows=reader_list.reader_counts(campaign().id),
        states=list(READER),
        columns=[{"label": label, "numeric": True} for label in READER.values()],
    )
