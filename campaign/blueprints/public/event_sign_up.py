"""Sign-up for an event: the form, its one answer for everybody, and a person's own sign-up with the button that cancels."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, lazy_gettext, ngettext
from flask_babel import gettext as _
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation

from campaign.blueprints.public import bp
from campaign.blueprints.public.frame import address
from campaign.domain.event_sign_up import (
    MAX_NEEDS,
    MAX_PLACES,
    OPEN_OFFERS,
    GroupTooLarge,
    NotEnoughPlaces,
    ProofMissing,
    SignUpClosed,
    SignUpOffer,
    SignUpState,
)
from campaign.domain.proof_of_work import BITS, PUZZLES, is_solved
from campaign.domain.typed_text import one_line, paragraphs
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.i18n import page_language
from campaign.jobs import wake
from campaign.languages import language_name
from campaign.services.campaigns.cards import CampaignCard, campaign_with_id
from campaign.services.events import confirming, signing_up
from campaign.services.events import own_sign_up as own
from campaign.services.events.links import is_own_form, sign_form
from campaign.services.events.signing_up import CONSENT_TEXT, SignUpRequest
from campaign.web.form_fields import TOO_LONG, EmailField, PostedForm
from campaign.web.page_cache import card_of
from campaign.web.security_headers import discreet

MAX_NAME, MAX_PHONE = 120, 30
PHONE = re.compile(r"\+?[0-9 ()./-]{5,}")
PLACES = [SelectChoice(number, str(number)) for number in range(1, MAX_PLACES + 1)]
CLOSED: Mapping[SignUpOffer, LazyString] = {
    SignUpOffer.FULL: lazy_gettext("All places are taken, and there is no waiting list."),
    SignUpOffer.NOT_OFFERED: lazy_gettext("Sign-up for this event is not open."),
    SignUpOffer.DEADLINE_PASSED: lazy_gettext("Sign-up for this event has ended."),
    SignUpOffer.OVER: lazy_gettext("This event has begun or is over."),
    SignUpOffer.CANCELLED: lazy_gettext("This event is cancelled."),
    SignUpOffer.ARCHIVED: lazy_gettext("This campaign is archived, so nobody can sign up for its events any more."),
}
"""Why nobody can sign up."""


class SignUpForm(PostedForm):
    """Who wants to come, with how many places."""

    class Meta:
        csrf = False  # no session is at stake; the origin of the request is checked for every form

    form_id = HiddenField()
    proof = HiddenField()
    name = StringField(
        lazy_gettext("Your name"),
        filters=[one_line],
        validators=[InputRequired(lazy_gettext("Enter your name.")), Length(max=MAX_NAME, message=TOO_LONG)],
    )
    email = EmailField(
        lazy_gettext("Email address"), description=lazy_gettext("We email you a link that confirms your sign-up.")
    )
    phone = StringField(
        lazy_gettext("Phone (optional)"), filters=[one_line], validators=[Length(max=MAX_PHONE, message=TOO_LONG)]
    )
    language = SelectField(lazy_gettext("Language of our emails"), choices=[])
    places = SelectField(
        lazy_gettext("How many places"), coerce=int, choices=[SelectChoice(n, str(n)) for n in range(1, MAX_PLACES + 1)]
    )
    access_needs = TextAreaField(
        lazy_gettext("What do you need to take part? (optional)"),
        description=lazy_gettext(
            "For example step-free access, or a sign language interpreter. Deleted 7 days after the event."
        ),
        filters=[paragraphs],
        validators=[Length(max=MAX_NEEDS, message=TOO_LONG)],
    )
    consent = BooleanField(CONSENT_TEXT, validators=[InputRequired(lazy_gettext("Tick this to sign up."))])

    def __init__(self, languages: Sequence[str], **settings: Any) -> None:  # as WTForms types them
        super().__init__(**settings)
        self.language.choices = [SelectChoice(code, language_name(code)) for code in languages]

    def validate_name(self, field: StringField) -> None:
        if not field.data:
            raise StopValidation(_("Enter your name."))

    def validate_phone(self, field: StringField) -> None:
        if field.data and not PHONE.fullmatch(field.data):
            raise StopValidation(_("Enter a phone number, like +996 555 123 456."))

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Return (id of the input, sentence) for each error."""
        return [(field.id, str(sentence)) for field in self for sentence in field.errors]


@bp.get("/<language:lang>/events/<public_id>/sign-up")
@limiter.limit("300 per 10 minutes")
def event_sign_up(lang: str, public_id: str) -> ResponseReturnValue:
    """The form, or why nobody can sign up; after it was sent, the same answer for every address."""
    return _form_page(public_id, SignUpForm(_card().languages, data={"language": lang}), is_sent="sent" in request.args)


