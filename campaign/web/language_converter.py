"""The part of an address that names a language: `/<language:lang>/donate`."""

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

from campaign import languages


class LanguageConverter(BaseConverter):
    """Matches the code of an installed language."""

    regex = "[a-z]{2,3}"

    def to_python(self, value: str) -> str:
        if value not in languages.installed():
            raise ValidationError(value)
        return value


def init_app(app: Flask) -> None:
    """Let the rules of blueprints, which are registered later, use `<language:lang>`."""
    app.url_map.converters["language"] = LanguageConverter
