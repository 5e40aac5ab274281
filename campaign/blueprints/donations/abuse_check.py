"""The abuse check of the donation form: an attempt to pay is counted and judged, and the page says what is needed.

What was typed stays in the form. The answers are alike for every email, whether it ever gave or not, and so are the queries.
"""

from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import current_app, request
from flask_babel import gettext as _

from campaign.blueprints.donations.form_id import sign_form_id
from campaign.blueprints.donations.gift_form import GiveForm
from campaign.config import Config
from campaign.domain.abuse import Challenge, shield_minimum
from campaign.domain.money import Money
from campaign.domain.proof_of_work import BITS, PUZZLES, is_solved
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.campaigns.form_options import GivingOptions, Offer
from campaign.services.gifts.checkout import Admission, GiftRequest
from campaign.services.shield import codes as shield_codes
from campaign.services.shield import judging as shield
from campaign.services.shield.codes import CodeFor
from campaign.services.shield.judging import CheckedVisitor

RETRY_AFTER_SECONDS = 600
"""After a pause: within ten minutes the narrowest window has moved on."""


@dataclass(frozen=True, slots=True)
class AbuseNotice:
    """Why no payment session was started: a status, and a sentence above the form where its fields do not say it."""

    status: HTTPStatus
    problem: str | None = None


@dataclass(slots=True)
class AbuseCheck:
    """The state of one request: the visitor, whether the shield is up, the challenge, and whether a code is needed."""

    visitor: CheckedVisitor | None
    """What is known of the visitor before the form is read; None where the shield is off."""
    is_shielded: bool
    wants_code: bool
    _demand: Challenge | None = None

    @property
    def demand(self) -> Challenge:
        """The smallest challenge; looked up only when a form is shown."""
        if self._demand is None:
            self._demand = (
                Challenge.NOTHING
                if self.visitor is None
                else shield.minimal_challenge(self.visitor, is_up=self.is_shielded, clock=current_context().clock)
            )
        return self._demand

    @property
    def work(self) -> str | None:
        """The work for the page's script, as puzzles and bits; None where none is needed."""
        return f"{PUZZLES},{BITS}" if self.demand is Challenge.WORK else None

    @property
    def wants_mailbox(self) -> bool:
        """Whether an email address is needed: of everybody, or of visitors without scripts."""
        return self.demand in {Challenge.WORK, Challenge.CODE}

    @property
    def needs_mailbox(self) -> bool:
        """Whether this visitor must give an email address, to which the code is sent."""
        return self.wants_code or self.demand is Challenge.CODE

    def options(self, options: GivingOptions) -> GivingOptions:
        """What may be given; while the shield is up, the minimum is higher."""
        if not self.is_shielded:
            return options
        return replace(options, offers=tuple(_raised(offer) for offer in options.offers))

    def admission(self, form: GiveForm, lang: str) -> Admission | None:
        """Return the check that runs when the gift is stored; None where the shield is off."""
        if self.visitor is None:
            return None
        gift = form.request_in(lang)
        who = _visitor(gift.campaign_slug, email=gift.email, form=gift.shown_form_id or "")
        proof = _proof(form, _code_for(gift))
        return lambda session, at: shield.check_attempt(session, who, form_id=gift.form_id, proof=proof, at=at)

    def explain(self, demand: Challenge, form: GiveForm, lang: str) -> AbuseNotice:
        """Why this attempt was not admitted, and what the visitor can do."""
        if demand is Challenge.PAUSE:
            return AbuseNotice(
                HTTPStatus.TOO_MANY_REQUESTS,
                _(
                    "We’re receiving an unusual number of attempts. You haven’t been charged, and your "
                    "entries are saved. Please try again in a few minutes, or give in another way."
                ),
            )
        if demand is Challenge.FRESH_FORM:
            form.form_id.data = sign_form_id(clock=current_context().clock)
            return AbuseNotice(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                _("This form was used many times. Please check your details, then continue."),
            )
        self._demand = demand
        has_proof_field = "proof" in request.form
        if demand is Challenge.WORK and not has_proof_field:
            return AbuseNotice(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                _("We’re running an extra security check. Your entries are saved; press Continue again."),
            )
        return self._ask_for_code(form, _code_for(form.request_in(lang)))

    def _ask_for_code(self, form: GiveForm, code: CodeFor) -> AbuseNotice:
        if not code.email:
            form.email.errors = [
                _("Enter your email address. We’ll send a code to it to check that you’re not a robot.")
            ]
            return AbuseNotice(HTTPStatus.UNPROCESSABLE_ENTITY)
        clock, secret = current_context().clock, str(current_app.secret_key)
        if not shield_codes.has_tries_left(code, clock=clock, secret=secret):
            return self._start_anew(form)
        self.wants_code = True
        shield_codes.mail_code(code, clock=clock, secret=secret)
        wake("outbox")
        if form.code.data:
            form.code.errors = [_("This is not the code from the latest email, or it has expired.")]
            return AbuseNotice(HTTPStatus.UNPROCESSABLE_ENTITY)
        return AbuseNotice(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            _("We’ve sent a six-digit code to %(email)s. Enter it below, then continue.", email=code.email),
        )

    def _start_anew(self, form: GiveForm) -> AbuseNotice:
        """Replace a form whose attempts at the code are used up by a new one with its own code."""
        self.wants_code, form.code.data = False, ""
        form.form_id.data = sign_form_id(clock=current_context().clock)
        return AbuseNotice(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            _(
                "That code can’t be used any more, because wrong codes were entered too often. "
                "Press “Continue to payment” and we’ll email you a new one."
            ),
        )


def abuse_check_of(options: GivingOptions, *, is_switch: bool = False) -> AbuseCheck:
    """Return the check of this request's visitor; a form that only changes its language still needs the code."""
    config: Config = current_app.config["KURAK"]
    visitor = _visitor(options.slug, email=None, form="") if config.shield == "on" else None
    is_shielded = visitor is not None and shield.is_up()
    return AbuseCheck(
        visitor,
        is_shielded=is_shielded,
        wants_code=bool(request.form.get("code")) or ("code" in request.form and is_switch),
    )


def _visitor(campaign: str, *, email: str | None, form: str) -> CheckedVisitor:
    return shield.visitor(
        address=request.remote_addr,
        email=email,
        form=form,
        campaign=campaign,
        secret=str(current_app.secret_key),
    )


def _code_for(gift: GiftRequest) -> CodeFor:
    return CodeFor(
        form=gift.shown_form_id or "",
        email=gift.email or "",
        address=request.remote_addr,
        campaign=gift.campaign_slug,
        language=gift.language,
    )


def _proof(form: GiveForm, code: CodeFor) -> Challenge:
    """Return the challenge that the visitor passed: the emailed code, or the browser's proof of work."""
    if form.code.data and code.email:
        is_right = shield_codes.is_right_code(
            form.code.data, code, clock=current_context().clock, secret=str(current_app.secret_key)
        )
        return Challenge.CODE if is_right else Challenge.NOTHING
    return Challenge.WORK if is_solved(form.form_id.data or "", form.proof.data or "") else Challenge.NOTHING


def _raised(offer: Offer) -> Offer:
    minimum_minor = min(shield_minimum(offer.minimum.minor), offer.maximum.minor)
    return replace(offer, minimum=Money(minimum_minor, offer.currency))