@bp.post("/<language:lang>/events/<public_id>/sign-up")
@limiter.limit("120 per 10 minutes")
def sign_up_for_event(lang: str, public_id: str) -> ResponseReturnValue:
    """Take a sign-up and email a link; a place is given when it is pressed."""
    card, form = _card(), SignUpForm(_card().languages)
    sent = redirect(address(f"events/{public_id}/sign-up", card, language=lang, sent=1), code=303)
    if request.form.get("homepage"):  # people do not see this field
        return sent
    if not form.validate():
        return _form_page(public_id, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        signing_up.sign_up(
            card.id, public_id, _request(form), clock=current_context().clock, secret=str(current_app.secret_key)
        )
    except SignUpClosed:
        return _form_page(public_id, form, status=HTTPStatus.CONFLICT)
    except (GroupTooLarge, NotEnoughPlaces) as error:
        form.places.errors = [_too_many_places(error)]
        return _form_page(public_id, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except ProofMissing:
        problem = _("We’re running an extra security check. Your entries are saved; press the button again.")
        return _form_page(public_id, form, problem=problem, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wake("outbox")
    return sent


@bp.get("/<language:lang>/events/place/<token>")
@limiter.limit("300 per 10 minutes")
def own_sign_up(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """A person's sign-up, and a button that confirms or cancels it: programs that open every link press none."""
    return _own_page(own.own_sign_up(token, clock=current_context().clock))


@bp.post("/<language:lang>/events/place/<token>/confirm")
@limiter.limit("60 per 10 minutes")
def confirm_own_sign_up(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """Confirm it: now it takes a place, or one on the waiting list."""
    shown = confirming.confirm_own(token, clock=current_context().clock)
    wake("outbox")
    is_refused = shown.state is SignUpState.UNCONFIRMED
    return _own_page(shown, is_done=True, status=HTTPStatus.CONFLICT if is_refused else HTTPStatus.OK)


@bp.post("/<language:lang>/events/place/<token>")
@limiter.limit("60 per 10 minutes")
def cancel_own_sign_up(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """Cancel it."""
    shown = own.cancel_own(token, clock=current_context().clock)
    wake("outbox")
    return _own_page(shown, is_done=True)


def _too_many_places(error: GroupTooLarge | NotEnoughPlaces) -> str:
    sentence: str
    if isinstance(error, GroupTooLarge):
        sentence = ngettext(
            "The event has only %(num)s place. Choose fewer.",
            "The event has only %(num)s places. Choose fewer.",
            error.capacity,
        )
    else:
        sentence = ngettext(
            "Only %(num)s place is free. Choose fewer.", "Only %(num)s places are free. Choose fewer.", error.free
        )
    return sentence


def _card() -> CampaignCard:
    return card_of(request.args.get("campaign"))


def _request(form: SignUpForm) -> SignUpRequest:
    shown = form.form_id.data or ""
    is_own = is_own_form(shown, at=current_context().clock.now())
    return SignUpRequest(
        name=form.name.data,
        email=form.email.data,
        phone=form.phone.data or "",
        language=form.language.data,
        places=form.places.data,
        access_needs=form.access_needs.data or "",
        form=shown,
        has_proof=is_own and is_solved(shown, form.proof.data or ""),
        address=request.remote_addr,
    )


def _form_page(
    public_id: str, form: SignUpForm, *, is_sent: bool = False, problem: str = "", status: int = HTTPStatus.OK
) -> Response:
    clock, card = current_context().clock, _card()
    shown = signing_up.sign_up_page(card.id, public_id, clock=clock)
    form.form_id.data, form.proof.data = sign_form(at=clock.now()), ""
    page = render_template(
        "public/event_sign_up.html",
        site=card,
        shown=shown,
        form=form,
        is_sent=is_sent,
        is_open=shown.offer in OPEN_OFFERS,
        closed=CLOSED.get(shown.offer),
        problem=problem,
        work=f"{PUZZLES},{BITS}",
    )
    return discreet(make_response(page, status))


def _own_page(shown: own.OwnSignUp, *, is_done: bool = False, status: int = HTTPStatus.OK) -> Response:
    page = render_template(
        "public/own_sign_up.html",
        site=campaign_with_id(shown.campaign_id),
        shown=shown,
        lang=page_language(),
        is_done=is_done,
        closed=CLOSED.get(shown.offer),
        most=MAX_PLACES,
        same_page=lambda code: url_for("public.own_sign_up", lang=code, token=shown.token),
    )
    return discreet(make_response(page, status))
