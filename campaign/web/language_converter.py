"""The part of an address that names a language: `/<language:lang>/donate`.

The language is one of the interface, or one in which a campaign has texts. Any other one is not found.
"""

from flask import Flask, request
from werkzeug.routing import BaseConverter, ValidationError

from campaign.domain.errors import NotFound
from campaign.languages import UnknownLanguage, installed, language_facts
from campaign.services.campaigns.cards import is_language_of_a_campaign


class LanguageConverter(BaseConverter):
    """Matches the code of any language that CLDR knows."""

    regex = "[a-z]{2,3}"

    def to_python(self, value: str) -> str:
        try:
            return language_facts(value).code
        except UnknownLanguage as error:
            raise ValidationError(value) from error


def init_app(app: Flask) -> None:
    """Let the rules of blueprints, which are registered later, use `<language:lang>`."""
    app.url_map.converters["language"] = LanguageConverter
    app.before_request(_refuse_other_languages)


def _refuse_other_languages() -> None:
    lang = (request.view_args or {}).get("lang")
    if lang and lang not in installed() and not is_language_of_a_campaign(lang):
        raise NotFound("language")
