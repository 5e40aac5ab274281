"""A new campaign, the settings of the one that is shown, and the currencies that it takes."""

from decimal import Decimal

from flask import render_template, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.campaigns.currency_form import CurrencyForm, plain
from campaign.blueprints.admin.campaigns.settings_forms import NewCampaignForm, SettingsForm
from campaign.blueprints.admin.campaigns.words import goal_currency_sentence
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.domain import campaign_settings as rules
from campaign.domain.campaign_state import AnotherCampaignShown, EndNotLater, FormWouldClose
from campaign.domain.currencies import CURRENCIES
from campaign.domain.errors import DomainError
from campaign.domain.form_version import ChangedMeanwhile, version_of
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES, currency_name
from campaign.services.campaigns import currencies, settings
from campaign.services.campaigns.settings import FEE_BASIS_POINTS
from campaign.services.organisation.profile import organisation

FIELD_OF: dict[type[DomainError], str] = {
    rules.BadSlug: "slug",
    rules.SlugTaken: "slug",
    rules.SlugIsFixed: "slug",
    rules.BadSenderName: "sender_name",
    rules.BadSeries: "series",
    rules.SeriesTaken: "series",
    rules.SeriesIsFixed: "series",
    rules.EndsBeforeStart: "ends_on",
    rules.TooLong: "ends_on",
    EndNotLater: "ends_on",
    FormWouldClose: "starts_on",
    rules.BadBounds: "minimum",
    rules.NotInSteps: "minimum",
    rules.UnsupportedCurrency: "code",
    rules.GoalCurrencyNotSettled: "currency",
}
"""The field beside which a broken rule is shown."""
STORED = (
    *("name", "slug", "currency", "starts_on", "ends_on", "contact_email", "series", "fee_bearer", "sender_name"),
    *("button_colour", "link_colour"),
)


@bp.get("/campaigns/new")
def new_campaign() -> ResponseReturnValue:
    """The form for a new campaign."""
    return _page(
        NewCampaignForm(data={"contact_email": organisation().contact_email or person().email, "fee_bearer": "fund"})
    )


@bp.post("/campaigns/new")
def create_campaign() -> ResponseReturnValue:
    """Create a campaign as a draft, and show it on the staff pages."""
    form = NewCampaignForm()
    if not form.validate():
        return _page(form), form.status
    languages = tuple(code for code in LANGUAGES if code in form.name.data)
    try:
        settings.create_campaign(form.settings, languages=languages, actor_id=person().id, context=current_context())
    except DomainError as error:
        form.refuse(FIELD_OF[type(error)], _sentence(error))
        return _page(form), form.status
    session["campaign"] = form.slug.data
    return done(_("Created. It is a draft: only staff can see it."), "admin.campaigns")


@bp.get("/campaign/settings")
def campaign_settings() -> ResponseReturnValue:
    """The settings of the campaign that is shown."""
    return _page(_stored())


def _stored() -> SettingsForm:
    """Return the form with what is stored now."""
    view = settings.settings_of(campaign().id)
    known = view.settings
    data = {name: getattr(known, name) for name in STORED}
    goal = plain(known.goal_minor, known.currency)
    return SettingsForm(formdata=None, data={**data, "goal": goal, "campaign": known.slug, "version": view.version})


@bp.post("/campaign/settings")
def save_campaign_settings() -> ResponseReturnValue:
    """Change the settings."""
    form, here = SettingsForm(), campaign()
    if form.campaign.data != here.slug:
        return refused(AnotherCampaignShown(form.campaign.data), "admin.campaigns")
    if not form.validate():
        return _page(form), form.status
    try:
        change = settings.SettingsChange(
            settings=form.settings,
            version=form.version.data,
            actor_id=person().id,
            closes_form=form.closes_form.data,
        )
        settings.change_settings(here.id, change, context=current_context())
    except ChangedMeanwhile:
        if form.conflicts_with(_stored()):
            return _page(form), form.status
    except DomainError as error:
        form.refuse(FIELD_OF[type(error)], _sentence(error))
        form.asks_about_form = isinstance(error, FormWouldClose)
        return _page(form), form.status
    if form.slug.data != here.slug:
        session["campaign"] = form.slug.data
    return done(_("The settings are saved."), "admin.campaign_settings")


@bp.get("/campaign/currencies/new", defaults={"code": None})
@bp.get("/campaign/currencies/<code>")
def campaign_currency(code: str | None) -> ResponseReturnValue:
    """The form for a currency that is added, or changed."""
    if code is None:
        return _currency_page(CurrencyForm(data={"fee_percent": Decimal(FEE_BASIS_POINTS) / 100}), None)
    return _currency_page(_stored_currency(code), code)


def _stored_currency(code: str) -> CurrencyForm:
    """Return the form with what is stored now."""
    known = currencies.currency_of(campaign().id, code)
    data = {
        "version": version_of(known),
        "code": known.code,
        "minimum": plain(known.minimum_minor, code),
        "maximum": plain(known.maximum_minor, code),
        "fee_percent": Decimal(known.fee_basis_points) / 100,
    }
    return CurrencyForm(formdata=None, data=data)


@bp.post("/campaign/currencies/new", defaults={"code": None})
@bp.post("/campaign/currencies/<code>")
def save_campaign_currency(code: str | None) -> ResponseReturnValue:
    """Add a currency, or change it."""
    known = currencies.currency_of(campaign().id, code) if code else None
    form = CurrencyForm()
    if code:
        form.code.data = code
    if not form.validate():
        return _currency_page(form, code), form.status
    try:
        currencies.save_currency(
            campaign().id,
            form.currency(known),
            version=form.version.data,
            actor_id=person().id,
            clock=current_context().clock,
        )
    except ChangedMeanwhile:
        if form.conflicts_with(_stored_currency(form.code.data)):
            return _currency_page(form, code), form.status
    except DomainError as error:
        form.refuse(FIELD_OF[type(error)], words.sentence_of(error))
        return _currency_page(form, code), form.status
    return done(_("The currency is saved."), "admin.campaign_settings")


@bp.post("/campaign/currencies/<code>/remove")
def remove_campaign_currency(code: str) -> ResponseReturnValue:
    """Take no new gifts in a currency."""
    try:
        currencies.remove_currency(campaign().id, code, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.campaign_settings")
    return done(_("The campaign takes no new gifts in this currency."), "admin.campaign_settings")


def _sentence(error: DomainError) -> str:
    if isinstance(error, rules.GoalCurrencyNotSettled):
        return goal_currency_sentence(error.code, error.possible)
    return words.sentence_of(error)


def _page(form: SettingsForm) -> str:
    is_new = isinstance(form, NewCampaignForm)
    return render_template(
        "admin/campaigns/settings.html",
        form=form,
        is_new=is_new,
        view=None if is_new else settings.settings_of(campaign().id),
        currencies=[] if is_new else currencies.currencies_of(campaign().id),
        known=_known(),
    )


def _currency_page(form: CurrencyForm, code: str | None) -> str:
    return render_template("admin/campaigns/currency.html", form=form, code=code, known=_known())


def _known() -> list[tuple[str, str]]:
    """Every currency that can be chosen, as (code, name)."""
    return [(code, currency_name(code)) for code in CURRENCIES]
