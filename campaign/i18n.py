"""Languages: the list, the reader's language, and the formats of money and dates in each."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

from babel.core import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from campaign import languages
from campaign.days import local_day, local_time, offset_name
from campaign.domain.language import nearest_of, shown_language
from campaign.domain.money import Money, currency
from campaign.languages import SOURCE, LanguageNames, language_facts, language_name

LANGUAGES = LanguageNames()
"""Code → the language's name in itself, of those that the interface has."""
DEFAULT = SOURCE


@dataclass(frozen=True, slots=True)
class Shown:
    """A text for a reader with its language: where theirs is missing, another's, which the page must say."""

    text: str
    language: str
    is_fallback: bool


NBSP = "\u00a0"
SYMBOLS: dict[str, str] = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "KZT": "₸", "TRY": "₺"}
WORD_JOINER = "\u2060"
"""Keeps a line from ending after a hyphen."""
KYRGYZ_MONTHS = (
    *("январы", "февралы", "марты", "апрели", "майы", "июну"),
    *("июлу", "августу", "сентябры", "октябры", "ноябры", "декабры"),
)
"""As in «2026-жылдын 28-ноябры»; CLDR has only the abbreviation «2026-ж.»."""
RUSSIAN_SOMS = {"one": "сом", "few": "сома", "many": "сомов"}
SOM = {"en": "KGS", "ru": "сом", "ky": "сом"}
"""The som sign (U+20C0) is missing in nearly every font, so it is written as a word."""

SENTENCE_ENDS = frozenset("?!:.…;")
"""Signs after which no colon stands."""


def init_app(app: Flask, babel: Babel) -> None:
    """Choose languages by address or preference, and compile the catalogues in memory."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    babel.init_app(app, locale_selector=_selected)
    babel.domain_instance = Catalogues()
    app.jinja_env.globals.update(LANGUAGES=LANGUAGES, language=current_language, page_language=page_language)
    app.jinja_env.globals.update(language_facts=language_facts, shown=shown, as_money=Money)
    app.jinja_env.filters.update(figure=figure, money=money, money_in_text=money_in_text, day=day, moment=moment)
    app.jinja_env.globals.update(country_below=country_below)
    app.jinja_env.filters.update(language_name=language_name, marked=marked, lang_attribute=lang_attribute)
    app.jinja_env.filters.update(
        number=number, percent=percent, latitude=latitude, longitude=longitude, colon_after=colon_after
    )
    app.jinja_env.filters.update(time_of_day=time_of_day, text=text_of, iso_day=date.fromisoformat)


def page_language() -> str:
    """Return the language of the reader: that of a campaign's texts, which the interface may lack."""
    locale = get_locale()
    return str(locale.language) if locale else DEFAULT


def current_language() -> str:
    """Return the language of the interface for the reader: theirs, or the nearest one that is installed."""
    return nearest_of(LANGUAGES, page_language(), default=DEFAULT)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Make texts in another language than the request's: emails, receipts."""
    with force_locale(code):
        yield


def shown(texts: Mapping[str, str], *, language: str | None = None) -> Shown:
    """Return the text in the reader's language, else in the next best one."""
    code = language or page_language()
    shown_in = shown_language(texts, code)
    return Shown(texts.get(shown_in, ""), shown_in, is_fallback=shown_in != code)


def text_of(texts: Mapping[str, str]) -> str:
    """Return the bare words, for places that cannot mark a fallback: titles, addresses, subjects of emails."""
    return shown(texts).text


def colon_after(label: str) -> str:
    """Return the colon between a label and what belongs to it; nothing where the label ends a sentence or asks something."""
    return "" if label.rstrip()[-1:] in SENTENCE_ENDS else ":"


def language_in_words(code: str) -> str:
    """Name a language in the language of the reader; in itself where CLDR has no name for it there."""
    locale = get_locale()
    return (locale.languages.get(code) if locale else None) or language_name(code)


def marked(texts: Mapping[str, str]) -> Markup:
    """Return the words as HTML that names their language where the page around them is in another one."""
    text, attribute = shown(texts).text, lang_attribute(texts)
    return Markup("<span{}>{}</span>").format(attribute, text) if attribute else escape(text)


