"""What every new app would compile anew, templates, statements and builders of addresses, is compiled once a process."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from werkzeug.routing import Rule

_templates: dict[object, Any] = {}
_builders: dict[object, Callable[..., tuple[str, str]]] = {}
_engines: dict[str, Engine] = {}


class ThriftyEnvironment(Environment):
    """Jinja's environment, which compiles the same text of a template once, whichever app asks."""

    def compile(self, source: Any, name: str | None = None, *more: Any, **options: Any) -> Any:  # as Jinja overloads it
        """The code of a template."""
        key = source, name, more, tuple(options.items()), tuple(self.extensions)
        if key not in _templates:
            _templates[key] = super().compile(source, name, *more, **options)
        return _templates[key]


def keep_compiled() -> None:
    """From now on, for all apps of this process; what is kept is what Jinja and Werkzeug themselves have made."""
    Flask.jinja_environment = ThriftyEnvironment
    compile_builder = Rule._compile_builder

    def kept(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # as there
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = rule.rule, tuple(rule._trace), append_unknown  # all that the code depends on
        if key not in _builders:
            _builders[key] = compile_builder(rule, append_unknown)
        return _builders[key]

    Rule._compile_builder = kept  # type: ignore[assignment, method-assign]

    make_engine = SQLAlchemy._make_engine

    def sharing(*asked: Any) -> Engine:
        engine = make_engine(*asked)
        _share_statements(engine)
        return engine

    SQLAlchemy._make_engine = sharing  # type: ignore[assignment, method-assign]


def _share_statements(engine: Engine) -> None:
    """Let an engine use what an earlier one of its kind has compiled. Statements are kept by the dialect they are for.

    A dialect learns of its database when it first connects: only one that has is shared.
    """
    earlier = _engines.get(engine.dialect.name)
    if earlier is None or earlier.dialect.server_version_info is None:
        _engines[engine.dialect.name] = engine
        return
    engine.dialect = engine.pool._dialect = earlier.dialect
    engine._compiled_cache = earlier._compiled_cache
