"""Soft credits of a gift: added on a page of their own, removed on the page of the gift."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.donors.forms import CreditForm
from campaign.blueprints.admin.donors.words import CREDITS
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import person
from campaign.domain.donor import CreditedAlready, CreditKind, OwnGift, TooManyCredits
from campaign.gateway_registry import current_context
from campaign.services.donors import soft_credits
from campaign.services.gifts.timeline import gift_details


@bp.get("/donations/<public_id>/credit")
def credit_form(public_id: str) -> ResponseReturnValue:
    """Ask whom else the gift is credited to."""
    return _page(public_id, CreditForm(formdata=None))


@bp.post("/donations/<public_id>/credit")
def add_soft_credit(public_id: str) -> ResponseReturnValue:
    """Credit the gift to somebody else besides."""
    form = CreditForm()
    if form.validate():
        new = soft_credits.NewCredit(
            campaign_id=campaign().id,
            donation_public_id=public_id,
            email=form.email.data,
            kind=CreditKind(form.kind.data),
            public_id=form.new_id,
            actor_id=person().id,
        )
        try:
            soft_credits.add_credit(new, clock=current_context().clock)
        except (OwnGift, CreditedAlready, TooManyCredits) as error:
            form.refuse("email", words.sentence_of(error))
        else:
            return done(
                _("The gift is credited to them too. Sums of money do not change."),
                "admin.donation",
                public_id=public_id,
            )
    return _page(public_id, form), form.status


@bp.post("/donations/<public_id>/credit/<credit_id>/remove")
def remove_soft_credit(public_id: str, credit_id: str) -> ResponseReturnValue:
    """Take a credit back."""
    soft_credits.remove_credit(campaign().id, public_id, credit_id, actor_id=person().id, clock=current_context().clock)
    return done(_("The credit is removed."), "admin.donation", public_id=public_id)


def _page(public_id: str, form: CreditForm) -> str:
    gift = gift_details(campaign().id, public_id, sees_donors=True)
    return render_template("admin/donors/credit.html", gift=gift, form=form, credit_kinds=CREDITS)
