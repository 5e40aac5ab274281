"""The first of a donor's own pages: monthly gifts, gifts to all campaigns, receipts."""

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign.blueprints.my import bp, words
from campaign.blueprints.my.browser_session import check_form, current_donor, page, to_sign_in
from campaign.blueprints.my.files import pdf_answer
from campaign.blueprints.my.sign_in import SignInForm
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.services.donor_account.gifts import gifts_of, own_receipt
from campaign.services.donor_account.monthly import monthly_gifts_of
from campaign.services.donor_account.public_name import show_name
from campaign.web.security_headers import discreet


@bp.get("/<language:lang>/my/")
@limiter.limit("300 per 10 minutes")
def home(lang: str) -> ResponseReturnValue:  # noqa: ARG001
    """The gifts of who is signed in; for everybody else the form to sign in."""
    donor = current_donor()
    if donor is None:
        return page("my/sign_in.html", form=SignInForm(), is_signed_out="out" in request.args)
    before = request.args.get("before")
    return page(
        "my/home.html",
        gifts=gifts_of(donor.donor_id, before=before),
        monthly=monthly_gifts_of(donor.donor_id, clock=current_context().clock),
        is_first=not before,
        is_done="done" in request.args,
        words=words,
    )


@bp.post("/<language:lang>/my/gifts/<public_id>/<any(show,hide):act>")
@limiter.limit("60 per 10 minutes")
def public_name(lang: str, public_id: str, act: str) -> ResponseReturnValue:
    """Show or hide the name of a gift on the list of supporters."""
    donor = current_donor()
    if donor is None:
        return to_sign_in(lang)
    check_form(donor)
    show_name(donor.donor_id, public_id, is_shown=act == "show", clock=current_context().clock)
    return discreet(make_response(redirect(url_for(".home", lang=lang, done="1"), code=303)))


@bp.get("/<language:lang>/my/receipts/<number>")
@limiter.limit("60 per 10 minutes")
def receipt(lang: str, number: str) -> ResponseReturnValue:
    """Download the PDF of a receipt as it was issued; one that has ended is marked."""
    donor = current_donor()
    if donor is None:
        return to_sign_in(lang)
    return discreet(pdf_answer(own_receipt(donor.donor_id, number), f"{number}.pdf"))
