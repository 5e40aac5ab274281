"""News by email: the form, the link that confirms it, and leaving by one click (RFC 8058), each without sign-in."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from campaign.blueprints.public import bp
from campaign.blueprints.public.frame import address
from campaign.domain.news import SubscriptionSource
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.i18n import page_language
from campaign.jobs import wake
from campaign.languages import language_name
from campaign.services.campaigns.cards import CampaignCard, campaign_with_id
from campaign.services.news import subscriptions
from campaign.services.news.subscriptions import Subscription, SubscriptionRequest
from campaign.web.form_fields import EmailField, PostedForm
from campaign.web.page_cache import card_of
from campaign.web.security_headers import discreet


class SubscribeForm(PostedForm):
    """The address, and the language in which its reader wants the updates."""

    class Meta:
        csrf = False  # no session is at stake; the origin of the request is checked for every form

    email = EmailField()
    language = SelectField(lazy_gettext("Language"), choices=[])

    def __init__(self, languages: Sequence[str], **settings: Any) -> None:  # as WTForms types them
        super().__init__(**settings)
        self.language.choices = [SelectChoice(code, language_name(code)) for code in languages]

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Return (id of the input, sentence) for each error."""
        return [(f"news-{field.id}", str(sentence)) for field in self for sentence in field.errors]


@bp.get("/<language:lang>/updates/email")
def news_form(lang: str) -> ResponseReturnValue:
    """The form; after it was sent, the same answer for every address."""
    return _form_page(SubscribeForm(_card().languages, data={"language": lang}), is_sent="sent" in request.args)


@bp.post("/<language:lang>/updates/email")
@limiter.limit("30 per 10 minutes")
def subscribe(lang: str) -> ResponseReturnValue:
    """Mail the link that confirms the subscription."""
    card = _card()
    form = SubscribeForm(card.languages)
    if not form.validate():
        return _form_page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    source = request.form.get("source", "")
    order = SubscriptionRequest(
        email=form.email.data,
        language=form.language.data,
        campaign=card.slug,
        source=SubscriptionSource(source) if source in set(SubscriptionSource) else SubscriptionSource.UPDATES,
        address=request.remote_addr,
    )
    subscriptions.request_subscription(order, clock=current_context().clock, secret=str(current_app.secret_key))
    wake("outbox")
    return redirect(address("updates/email", card, language=lang, sent=1), code=303)


@bp.get("/<language:lang>/updates/email/<token>")
@limiter.limit("300 per 10 minutes")
def confirm_form(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """A button: programs that look at every link in an email press none."""
    subscription = subscriptions.subscription_to_confirm(token, clock=current_context().clock)
    return _page("public/news_confirm.html", subscription, token, _addresses("public.confirm_form", token))


@bp.post("/<language:lang>/updates/email/<token>")
@limiter.limit("60 per 10 minutes")
def confirm_subscription(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """Confirm the subscription."""
    subscription = subscriptions.confirm(token, clock=current_context().clock)
    addresses = _addresses("public.confirm_form", token)
    return _page("public/news_confirm.html", subscription, token, addresses, is_done=True)


@bp.get("/<language:lang>/updates/leave/<token>")
@limiter.limit("300 per 10 minutes")
def leave_form(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """A button that unsubscribes."""
    subscription = subscriptions.subscription_to_leave(token)
    return _page("public/news_leave.html", subscription, token, _addresses("public.leave_form", token))


@bp.post("/<language:lang>/updates/leave/<token>")
@limiter.limit("300 per 10 minutes")
def leave_news(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """Unsubscribe: by the button, or by a mail program that sends `List-Unsubscribe=One-Click` and follows no redirect."""
    subscription = subscriptions.leave(token, clock=current_context().clock)
    return _page("public/news_leave.html", subscription, token, _addresses("public.leave_form", token), is_done=True)


@bp.post("/<language:lang>/updates/return/<token>")
@limiter.limit("60 per 10 minutes")
def return_to_news(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """Undo it."""
    subscription = subscriptions.come_back(token, clock=current_context().clock)
    return _page("public/news_leave.html", subscription, token, _addresses("public.leave_form", token), is_done=True)


def _card() -> CampaignCard:
    return card_of(request.args.get("campaign"))


def _form_page(form: SubscribeForm, *, is_sent: bool = False, status: int = HTTPStatus.OK) -> Response:
    card = _card()
    page = render_template("public/news_form.html", site=card, form=form, is_sent=is_sent)
    return discreet(make_response(page, status))


def _addresses(endpoint: str, token: str) -> Callable[[str], str]:
    return lambda code: url_for(endpoint, lang=code, token=token)


def _page(
    template: str,
    subscription: Subscription,
    token: str,
    addresses: Callable[[str], str],
    *,
    is_done: bool = False,
) -> Response:
    page = render_template(
        template,
        site=campaign_with_id(subscription.campaign_id),
        subscription=subscription,
        token=token,
        lang=page_language(),
        is_done=is_done,
        same_page=addresses,
    )
    return discreet(make_response(page))