def lang_attribute(texts: Mapping[str, str]) -> Markup:
    """Return ` lang="uz"` for the element that shows the text, where the page around it is in another language."""
    language = shown(texts).language
    return Markup(' lang="{}"').format(language) if language != current_language() else Markup()


def preferred_language(offered: Sequence[str] = ()) -> str:
    """The first of the reader's languages that is offered, regions aside (ky-KG is ky); else the first that is offered.

    Args:
        offered: Of the campaign, the default one first; those of the interface otherwise.
    """
    codes = offered or tuple(LANGUAGES)
    for tag in request.accept_languages.values():
        code = tag.replace("_", "-").split("-")[0].lower()
        if code in codes:
            return code
    return codes[0]


def money(amount: Money, *, language: str | None = None, exact: bool = False) -> str:
    """`$1,234.50`, `1 234,50 $`, `1 234,50 сом`; whole amounts lose their zeros, unless `exact`. The patterns are ours."""
    code = language or current_language()
    unit = currency(amount.currency)
    is_whole = amount.minor % 10**unit.exponent == 0
    digits = 0 if is_whole and not exact else unit.exponent
    text = format_decimal(abs(amount.decimal), format="#,##0" + ("." + "0" * digits if digits else ""), locale=code)
    sign = "\u2212" if amount.minor < 0 else ""
    if amount.currency == "KGS":
        symbol = SOM.get(code, "KGS")
        return f"{sign}{symbol}{NBSP}{text}" if code == "en" else f"{sign}{text}{NBSP}{symbol}"
    symbol = SYMBOLS.get(amount.currency, amount.currency)
    if code != "en":
        return f"{sign}{text}{NBSP}{symbol}"
    return f"{sign}{symbol}{text}" if symbol != amount.currency else f"{sign}{symbol}{NBSP}{text}"


def exact_money(amount: Money, *, language: str | None = None) -> str:
    """`$70.00`: all decimals, so that a column can be compared. Staff pages write every amount this way."""
    return money(amount, language=language, exact=True)


def money_in_text(amount: Money, *, language: str | None = None) -> str:
    """An amount inside a sentence: Russian inflects the som there («2 000 сомов»), and writes its sign in tables."""
    code = language or current_language()
    text = money(amount, language=code)
    if code != "ru" or amount.currency != "KGS":
        return text
    whole, part = divmod(abs(amount.minor), 100)
    form = "few" if part else Locale.parse("ru").plural_form(whole)
    return text.removesuffix(SOM["ru"]) + RUSSIAN_SOMS[form]


def day(value: date | datetime, *, language: str | None = None) -> str:
    """A day in words; the short forms of en and ky can be confused, so they are never used.

    It stands on one line. A Kyrgyz day is wider than a column on a phone, so it may break before the day of the month.
    """
    code = language or current_language()
    on = local_day(value) if isinstance(value, datetime) else value
    if code == "ky":
        return f"{on.year}-{WORD_JOINER}жылдын {on.day}-{WORD_JOINER}{KYRGYZ_MONTHS[on.month - 1]}"
    return format_date(on, format="long", locale=code).replace(" ", NBSP)


def moment(value: datetime, *, language: str | None = None) -> str:
    """A day and a time of the organisation, and which time that is: `28 November 2026, 14:05 UTC+6`."""
    return f"{day(value, language=language)}, {time_of_day(value)}"


def time_of_day(value: datetime) -> str:
    """`14:05 UTC+6`: nobody must guess whose clock it is."""
    return f"{local_time(value):%H:%M}{NBSP}{offset_name(value)}"


def figure(amount: Money, *, language: str | None = None) -> str:
    """An amount with all its decimals and without its currency, for tables that have a column for that."""
    digits = currency(amount.currency).exponent
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(abs(amount.decimal), format=pattern, locale=language or current_language())
    return f"\u2212{text}" if amount.minor < 0 else text


def currency_name(code: str) -> str:
    """Return what people call a currency; CLDR's Russian and English names of the som are not the country's."""
    own = {
        "USD": _("US dollars"),
        "EUR": _("euros"),
        "GBP": _("pounds sterling"),
        "KGS": _("Kyrgyz som"),
        "KZT": _("Kazakhstani tenge"),
        "TRY": _("Turkish lira"),
        "JPY": _("Japanese yen"),
        "KWD": _("Kuwaiti dinars"),
        "ISK": _("Icelandic krónur"),
        "UGX": _("Ugandan shillings"),
    }
    names = Locale.parse(current_language()).currencies
    return str(own.get(code) or names.get(code) or Locale.parse(DEFAULT).currencies.get(code, code))


OWN_NAMES = {
    "KG": {"Kyrgyzstan", "Kyrgyz Republic", "Кыргызстан", "Кыргызская Республика", "Кыргыз Республикасы"},
}
"""What a country calls itself where CLDR's names are others."""


def country_name(code: str) -> str:
    """A country by its two letters, as the reader's language calls it; the letters where it has no name for it."""
    return country_names().get(code.upper(), code)


def country_names() -> dict[str, str]:
    """Territories of CLDR by their codes, as the reader's language calls them; Kyrgyzstan by the name that it has there."""
    names = {code: str(name) for code, name in Locale.parse(current_language()).territories.items()}
    return names | {"KG": _("Kyrgyzstan")}


def country_below(address: str, code: str | None) -> str:
    """Return the country's name as the line below an address; empty where the address names the country, in any language."""
    if not code or not address or any(name in address.casefold() for name in _known_names(code)):
        return ""
    return country_name(code)


@cache
def _known_names(code: str) -> frozenset[str]:
    """Return what a country is called in the languages of the interface, in small letters."""
    names = {str(Locale.parse(language).territories.get(code, code)) for language in LANGUAGES}
    return frozenset(name.casefold() for name in names | OWN_NAMES.get(code, set()))


def number(value: int, *, language: str | None = None) -> str:
    """Return a whole number as it is written in the reader's language."""
    return format_decimal(value, locale=language or current_language())


def degrees(centidegrees: int, *, language: str | None = None) -> str:
    """A latitude or longitude with two decimals, from hundredths of a degree; the compass point is the caller's."""
    text = format_decimal(centidegrees / 100, format="0.00", locale=language or current_language())
    return f"{text}°"


def latitude(centidegrees: int) -> str:
    """Return a latitude with its compass point."""
    text = degrees(abs(centidegrees))
    return str(_("%(degrees)s S", degrees=text) if centidegrees < 0 else _("%(degrees)s N", degrees=text))


def longitude(centidegrees: int) -> str:
    """Return a longitude with its compass point."""
    text = degrees(abs(centidegrees))
    return str(_("%(degrees)s W", degrees=text) if centidegrees < 0 else _("%(degrees)s E", degrees=text))


def percent(share: Fraction) -> str:
    """A share of 1 as whole per cent, rounded down: 99.9% is not the goal. What is little is not called nothing."""
    whole = int(share * 100)
    if whole == 0 and share > 0:
        return str(_("less than %(percent)s", percent=_percent(1)))
    return _percent(whole)


def _percent(whole: int) -> str:
    return f"{whole}{NBSP if current_language() == 'ru' else ''}%"


def _selected() -> str:
    """Flask-Babel asks once per request or context; a worker has no request."""
    code: str = DEFAULT
    if has_request_context():
        in_path = request.path.split("/", 2)[1]  # an address that leads nowhere has its language all the same
        by_address = (request.view_args or {}).get("lang") or (in_path if in_path in LANGUAGES else "")
        code = g.get("lang") or by_address or preferred_language()
    return code


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel is untyped here
    """Our in-memory catalogues, where Flask-Babel would look for compiled files."""

    def get_translations(self) -> Translations:
        return catalogue(current_language())


def catalogue(code: str) -> Translations:
    """The messages of a language, compiled from its .po at first use (15 ms per 1,000 messages)."""
    return _compiled(languages.catalogue_path(code), code)


@cache
def _compiled(path: Path, code: str) -> Translations:
    if not path.exists():
        return Translations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return Translations(compiled)
